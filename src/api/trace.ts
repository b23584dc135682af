import type { Account } from '#auth/auth.ts'
import type { ErrorCode } from './error-codes.ts'

/** One stage that a request came through, as the answer tells it. */
export interface TraceStage {
  /** The name of the step, such as `apiKeyMatches`. */
  stage: string
  /** False for the stage that refused the request: the last one. */
  ok: boolean
  /** How long it took; null where that is not told, or is part of the stage before. */
  ms: number | null
  /** The code of the refusal, how a limit stands, or what a cookie was set with. */
  note?: string
}

/** What is known of a request once it is answered. */
interface Outcome {
  /** Whose credential worked, if one did. */
  actsAs: Account['kind'] | undefined
  code: ErrorCode | undefined
}

/** The field that asks for a trace with `1`, and the one that brings it: a JSON list of `TraceStage`. */
export const traceField = 'Barbell-Trace'

/** Characters of a trace; what would be longer comes without its notes. */
const maxTraceCharacters = 2048
/** Two cookies named `access_token` are cleared in some dozen places: nobody reads them all. */
const maxCookies = 3

/**
 * Refusals whose time is not told. A server's own clock has no network in between: it would tell an unknown key
 * from a revoked one, which the answer does not.
 */
const timelessCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_api_key',
  'invalid_token',
  'invalid_grant',
])

/**
 * A trace for a request that asks for one from a page of this site.
 * @returns undefined for all others
 */
export function openTrace(headers: Headers): Trace | undefined {
  const isAsked = headers.get(traceField) === '1'
  return isAsked && headers.get('sec-fetch-site') === 'same-origin' ? new Trace() : undefined
}

/** What one request goes through, stage by stage. */
export class Trace {
  readonly #stages: TraceStage[] = []
  #lastEndedAt = performance.now()

  /** Goes through a stage and notes how it went. */
  async run<Result>(stage: string, run: () => Result | Promise<Result>): Promise<Result> {
    this.#lastEndedAt = performance.now()
    let ok = false
    try {
      const result = await run()
      ok = true
      return result
    } finally {
      this.#add(stage, ok)
    }
  }

  /** Notes a stage that somebody else went through, from the end of the last one until now. */
  passed(stage: string): void {
    this.#add(stage, true)
  }

  /** Says something of the last stage. */
  note(text: string): void {
    const last = this.#stages.at(-1)
    if (last !== undefined) last.note = text
  }

  /**
   * Puts the trace on the answer. Own accounts get none: scripts of the page can read it, and what concerns a
   * lasting account is not theirs to see. Nor does a request that no endpoint took.
   */
  tell(answer: Response, { actsAs, code }: Outcome): void {
    // A program in the page is refused so where the right password of an own account was given.
    const isOwn = actsAs === 'own' || code === 'sandbox_only'
    if (isOwn || this.#stages.length === 0) return
    if (code !== undefined) this.#refuse(code)
    const cookies = cookiesOf(answer.headers).slice(0, maxCookies)
    answer.headers.set(traceField, written([...this.#stages, ...cookies.map(cookieStage)]))
  }

  /** What was refused between the stages was refused by the schemas. */
  #refuse(code: ErrorCode): void {
    const last = this.#stages.at(-1)
    if (last?.ok !== false) this.#add('valuesValid', false)
    this.note(code)
    const refusing = this.#stages.at(-1)
    if (refusing !== undefined && timelessCodes.has(code)) refusing.ms = null
  }

  #add(stage: string, ok: boolean): void {
    const nowMs = performance.now()
    this.#stages.push({ stage, ok, ms: Math.round((nowMs - this.#lastEndedAt) * 100) / 100 })
    this.#lastEndedAt = nowMs
  }
}

/** Both jars: the browser's, and that of a program in the page. */
function cookiesOf(headers: Headers): string[] {
  const ofProgram = headers.get('Barbell-Set-Cookie')
  return [...headers.getSetCookie(), ...(ofProgram === null ? [] : [ofProgram])]
}

/** A cookie with its attributes, and in place of its value the length of it. */
function cookieStage(cookie: string): TraceStage {
  const note = cookie.replace(/=[^;]*/, (value) => `=<${value.length - 1} characters>`)
  return { stage: 'cookieSet', ok: true, ms: null, note }
}

function written(stages: readonly TraceStage[]): string {
  const whole = JSON.stringify(stages)
  if (whole.length <= maxTraceCharacters) return whole
  return JSON.stringify(stages.map(({ stage, ok, ms }) => ({ stage, ok, ms })))
}
