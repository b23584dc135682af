import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { canonicalAddress } from './loopback-name.ts'
import {
  hasSeveralHosts,
  isFormPage,
  pageRefusal,
  sendEarlyRefusal,
  sendPageRefusal,
  takeForm,
} from './page-door.ts'
import { StatusPage, staticFiles } from './static-files.ts'

/** What the pages are given. */
export interface PageParts {
  /** The client folder of the build. */
  folder: string
  /** The public origin, no slash at its end. */
  origin: string
  /** The fields of every answer. */
  headers: readonly (readonly [name: string, value: string])[]
  /** Renders a page with a form; its body, if it came with one, is in memory by then. */
  render: (request: IncomingMessage, response: ServerResponse, page: OpenPage) => Promise<void>
  /** Follows a request to its answer. What it gives back is told the route. */
  open: (request: IncomingMessage, response: ServerResponse, requestId: string) => { route: string }
  /** Told of what should not happen: a page that cannot be made. */
  onFailure: (error: unknown, where: { requestId: string; route: string }) => void
}

/** A page that is being rendered. */
export interface OpenPage {
  requestId: string
  /** Takes the error that ended the page. @returns what the reader gets instead */
  failed: (error: unknown) => Promise<Response>
}

/** Answers a request whose path, without query, is none of the API's. */
export type PageListener = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => void

/** What is said of a request instead of its path, which is a stranger's text. */
const routes = { file: '(page or file)', moved: '(moved)', none: '(none)', refused: '(refused)' }

/** Seconds after which a page that the store could not serve is worth another look. */
const retryAfterSeconds = 5

/** Answers for files and built pages, and for the pages that are rendered on demand. */
export function pageListener(parts: PageParts): PageListener {
  const files = staticFiles(parts.folder, parts.origin)
  const notFound = new StatusPage(join(parts.folder, '404.html'), parts.origin)
  const failure = new StatusPage(join(parts.folder, '500.html'), parts.origin)

  return (request, response, path) => {
    const requestId = randomUUID()
    const line = parts.open(request, response, requestId)
    for (const [name, value] of parts.headers) response.setHeader(name, value)
    response.setHeader('X-Request-Id', requestId)
    if (turnAway(request, response, { path, line, origin: parts.origin })) return
    line.route = routes.file
    files(request, response, path, (error) => {
      if (error !== undefined) {
        parts.onFailure(error, { requestId, route: line.route })
        // Half of a file is sent already: only the end of the connection can say that it is not whole.
        if (response.headersSent) response.destroy()
        else void failure.send(request, response, { status: 500 })
        return
      }
      if (!isFormPage(path)) {
        line.route = routes.none
        void notFound.send(request, response, { status: 404 })
        return
      }
      line.route = path.replace(/\/$/, '')
      const failed = (reason: unknown): Promise<Response> => {
        parts.onFailure(reason, { requestId, route: line.route })
        return failure.toResponse(answerTo(reason))
      }
      void answerFormPage(request, response, () =>
        parts.render(request, response, { requestId, failed }),
      )
    })
  }
}

/** Answers what no page answers. @returns whether it did */
function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  { path, line, origin }: { path: string; line: { route: string }; origin: string },
): boolean {
  const refusal = hasSeveralHosts(request)
    ? ({
        status: 400,
        message: 'A request has one Host.',
        headers: { Connection: 'close' },
      } as const)
    : pageRefusal(request, path)
  if (refusal !== undefined) {
    line.route = routes.refused
    sendPageRefusal(response, refusal)
    return true
  }
  const elsewhere = canonicalAddress(request.headers.host, request.url ?? '/', origin)
  if (elsewhere === undefined) return false
  line.route = routes.moved
  response.writeHead(307, { Location: elsewhere, 'Cache-Control': 'no-store' }).end()
  return true
}

/** Renders a page with a form. A connection that breaks while the form arrives gets no answer. */
async function answerFormPage(
  request: IncomingMessage,
  response: ServerResponse,
  render: () => Promise<void>,
): Promise<void> {
  try {
    const refusal = request.method === 'POST' ? await takeForm(request) : undefined
    if (refusal === undefined) await render()
    else sendEarlyRefusal(request, response, refusal)
  } catch {
    response.destroy()
  }
}

/** A store that is away is back soon, and a client may wait for it; anything else is a fault of ours. */
function answerTo(error: unknown): { status: number; headers?: Record<string, string> } {
  const away = error instanceof Error && 'code' in error && error.code === 'store_unavailable'
  if (!away) return { status: 500 }
  return { status: 503, headers: { 'Retry-After': String(retryAfterSeconds) } }
}
