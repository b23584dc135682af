import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { handler as renderPage } from '@astrojs/node/server.js'
import { getRequestListener } from '@hono/node-server'
import { isApiPath } from '#api/api-paths.ts'
import { securityHeaders } from '#api/middleware/security-headers.ts'
import { drainOnSignals } from '#ops/drain.ts'
import { canonicalAddress } from '#static/loopback-name.ts'
import { notFoundPage, staticFiles } from '#static/static-files.ts'
import { type Barbell, compose } from './compose.ts'
import { readConfig } from './config.ts'

const clientFolder = fileURLToPath(new URL('../client/', import.meta.url))
const passwordWorkerUrl = new URL('password-worker.mjs', import.meta.url)

const timeouts = {
  headersTimeout: 20_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000, // longer than the 60 s of usual proxies, so that they close first
}
const drainLimitMs = 10_000

/** One listener for everything: the API, then files and built pages, then pages rendered on demand. */
function requestListener(barbell: Barbell) {
  const { origin, secure } = barbell.config
  const pageHeaders = securityHeaders({ secure })
  const files = staticFiles(clientFolder, origin)
  const notFound = notFoundPage(clientFolder, origin)
  const answerApi = getRequestListener((request, { incoming }) =>
    barbell.api.fetch(request, peerOf(incoming as IncomingMessage)),
  )

  return (request: IncomingMessage, response: ServerResponse): void => {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    if (isApiPath(path)) {
      void answerApi(request, response)
      return
    }
    const requestId = randomUUID()
    for (const [name, value] of pageHeaders) response.setHeader(name, value)
    response.setHeader('X-Request-Id', requestId)
    const elsewhere = canonicalAddress(request.headers.host, request.url ?? '/', origin)
    if (elsewhere !== undefined) {
      response.writeHead(307, { Location: elsewhere, 'Cache-Control': 'no-store' }).end()
      return
    }
    files(request, response, path, () => {
      const locals = { barbell, requestId, peerAddress: request.socket.remoteAddress }
      void renderPage(request, response, () => notFound(request, response), locals)
    })
  }
}

function peerOf({ socket }: IncomingMessage): { peerAddress?: string } {
  return socket.remoteAddress === undefined ? {} : { peerAddress: socket.remoteAddress }
}

async function start(): Promise<void> {
  const config = readConfig(process.env)
  const barbell = await compose(config, { passwordWorkerUrl })
  const server = createServer(timeouts, requestListener(barbell))
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
