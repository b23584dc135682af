import type { Exchange } from '../contract.ts'
import { describeBody, explainSilence } from '../exchange-body.ts'
import type { TransferBudget } from '../transfer-budget.ts'
import { sampleFrames } from './compile.ts'
import type { PendingWork } from './pending-work.ts'

/** What a recording `fetch` works with. */
export interface FetchParts {
  /** The browser's own. */
  fetch: typeof fetch
  /** Relative URLs count from here. */
  origin: string
  budget: TransferBudget
  /** Calls whose answer the program waits for. */
  pending: PendingWork
  /** Answers whose body is still being recorded. */
  recordings: PendingWork
  onExchange: (exchange: Exchange) => void
}

/** A `fetch` that behaves like the browser's, counts against the run's budget and records every exchange. */
export function recordedFetch(parts: FetchParts): typeof fetch {
  return (input, init) => {
    const call = new Error()
    const answered = callAndRecord(parts, input, init).catch((error: unknown) => {
      throw placed(error, call)
    })
    return parts.pending.track(answered)
  }
}

/** Where the browser's own error names no line of the sample, the call to blame has one. */
function placed(error: unknown, call: Error): unknown {
  if (error instanceof Error && sampleFrames(error.stack ?? '').length === 0) {
    const value = `${error.name}: ${error.message}\n${call.stack ?? ''}`
    Reflect.defineProperty(error, 'stack', { value, configurable: true, writable: true })
  }
  return error
}

async function callAndRecord(
  parts: FetchParts,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const request = new Request(
    input instanceof Request ? input : absolute(input, parts.origin),
    init,
  )
  parts.budget.takeRequest()
  const recorder = await startRecording(parts, request)
  const signal = AbortSignal.any([request.signal, parts.budget.signal])
  let response: Response
  try {
    response = await parts.fetch(request, { signal })
  } catch (cause) {
    const error = refusal(cause, request.url, parts.origin)
    recorder.failed(error)
    throw error
  }
  // Cloned before the program can read it; the copy is read while the program goes on.
  void parts.recordings.track(recorder.answered(response.clone(), response))
  return response
}

function absolute(input: string | URL, origin: string): string {
  const url = String(input)
  return URL.parse(url, origin)?.href ?? url
}

function refusal(cause: unknown, url: string, origin: string): unknown {
  if (!(cause instanceof TypeError)) return cause
  return new TypeError(`Failed to fetch. ${explainSilence(url, origin)}`, { cause })
}

interface Recorder {
  failed: (error: unknown) => void
  answered: (copy: Response, response: Response) => Promise<void>
}

async function startRecording(parts: FetchParts, request: Request): Promise<Recorder> {
  const bytes = new Uint8Array(await request.clone().arrayBuffer())
  parts.budget.takeBytes(bytes.length)
  const startedAtMs = Date.now()
  const started = performance.now()
  const sent: Exchange['request'] = {
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: bytes.length ? describeBody(bytes, request.headers.get('content-type')).text : null,
    browserCookies: request.credentials === 'omit' ? 'left out' : 'attached',
  }
  const record = (answer: Pick<Exchange, 'response' | 'error'>): void => {
    const durationMs = performance.now() - started
    parts.onExchange({ request: sent, ...answer, startedAtMs, durationMs })
  }
  return {
    failed: (error) => record({ response: null, error: String(error) }),
    answered: async (copy, response) => {
      const { status, statusText } = response
      const headers = [...response.headers]
      const body = await readCopy(parts.budget, copy)
      record({ response: { status, statusText, headers, ...body.described }, error: body.error })
    },
  }
}

async function readCopy(
  budget: TransferBudget,
  copy: Response,
): Promise<{ described: { body: string; truncated: boolean }; error: string | null }> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let error: string | null = null
  try {
    const reader = copy.body?.getReader()
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      budget.takeBytes(part.value.length)
      chunks.push(part.value)
    }
  } catch (reason) {
    error = String(reason)
  }
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer())
  const { text, truncated } = describeBody(bytes, copy.headers.get('content-type'))
  return { described: { body: text, truncated: truncated || error !== null }, error }
}
