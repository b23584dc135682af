/** A request as a writer writes it, which is how it goes over the wire (RFC 9112), without what the client adds. */
export interface HttpRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | null
}

/** A request that cannot be read. `line` counts from 0, the first line of the request. */
export class HttpRequestError extends Error {
  override readonly name = 'HttpRequestError'
  readonly mend: string
  readonly line: number

  constructor(problem: string, mend: string, line: number) {
    super(problem)
    this.mend = mend
    this.line = line
  }
}

const requestLine = /^([A-Z]+) (\/\S*)$/
const headerLine = /^([!#$%&'*+.^_`|~\w-]+): *(\S.*)$/

/**
 * Reads a request: its method and target, a line per header, and behind an empty line the body.
 * @throws {HttpRequestError} at the first line that is none of it
 */
export function parseHttpRequest(text: string): HttpRequest {
  const lines = text.split('\n')
  const [, method, target] = requestLine.exec(lines[0] ?? '') ?? []
  if (method === undefined || target === undefined) {
    const mend = 'Write method and path, as in GET /api/v1/me.'
    throw new HttpRequestError(`"${lines[0] ?? ''}" begins no request.`, mend, 0)
  }
  const end = lines.indexOf('')
  const headers = lines.slice(1, end === -1 ? undefined : end).map(parseHeader)
  const body = end === -1 ? null : lines.slice(end + 1).join('\n')
  return { method, target, headers, body: body === '' ? null : body }
}

function parseHeader(line: string, index: number): [name: string, value: string] {
  const [, name, value] = headerLine.exec(line) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  const mend = 'Write name and value, as in x-api-auth: myUsername:myLongKeyGoesHere.'
  throw new HttpRequestError(`"${line}" is no header.`, mend, index + 1)
}

/** Writes a request as it is read. */
export function httpRequestText({ method, target, headers, body }: HttpRequest): string {
  const lines = [`${method} ${target}`, ...headers.map(([name, value]) => `${name}: ${value}`)]
  return [...lines, ...(body === null ? [] : ['', body])].join('\n')
}
