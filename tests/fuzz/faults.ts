import { isApiPath } from '#api/api-paths.ts'
import { errorCodes } from '#api/error-codes.ts'
import type { FuzzRequest } from './make-request.ts'
import { requestBytes, type WireAnswer } from './wire.ts'

const knownCodes: ReadonlySet<string> = new Set(Object.keys(errorCodes))
const oauthWords: ReadonlySet<string> = new Set(
  Object.entries(errorCodes).map(([code, row]) => ('oauth' in row ? row.oauth : code)),
)

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const stackTrace = /\bat .*\.m?[jt]s:\d|node_modules|node:internal/
const guardedPrefix = /^\/(?:api|auth|internal)(?:\/|$)/
const maxHeadBytes = 16 * 1024
const problemType = 'application/problem+json'
const tokenPath = '/auth/v1/token'
/** Documents that may be kept. */
const kept: ReadonlySet<string> = new Set(['/openapi.json', '/.well-known/jwks.json'])

/** Everything that is wrong with an answer, in words. */
export function findFaults(request: FuzzRequest, answer: WireAnswer | undefined): string[] {
  if (answer === undefined) return ['no answer came']
  if (isRefusedByHttp(request, answer)) return []
  const path = pathOf(request)
  const faults = [...generalFaults(answer), ...redirectFaults(path, answer)]
  return isApiPath(path) ? [...faults, ...apiFaults(request, path, answer)] : faults
}

/**
 * What HTTP itself does not allow never reaches the application: Node answers with a status line of its own and
 * closes. Its answer is right only for such a request.
 */
function isRefusedByHttp(request: FuzzRequest, { status, headers }: WireAnswer): boolean {
  if (headers.has('x-request-id')) return false
  const head = requestBytes({ ...request, body: Buffer.alloc(0) }).toString('latin1')
  if (status === 431) return head.length > maxHeadBytes
  if (status === 417) return /^expect: (?!100-continue)/im.test(head)
  // A target that is no path in ASCII, or a control character in a header.
  const isPath = /^\/[\x21-\x7e]*$/.test(request.target)
  return status === 400 && (!isPath || hasControlCharacter(head))
}

function hasControlCharacter(head: string): boolean {
  return Array.from(head).some((one) => one === '\x7f' || (one < ' ' && !'\t\r\n'.includes(one)))
}

function generalFaults({ status, headers, text, isWhole }: WireAnswer): string[] {
  return listed([
    [status < 200 || status > 599, `status ${status}`],
    [status >= 500 && status !== 503, `status ${status}: ${text.slice(0, 200)}`],
    [!isWhole, 'the body is not as long as the answer says'],
    [!uuid.test(headers.get('x-request-id') ?? ''), 'no X-Request-Id of the server'],
    [headers.has('x-injected'), 'a header of the caller’s making'],
    [stackTrace.test(text), 'the inside of the server shows'],
  ])
}

function redirectFaults(path: string, { status, headers }: WireAnswer): string[] {
  const isRedirect = status >= 300 && status < 400 && status !== 304
  return listed([
    [isRedirect && guardedPrefix.test(path), 'a redirect'],
    [/^(?:[a-z]+:)?[/\\]{2}evil/i.test(headers.get('location') ?? ''), 'a redirect elsewhere'],
  ])
}

function apiFaults(request: FuzzRequest, path: string, answer: WireAnswer): string[] {
  const { status, headers } = answer
  const { operation, isCall, mayPass } = request
  const isFine = status >= 200 && status < 300
  const isKept = isFine && kept.has(path)
  return [
    ...listed([
      [!isKept && headers.get('cache-control') !== 'no-store', 'no Cache-Control: no-store'],
      [isFine && !mayPass, 'let in without a credential that works'],
      [isCall && !operation.statuses.includes(status), `status ${status} is not in the document`],
      [headers.has('access-control-allow-origin'), 'open to other origins'],
      [status === 503 && !headers.has('retry-after'), '503 without Retry-After'],
      [status === 401 && !headers.has('www-authenticate'), '401 without WWW-Authenticate'],
      [status === 405 && !headers.has('allow'), '405 without Allow'],
    ]),
    ...bodyFaults(request, path, answer),
  ]
}

function bodyFaults(
  { method, isOwnHost }: FuzzRequest,
  path: string,
  answer: WireAnswer,
): string[] {
  const { status, headers, text } = answer
  if (method === 'HEAD' || status === 204) return []
  const mediaType = headers.get('content-type')
  // Where the `Host` is none, no endpoint was reached that could have a form of its own.
  const isUnread = !isOwnHost && mediaType === problemType
  const isToken = (path === tokenPath || path === `${tokenPath}/`) && !isUnread
  const wanted = status >= 400 && !isToken ? problemType : 'application/json'
  if (mediaType !== wanted) return [`Content-Type ${String(mediaType)} instead of ${wanted}`]
  const body = parseObject(text)
  if (body === undefined) return ['the body is no JSON object']
  if (status < 400) return []
  return isToken ? oauthFaults(body) : problemFaults(body, answer)
}

function problemFaults(body: Record<string, unknown>, { status, headers }: WireAnswer): string[] {
  const { type, title, detail, code } = body
  return listed([
    [body['status'] !== status, 'status in the body is another'],
    [!knownCodes.has(String(code)), `unknown code ${String(code)}`],
    [body['request_id'] !== headers.get('x-request-id'), 'request_id is another'],
    [!String(type).endsWith(`/docs/errors#${String(code)}`), `type ${String(type)}`],
    [typeof title !== 'string' || typeof detail !== 'string', 'no title or no detail'],
  ])
}

function oauthFaults(body: Record<string, unknown>): string[] {
  const { error, error_description: description } = body
  return listed([
    [!oauthWords.has(String(error)), `unknown error ${String(error)}`],
    [
      !/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/.test(String(description)),
      'error_description is not plain',
    ],
  ])
}

function listed(faults: readonly (readonly [isWrong: boolean, fault: string])[]): string[] {
  return faults.flatMap(([isWrong, fault]) => (isWrong ? [fault] : []))
}

function pathOf({ target }: FuzzRequest): string {
  return target.split('?', 1)[0] ?? ''
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined
  } catch {
    return undefined
  }
}
