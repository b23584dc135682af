import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Registry } from 'prom-client'

/** What the door of the metrics is given. */
export interface MetricsDoor {
  host: string
  /** 0 takes a free one. */
  port: number
  /** The metrics as text. */
  read: () => Promise<string>
}

const idleMs = 5000

/**
 * Answers `GET /metrics` on a port of its own, so that no proxy in front of the site can pass it on by mistake.
 * @returns the port, and what ends it
 * @throws if it cannot listen there; the message says where
 */
export async function startMetricsServer({
  host,
  port,
  read,
}: MetricsDoor): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(
    { keepAliveTimeout: idleMs, headersTimeout: idleMs, requestTimeout: idleMs },
    (request, response) => void answer(request, response, read),
  )
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `Metrics cannot be served at ${host}:${port} (${reason}): change BARBELL_METRICS_PORT or BARBELL_METRICS_HOST, or unset BARBELL_METRICS_PORT.`,
      { cause: error },
    )
  }
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<string>,
): Promise<void> {
  if (request.url !== '/metrics') {
    send(response, 404, 'There is only /metrics here.\n')
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    send(response, 405, 'Ask with GET.\n')
    return
  }
  try {
    const text = await read()
    send(response, 200, text)
  } catch {
    // Workers that do not answer in time: the next reading finds them, or others.
    send(response, 503, 'The metrics cannot be read now.\n')
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'Content-Type': status === 200 ? Registry.PROMETHEUS_CONTENT_TYPE : 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(body)
}
