import type { IncomingMessage } from 'node:http'
import type { Call, Exchange } from './exchange.ts'
import type { RequestFields } from './request-fields.ts'

/** What every parser of URLs takes as a host, and leaves as it is; the others are for the parser to decide of. */
const plainHost = /^[a-z0-9._-]+(?::(?:[1-9]\d{3}|[1-5]\d{4}))?$/

/** Fields that make a request more than a question: with a body, or with a wish to be told how it went. */
const notPlain = ['content-length', 'transfer-encoding', 'barbell-trace'] as const

/** Whether all that a request is stands in its method, its path and its fields. */
export function isPlain(
  { method }: Pick<IncomingMessage, 'method'>,
  fields: RequestFields,
): boolean {
  if (method !== 'GET' || !plainHost.test(fields.get('host') ?? '')) return false
  return !notPlain.some((name) => fields.has(name))
}

/** A request as its stages see it, without anything that they do not look at. */
export class PlainCall implements Call<Record<string, unknown>> {
  readonly env: Exchange
  readonly req: Call['req']
  readonly #found = new Map<string, unknown>()

  constructor(env: Exchange, path: string, headers: RequestFields) {
    this.env = env
    this.req = { path, raw: { headers } }
  }

  get(name: string): unknown {
    return this.#found.get(name)
  }

  set(name: string, value: unknown): void {
    this.#found.set(name, value)
  }
}
