import { type Exchange, limits } from '#runner/contract.ts'
import { describeBody } from '#runner/exchange-body.ts'
import type { PlannedRequest } from './request.ts'
import { traceField } from './trace.ts'

/** The world outside a request, handed in so that a test brings its own. */
export interface Wire {
  fetch: typeof fetch
  nowMs: () => number
  isOnline: () => boolean
}

/** The wire of the page. */
export const pageWire: Wire = {
  fetch: (input, init) => fetch(input, init),
  nowMs: () => Date.now(),
  isOnline: () => navigator.onLine,
}

const answerLimitMs = 30 * 1000 // half a minute

type Answer = NonNullable<Exchange['response']>

/**
 * Sends a request and tells how it went. A network that fails, an answer that takes longer than 30 seconds and an
 * abort are values of `error`; nothing is thrown.
 * @param options.traced asks the server to tell what it did
 */
export async function send(
  planned: PlannedRequest,
  options: { signal?: AbortSignal; wire?: Wire; traced?: boolean } = {},
): Promise<Exchange> {
  const { signal, wire = pageWire } = options
  const request = options.traced ? asking(planned) : planned
  const startedAtMs = wire.nowMs()
  const outcome = await answerTo(request, { signal, wire })
  return {
    request: {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: request.body,
      browserCookies: request.credentials === 'omit' ? 'left out' : 'attached',
    },
    ...outcome,
    startedAtMs,
    durationMs: wire.nowMs() - startedAtMs,
  }
}

function asking(request: PlannedRequest): PlannedRequest {
  return { ...request, headers: [...request.headers, [traceField, '1']] }
}

async function answerTo(
  request: PlannedRequest,
  { signal, wire }: { signal: AbortSignal | undefined; wire: Wire },
): Promise<Pick<Exchange, 'response' | 'error'>> {
  const limit = AbortSignal.timeout(answerLimitMs)
  try {
    const response = await wire.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      credentials: request.credentials,
      cache: 'no-store',
      // No path of the API redirects; one that did could carry the key somewhere else.
      redirect: 'error',
      signal: AbortSignal.any(signal ? [signal, limit] : [limit]),
    })
    return { response: await readAnswer(response), error: null }
  } catch (error) {
    return { response: null, error: reasonOf(error, { signal, limit, wire }) }
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  const bytes = await firstBytes(response.body, limits.bodyCharacters + 1)
  const { text, truncated } = describeBody(bytes, response.headers.get('content-type'))
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: text,
    truncated,
  }
}

/** Reads no more than it needs: the rest of a longer answer is cancelled. */
async function firstBytes(
  stream: ReadableStream<Uint8Array> | null,
  count: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(count)
  let length = 0
  for await (const chunk of chunksOf(stream)) {
    const part = chunk.subarray(0, count - length)
    bytes.set(part, length)
    length += part.length
    if (length === count) break
  }
  return bytes.subarray(0, length)
}

/** Safari cannot yet iterate a stream; leaving the loop early cancels the rest of the answer. */
async function* chunksOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = stream?.getReader()
  if (!reader) return
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel()
  }
}

function reasonOf(
  error: unknown,
  { signal, limit, wire }: { signal: AbortSignal | undefined; limit: AbortSignal; wire: Wire },
): string {
  if (signal?.aborted) return 'Stopped before the answer was complete.'
  if (limit.aborted) return `No complete answer within ${answerLimitMs / 1000} seconds.`
  if (!wire.isOnline()) return 'This browser is offline. Nothing reached the server.'
  const detail = error instanceof Error ? ` (${error.message})` : ''
  return `No answer: the server could not be reached, or the browser refused to send this.${detail}`
}
