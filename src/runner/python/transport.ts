import type { Exchange, HeaderList } from '../contract.ts'
import { describeBody, explainSilence } from '../exchange-body.ts'
import type { TransferBudget } from '../transfer-budget.ts'

/** The answer to one request, in the form that `requests/transport.py` reads. */
export interface TransportAnswer {
  /** Empty when an answer came. */
  failure: '' | 'network' | 'timeout' | 'limit'
  /** Why none came, for the reader. */
  message: string
  status: number
  reason: string
  /** JSON of a {@link HeaderList}. */
  headers: string
  body: Uint8Array
  /** Where the browser ended up, when that is not where the program went. */
  redirectedTo: string
}

/** What a transport works with. */
export interface TransportParts {
  /** Makes a synchronous request: Python waits for it. */
  open: () => XMLHttpRequest
  origin: string
  budget: TransferBudget
  onExchange: (exchange: Exchange) => void
}

/** One request as Python hands it over. */
export interface TransportRequest {
  method: string
  url: string
  headers: HeaderList
  body: Uint8Array | null
  timeoutMs: number
}

/**
 * Sends one request as a program in a terminal would: with the cookies that the program gives and no others.
 * A browser adds its own to every synchronous request, so the server is told to read and write the program's in
 * headers of their own (`Barbell-Jar: program`).
 */
export function sendForPython(parts: TransportParts, request: TransportRequest): TransportAnswer {
  const startedAtMs = Date.now()
  const started = performance.now()
  const answer = attempt(parts, request)
  if (answer.failure !== 'limit') {
    const durationMs = performance.now() - started
    parts.onExchange({ ...describe(request, answer), startedAtMs, durationMs })
  }
  return answer
}

function attempt(parts: TransportParts, request: TransportRequest): TransportAnswer {
  try {
    parts.budget.takeRequest()
    parts.budget.takeBytes(request.body?.length ?? 0)
  } catch (error) {
    return failed('limit', messageOf(error))
  }
  const xhr = parts.open()
  try {
    exchange(xhr, request)
  } catch (error) {
    return refused(error, request, parts.origin)
  }
  return received(xhr, request, parts.budget)
}

function exchange(xhr: XMLHttpRequest, request: TransportRequest): void {
  xhr.open(request.method, request.url, false)
  xhr.responseType = 'arraybuffer'
  xhr.timeout = request.timeoutMs
  xhr.setRequestHeader('Barbell-Jar', 'program')
  for (const [name, value] of request.headers) {
    xhr.setRequestHeader(isCookie(name) ? 'Barbell-Cookie' : name, value)
  }
  // Bytes, not text: with text the browser would add a Content-Type that the program did not give.
  xhr.send(request.body as Uint8Array<ArrayBuffer> | null)
}

function refused(error: unknown, request: TransportRequest, origin: string): TransportAnswer {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return failed('timeout', 'No answer in time.')
  }
  return failed('network', explainSilence(request.url, origin))
}

function received(
  xhr: XMLHttpRequest,
  request: TransportRequest,
  budget: TransferBudget,
): TransportAnswer {
  const body = new Uint8Array((xhr.response as ArrayBuffer | null) ?? new ArrayBuffer(0))
  try {
    budget.takeBytes(body.length)
  } catch (error) {
    return failed('limit', messageOf(error))
  }
  const asked = URL.parse(request.url)
  if (asked) asked.hash = ''
  return {
    failure: '',
    message: '',
    status: xhr.status,
    reason: xhr.statusText,
    headers: JSON.stringify(readHeaders(xhr.getAllResponseHeaders())),
    body,
    redirectedTo: xhr.responseURL === asked?.href ? '' : xhr.responseURL,
  }
}

function failed(failure: 'network' | 'timeout' | 'limit', message: string): TransportAnswer {
  const nothing = { status: 0, reason: '', headers: '[]', body: new Uint8Array(), redirectedTo: '' }
  return { failure, message, ...nothing }
}

/** Response headers with the program's cookies where a program looks for them: one `Set-Cookie` per cookie. */
export function readHeaders(lines: string): HeaderList {
  return lines
    .split('\r\n')
    .filter(Boolean)
    .flatMap((line): HeaderList => {
      const colon = line.indexOf(':')
      const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
      if (name.toLowerCase() !== 'barbell-set-cookie') return [[name, value]]
      // A comma begins a new cookie only before `name=`; the one in `Expires=Wed, 21 Oct` does not.
      return value.split(/,\s*(?=[^\s;,=]+=)/).map((cookie) => ['set-cookie', cookie])
    })
}

function describe(
  request: TransportRequest,
  answer: TransportAnswer,
): Pick<Exchange, 'request' | 'response' | 'error'> {
  const { method, url, headers, body } = request
  const sentType = valueOf(headers, 'content-type')
  return {
    request: {
      method,
      url,
      headers,
      body: body?.length ? describeBody(body, sentType).text : null,
    },
    response: answer.failure ? null : describeAnswer(answer),
    error: answer.failure ? answer.message : null,
  }
}

function describeAnswer(answer: TransportAnswer): NonNullable<Exchange['response']> {
  const headers = JSON.parse(answer.headers) as HeaderList
  const { text, truncated } = describeBody(answer.body, valueOf(headers, 'content-type'))
  return { status: answer.status, statusText: answer.reason, headers, body: text, truncated }
}

function valueOf(headers: HeaderList, wanted: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null
}

function isCookie(name: string): boolean {
  return name.toLowerCase() === 'cookie'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
