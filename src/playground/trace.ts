import type { Exchange } from '#runner/contract.ts'
import { listOf, objectOf, textOf } from './json-value.ts'

/** The field that asks for the server's side with `1`, and the one that brings it. */
export const traceField = 'Barbell-Trace'

/** One stage of a request on the server, in words. */
export interface TraceStep {
  words: string
  /** Whether the server asks its store in it. */
  asksStore: boolean
  /** False for the stage that refused the request. */
  ok: boolean
  /** Null where the server does not tell. */
  ms: number | null
  note: string
}

const words: Readonly<Record<string, string>> = {
  mayEnter: 'May this request come in?',
  withinAddressLimit: 'Is the limit of the address kept?',
  apiKeyMatches: 'Is the API key one of this account?',
  withinKeyLimit: 'Is the limit of the key kept?',
  tokenMatches: 'Is the token signed here, alive and not logged out?',
  withinAccountLimit: 'Is the limit of the account kept?',
  jsonBodyOnly: 'Is the body JSON?',
  formBodyOnly: 'Is the body a form?',
  noCredentialsInUrl: 'Is the address free of credentials?',
  noRepeatedFields: 'Is each field sent once?',
  passwordGrantOnly: 'Is it the password grant?',
  valuesValid: 'Are the values valid?',
  answer: 'The answer is made',
  cookieSet: 'A cookie goes along',
}
const storeStages = new Set(['apiKeyMatches', 'tokenMatches'])

/** The stages that an answer brought, in order; none where it brought no trace. */
export function traceOf(exchange: Exchange): TraceStep[] {
  const isAccount = new URL(exchange.request.url).pathname.startsWith('/auth/v1/')
  return stagesOf(exchange).flatMap((stage) => {
    const step = readStage(stage)
    const asksStore = step.asksStore || (isAccount && step.words === words['answer'])
    return step.words === '' ? [] : [{ ...step, asksStore }]
  })
}

/** The `Set-Cookie` fields that a trace tells of, without their values: a page sees the fields in no other way. */
export function cookiesSetIn(exchange: Exchange): string[] {
  const stages = stagesOf(exchange).map(objectOf)
  return stages.filter(({ stage }) => stage === 'cookieSet').map(({ note }) => textOf(note))
}

/** The same exchange without the fields of the trace, which are shown in another way. */
export function withoutTrace(exchange: Exchange): Exchange {
  const { request, response } = exchange
  const others = ([name]: [string, string]) => !isTraceField(name)
  return {
    ...exchange,
    request: { ...request, headers: request.headers.filter(others) },
    response: response && { ...response, headers: response.headers.filter(others) },
  }
}

function stagesOf({ response }: Exchange): readonly unknown[] {
  const text = response?.headers.find(([name]) => isTraceField(name))?.[1]
  return listOf(parsed(text ?? ''))
}

function isTraceField(name: string): boolean {
  return name.toLowerCase() === traceField.toLowerCase()
}

function readStage(value: unknown): TraceStep {
  const { stage, ok, ms, note } = objectOf(value)
  const name = textOf(stage)
  return {
    words: words[name] ?? spelledOut(name),
    // Without a credential there is nothing to look up.
    asksStore: storeStages.has(name) && !textOf(note).startsWith('missing_'),
    ok: ok !== false,
    ms: typeof ms === 'number' ? ms : null,
    note: textOf(note),
  }
}

/** A stage that this page does not know yet: `keyIsFresh` as "Key is fresh". */
function spelledOut(name: string): string {
  const text = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
