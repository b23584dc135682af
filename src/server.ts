import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { handler as renderPage } from '@astrojs/node/server.js'
import { isApiPath } from '#api/api-paths.ts'
import { securityHeaders } from '#api/middleware/security-headers.ts'
import { apiListener } from '#api/request-listener.ts'
import { createHttpServer } from '#ops/connections.ts'
import { drainOnSignals } from '#ops/drain.ts'
import { canonicalAddress } from '#static/loopback-name.ts'
import {
  hasSeveralHosts,
  isFormPage,
  pageRefusal,
  sendEarlyRefusal,
  sendPageRefusal,
  takeForm,
} from '#static/page-door.ts'
import { notFoundPage, staticFiles } from '#static/static-files.ts'
import { type Barbell, compose } from './compose.ts'
import { readConfig } from './config.ts'

const clientFolder = fileURLToPath(new URL('../client/', import.meta.url))
const passwordWorkerUrl = new URL('password-worker.mjs', import.meta.url)

const drainLimitMs = 10_000

/** One listener for everything: the API, then files and built pages, then pages rendered on demand. */
function requestListener(barbell: Barbell) {
  const { origin, secure } = barbell.config
  const pageHeaders = securityHeaders({ secure })
  const files = staticFiles(clientFolder, origin)
  const notFound = notFoundPage(clientFolder, origin)
  const answerApi = apiListener(barbell.api)

  return (request: IncomingMessage, response: ServerResponse): void => {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    if (hasSeveralHosts(request)) {
      const headers = {
        ...Object.fromEntries(pageHeaders),
        'X-Request-Id': randomUUID(),
        Connection: 'close',
      }
      sendPageRefusal(response, { status: 400, message: 'A request has one Host.', headers })
      return
    }
    if (isApiPath(path)) {
      answerApi(request, response)
      return
    }
    const requestId = randomUUID()
    for (const [name, value] of pageHeaders) response.setHeader(name, value)
    response.setHeader('X-Request-Id', requestId)
    const refusal = pageRefusal(request, path)
    if (refusal !== undefined) {
      sendPageRefusal(response, refusal)
      return
    }
    const elsewhere = canonicalAddress(request.headers.host, request.url ?? '/', origin)
    if (elsewhere !== undefined) {
      response.writeHead(307, { Location: elsewhere, 'Cache-Control': 'no-store' }).end()
      return
    }
    files(request, response, path, () => {
      if (!isFormPage(path)) {
        notFound(request, response)
        return
      }
      const locals = { barbell, requestId, peerAddress: request.socket.remoteAddress }
      void answerFormPage(request, response, locals)
    })
  }
}

/** Renders a page with a form. A connection that breaks while the form arrives gets no answer. */
async function answerFormPage(
  request: IncomingMessage,
  response: ServerResponse,
  locals: object,
): Promise<void> {
  try {
    const refusal = request.method === 'POST' ? await takeForm(request) : undefined
    if (refusal === undefined) await renderPage(request, response, undefined, locals)
    else sendEarlyRefusal(request, response, refusal)
  } catch {
    response.destroy()
  }
}

async function start(): Promise<void> {
  const config = readConfig(process.env)
  const barbell = await compose(config, { passwordWorkerUrl })
  const server = createHttpServer(requestListener(barbell))
  drainOnSignals(
    process,
    {
      server,
      startDraining: () => barbell.startDraining(),
      close: () => barbell.close(),
    },
    { limitMs: drainLimitMs, exit },
  )
  server.once('error', (error) => {
    const place = `${config.host}:${config.port}`
    void barbell
      .close()
      .finally(() => exit(1, new Error(`Cannot listen on ${place}: ${error.message}`)))
  })
  server.listen(config.port, config.host, () => {
    process.stderr.write(`Barbell docs is at ${config.origin}\n`)
  })
}

/** Ends the process. What went wrong is for a person: its message, not its stack. */
function exit(code: 0 | 1, error?: unknown): void {
  if (error instanceof Error) process.stderr.write(`${error.message}\n`)
  process.exit(code)
}

start().catch((error: unknown) => exit(1, error))
