/** The messages between the page and a runner's worker, and the limits that both sides keep. */

/** Languages that a reader can run. */
export type Language = 'javascript' | 'python'

/** As they are written in a sentence. */
export const languageNames: Readonly<Record<Language, string>> = {
  javascript: 'JavaScript',
  python: 'Python',
}

/** Header fields in the order in which they were sent or received. */
export type HeaderList = [name: string, value: string][]

/** One HTTP request with its response, as the program saw it. */
export interface Exchange {
  request: {
    method: string
    /** Absolute. */
    url: string
    /** What the program and its library set; a browser adds more that no script can see. */
    headers: HeaderList
    /** As text; null when nothing was sent. */
    body: string | null
    /** Whether the browser adds the cookies that it holds, which no script can see; not said of a program's own jar. */
    browserCookies?: 'attached' | 'left out'
  }
  /** Null when no response came: `error` says why. */
  response: {
    status: number
    statusText: string
    headers: HeaderList
    body: string
    /** True when `body` is only the beginning of what came. */
    truncated: boolean
  } | null
  error: string | null
  /** Milliseconds since the Unix epoch. */
  startedAtMs: number
  durationMs: number
}

/** An error that ended a program. */
export interface SampleError {
  /** The class: `TypeError`, `requests.exceptions.HTTPError`. */
  name: string
  message: string
  /** Line of the sample, from 1; null when none of its lines is to blame. */
  line: number | null
  /** Column, from 1. */
  column?: number
  /** The stack, cut to the lines of the sample. */
  trace?: string
}

/** Where printed text came from. */
export type OutputStream = 'stdout' | 'stderr' | 'debug' | 'info' | 'warn' | 'error'

/** An object that was printed, for the page to open step by step. */
export interface ShownValue {
  /** In one line. */
  text: string
  members: [key: string, value: ShownValue][]
  /** How many members are not in it. */
  more: number
}

/** What a run tells while it goes on. */
export type RunEvent =
  /** `fraction` is 0 to 1: how much of what the language needs has arrived. */
  | { kind: 'progress'; label: string; fraction: number }
  /** The program's first line is about to run; the time limit counts from here. */
  | { kind: 'started' }
  | { kind: 'output'; stream: OutputStream; text: string }
  /** An object of the text that was printed last. */
  | { kind: 'value'; value: ShownValue }
  /** The program printed more than `maxOutputCharacters` or `maxOutputLines`; the rest is not shown. */
  | { kind: 'output-cut' }
  | { kind: 'exchange'; exchange: Exchange }
  /** The program waits for a line of text (`input()`); the time limit waits too. `prompt` may be empty. */
  | { kind: 'question'; prompt: string }

/** The last word of a worker about a run. */
export interface WorkerResult {
  kind: 'result'
  error: SampleError | null
  durationMs: number
  /** True when the worker can run another program of the same reader as if nothing had been. */
  reusable: boolean
}

/** From a worker to the page. Every message names its run, so that a late one can be told apart. */
export type FromWorker = { runId: string } & (RunEvent | WorkerResult)

/** From the page to a worker. */
export interface RunMessage {
  kind: 'run'
  runId: string
  /** What runs: the placeholders are filled in. */
  code: string
  /** What the reader sees, line for line the same: quoted in a traceback, so that no secret is. */
  shownCode: string
  /** Environment variables of the program. */
  environment: Record<string, string>
  /** Scheme, host and port of the site, no slash. */
  origin: string
  /** True when somebody is there to answer a question; without, a program that asks is told that nobody is. */
  canAnswer?: boolean
}

/** From the page to a worker whose program has asked; null when there will be no line. */
export interface AnswerMessage {
  kind: 'answer'
  runId: string
  text: string | null
}

/** What one run may use. */
export const limits = {
  runMs: 30_000,
  /** For a language to load; Python is 11 MB. */
  loadMs: 120_000,
  /** For the reader to answer all questions of one run together. */
  answerMs: 5 * 60_000,
  questionCharacters: 1_000,
  requests: 50,
  /** Bodies of all requests and responses of one run together. */
  transferBytes: 5 * 1024 * 1024,
  outputCharacters: 200 * 1024,
  outputLines: 2_000,
  /** Of one body, as kept in an exchange. */
  bodyCharacters: 256 * 1024,
  /** Printed objects that can be opened. */
  values: 100,
  /** Of one such object: members in all, levels, and characters of a member's text. */
  valueNodes: 500,
  valueDepth: 8,
  valueCharacters: 1_000,
  /** From a worker to the page; an honest one needs far fewer. */
  messages: 10_000,
} as const

/** True for a message that a worker may act on. */
export function isRunMessage(value: unknown): value is RunMessage {
  return (
    isRecord(value) &&
    value.kind === 'run' &&
    areStrings(value.runId, value.code, value.shownCode, value.origin) &&
    (value.canAnswer === undefined || typeof value.canAnswer === 'boolean') &&
    isRecord(value.environment) &&
    areStrings(...Object.values(value.environment))
  )
}

/** True for an answer that a worker may hand to its program. */
export function isAnswerMessage(value: unknown): value is AnswerMessage {
  return (
    isRecord(value) &&
    value.kind === 'answer' &&
    areStrings(value.runId) &&
    isNullOr('string', value.text)
  )
}

/** True for a message that the page may act on. A worker runs a stranger's code: nothing is taken on trust. */
export function isFromWorker(value: unknown): value is FromWorker {
  if (!isRecord(value) || typeof value.runId !== 'string') return false
  const check = typeof value.kind === 'string' ? messageChecks.get(value.kind) : undefined
  return check?.(value) ?? false
}

/** True for a whole exchange. */
export function isExchange(value: unknown): value is Exchange {
  return (
    isRecord(value) &&
    isRequest(value.request) &&
    (value.response === null || isResponse(value.response)) &&
    isNullOr('string', value.error) &&
    areNumbers(value.startedAtMs, value.durationMs)
  )
}

/** What is left of the allowance of printed text. Both sides count: the worker to stay quiet, the page to be sure. */
export class OutputAllowance {
  #characters: number = limits.outputCharacters
  #lines: number = limits.outputLines

  /** The part of `text` that may still be shown, and whether some of it was cut. */
  take(text: string): { text: string; cut: boolean } {
    const shown = firstLines(text.slice(0, this.#characters), this.#lines)
    this.#characters -= shown.length
    this.#lines -= countLineEnds(shown)
    return { text: shown, cut: shown.length < text.length }
  }
}

type Fields = Record<string, unknown>

const streams: readonly unknown[] = ['stdout', 'stderr', 'debug', 'info', 'warn', 'error']

const messageChecks = new Map<string, (value: Fields) => boolean>([
  ['progress', (value) => areStrings(value.label) && areNumbers(value.fraction)],
  ['started', () => true],
  ['output', (value) => streams.includes(value.stream) && areStrings(value.text)],
  ['value', (value) => isShownValue(value.value)],
  ['output-cut', () => true],
  ['exchange', (value) => isExchange(value.exchange)],
  [
    'question',
    ({ prompt }) => typeof prompt === 'string' && prompt.length <= limits.questionCharacters,
  ],
  [
    'result',
    (value) =>
      (value.error === null || isSampleError(value.error)) &&
      areNumbers(value.durationMs) &&
      typeof value.reusable === 'boolean',
  ],
])

function isShownValue(value: unknown): boolean {
  const budget = { nodes: limits.valueNodes }
  return isTree(value, budget, 0)
}

/** No more, and no deeper, than an honest worker sends. */
function isTree(value: unknown, budget: { nodes: number }, depth: number): boolean {
  if (!isRecord(value) || depth > limits.valueDepth) return false
  const { text, members, more } = value
  if (!isShortText(text) || !areNumbers(more) || !Array.isArray(members)) return false
  budget.nodes -= members.length
  if (budget.nodes < 0) return false
  return members.every(
    (pair: unknown) =>
      Array.isArray(pair) &&
      pair.length === 2 &&
      isShortText(pair[0]) &&
      isTree(pair[1], budget, depth + 1),
  )
}

function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= limits.valueCharacters
}

function isRequest(value: unknown): boolean {
  return (
    isRecord(value) &&
    areStrings(value.method, value.url) &&
    isHeaderList(value.headers) &&
    isNullOr('string', value.body) &&
    [undefined, 'attached', 'left out'].includes(value.browserCookies as string | undefined)
  )
}

function isResponse(value: unknown): boolean {
  return (
    isRecord(value) &&
    areNumbers(value.status) &&
    areStrings(value.statusText, value.body) &&
    isHeaderList(value.headers) &&
    typeof value.truncated === 'boolean'
  )
}

function isSampleError(value: unknown): boolean {
  return (
    isRecord(value) &&
    areStrings(value.name, value.message) &&
    isNullOr('number', value.line) &&
    (value.column === undefined || areNumbers(value.column)) &&
    (value.trace === undefined || areStrings(value.trace))
  )
}

function isHeaderList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (pair: unknown) => Array.isArray(pair) && pair.length === 2 && areStrings(pair[0], pair[1]),
    )
  )
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNullOr(type: 'string' | 'number', value: unknown): boolean {
  return value === null || (type === 'string' ? areStrings(value) : areNumbers(value))
}

function areStrings(...values: unknown[]): boolean {
  return values.every((value) => typeof value === 'string')
}

function areNumbers(...values: unknown[]): boolean {
  return values.every((value) => Number.isFinite(value))
}

function countLineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function firstLines(text: string, count: number): string {
  let end = 0
  for (let line = 0; line < count; line += 1) {
    const next = text.indexOf('\n', end)
    if (next === -1) return text
    end = next + 1
  }
  return text.slice(0, end)
}
