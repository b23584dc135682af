import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * The pages that are made anew at each request. Their forms come back to them by POST; no other page takes
 * one, and nothing else of the framework is reachable: not its image service, not its islands.
 */
export const formPages: ReadonlySet<string> = new Set([
  '/login',
  '/register',
  '/dashboard/settings',
])

/** Bytes that a form may have. */
export const maxFormBytes = 16 * 1024

const lingerMs = 500
const maxLingerBytes = 16 * 1024 * 1024

/** A refusal in words: no page of ours causes one. */
export interface PageRefusal {
  status: 400 | 405 | 413 | 415
  message: string
  headers?: Readonly<Record<string, string>>
}

// As RFC 9110 section 7.2 has it, less what no deployment needs: escapes and user names.
const hostShape = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** Whether a path is that of a form page, with or without one slash at its end. No other spelling is. */
export function isFormPage(path: string): boolean {
  return formPages.has(path.endsWith('/') ? path.slice(0, -1) : path)
}

/**
 * Why no page answers this request, whatever it holds.
 * @param path of the request, without query
 * @returns undefined where nothing is wrong so far
 */
export function pageRefusal(request: IncomingMessage, path: string): PageRefusal | undefined {
  const { method = '', headers } = request
  if (!hostShape.test(headers.host ?? '')) return { status: 400, message: 'Host is not a host.' }
  const methods = isFormPage(path) ? ['GET', 'HEAD', 'POST'] : ['GET', 'HEAD']
  if (!methods.includes(method)) {
    const allow = methods.join(', ')
    return { status: 405, message: `This page takes ${allow}.`, headers: { Allow: allow } }
  }
  if (method === 'POST' && headers['content-encoding'] !== undefined) {
    return { status: 415, message: 'Send the form as it is, not packed.' }
  }
  return undefined
}

/**
 * Reads a form into memory, as far as it may go, and leaves it where the page looks for it. What arrives is
 * counted, whatever `Content-Length` says.
 * @throws what the connection throws when it breaks
 */
export async function takeForm(request: IncomingMessage): Promise<PageRefusal | undefined> {
  const tooLarge: PageRefusal = {
    status: 413,
    message: `A form has at most ${maxFormBytes} bytes.`,
    // The rest of it was not read, so the connection cannot carry another request.
    headers: { Connection: 'close' },
  }
  if (Number(request.headers['content-length'] ?? 0) > maxFormBytes) return tooLarge
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length
    if (size > maxFormBytes) return tooLarge
    chunks.push(chunk as Buffer)
  }
  Object.assign(request, { body: Buffer.concat(chunks) })
  return undefined
}

/**
 * Whether a request names several hosts. Node keeps the first and is silent; a proxy in front may have gone by
 * the last (RFC 9112 section 3.2).
 */
export function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.filter((name, at) => at % 2 === 0 && /^host$/i.test(name)).length > 1
}

/** Answers with a refusal. */
export function sendPageRefusal(response: ServerResponse, refusal: PageRefusal): void {
  writeRefusal(response, refusal)
  response.end()
}

/**
 * Answers with a refusal while the request still arrives. What arrives is thrown away for a moment: closing at
 * once would reset the connection, and the client would see no answer.
 */
export function sendEarlyRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: PageRefusal,
): void {
  writeRefusal(response, refusal)
  const timer = setTimeout(end, lingerMs)
  let size = 0
  request.once('close', end).on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxLingerBytes) end()
  })
  function end(): void {
    clearTimeout(timer)
    response.end()
  }
}

function writeRefusal(response: ServerResponse, { status, message, headers }: PageRefusal): void {
  const body = Buffer.from(`${message}\n`)
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    ...headers,
  })
  response.write(body)
}
