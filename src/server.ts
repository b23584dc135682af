import cluster from 'node:cluster'
import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import { handler as renderPage } from '@astrojs/node/server.js'
import { isApiPath } from '#api/api-paths.ts'
import { securityHeaders } from '#api/middleware/security-headers.ts'
import { apiListener } from '#api/request-listener.ts'
import { createHttpServer } from '#ops/connections.ts'
import { drainOnSignals } from '#ops/drain.ts'
import { type Log, openLogs } from '#ops/log.ts'
import { logWhenAnswered } from '#ops/log-when-answered.ts'
import { createRegistry, readWorkers, shareMetrics } from '#ops/metrics.ts'
import { startMetricsServer } from '#ops/metrics-server.ts'
import { runWorkers, signalsOfPrimary } from '#ops/workers.ts'
import { hasSeveralHosts } from '#static/page-door.ts'
import { pageListener } from '#static/page-listener.ts'
import { type Barbell, compose } from './compose.ts'
import { type Config, readConfig } from './config.ts'

const clientFolder = fileURLToPath(new URL('../client/', import.meta.url))
const passwordWorkerUrl = new URL('password-worker.mjs', import.meta.url)

const drainLimitMs = 10_000

/** One listener for everything: the API, then files and built pages, then pages rendered on demand. */
function requestListener(barbell: Barbell): RequestListener {
  const { origin, secure } = barbell.config
  const answerApi = apiListener(barbell.api)
  const answerPage = pageListener({
    folder: clientFolder,
    origin,
    headers: securityHeaders({ secure }),
    open: (request, response, requestId) =>
      logWhenAnswered({ request, response }, requestId, barbell.logAccess),
    render: async (request, response, page) => {
      const locals = { barbell, origin, peerAddress: request.socket.remoteAddress, ...page }
      await renderPage(request, response, undefined, locals)
    },
    onFailure: (error, { requestId, route }) =>
      logFailure(barbell.log, error, { requestId, route }),
  })

  return (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    if (isApiPath(path) && !hasSeveralHosts(request)) answerApi(request, response)
    else answerPage(request, response, path)
  }
}

/** One line, however long the stack is. */
function logFailure(log: Log, error: unknown, where: { requestId: string; route: string }): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  log.error({ request_id: where.requestId, route: where.route, name, stack }, message)
}

async function start(): Promise<void> {
  const config = readConfig(process.env)
  if (cluster.isPrimary && config.workers > 1) {
    await startWorkers(config)
    return
  }
  const signals =
    cluster.worker === undefined
      ? process
      : signalsOfPrimary(cluster.worker, { ownSignals: process, exit })
  const barbell = await compose(config, { passwordWorkerUrl })
  const closeMetrics = await offerMetrics(barbell)
  const server = createHttpServer(requestListener(barbell))
  drainOnSignals(
    signals,
    {
      server,
      startDraining: () => barbell.startDraining(),
      close: async () => {
        await closeMetrics()
        await barbell.close()
      },
    },
    { limitMs: drainLimitMs, exit, behindPrimary: cluster.isWorker },
  )
  server.once('error', (error) => {
    const place = `${config.host}:${config.port}`
    void barbell
      .close()
      .finally(() => exit(1, new Error(`Cannot listen on ${place}: ${error.message}`)))
  })
  server.listen(config.port, config.host, () => {
    if (cluster.isPrimary) sayWhere(config)
  })
}

/** Metrics are read to the very end. A worker hands its own to the primary, which everybody can reach. */
async function offerMetrics({ config, meters }: Barbell): Promise<() => Promise<void>> {
  const nothing = (): Promise<void> => Promise.resolve()
  if (config.metrics === undefined) return nothing
  const registry = createRegistry(meters)
  if (cluster.isWorker) {
    shareMetrics(registry)
    return nothing
  }
  const { close } = await startMetricsServer({ ...config.metrics, read: () => registry.metrics() })
  return close
}

/** This process only keeps the others: each of them is a whole server, and the one port is shared among them. */
async function startWorkers(config: Config): Promise<void> {
  if (config.metrics) await startMetricsServer({ ...config.metrics, read: readWorkers() })
  const { log, flush } = openLogs({ level: config.logLevel })
  runWorkers(config.workers, {
    fork: () => cluster.fork(),
    signals: process,
    log,
    onReady: () => sayWhere(config),
    exit: (code) => void flush().finally(() => exit(code)),
    nowMs: () => performance.now(),
  })
}

function sayWhere({ origin }: Config): void {
  process.stderr.write(`Barbell docs is at ${origin}\n`)
}

/** Ends the process. What went wrong is for a person: its message, not its stack. */
function exit(code: 0 | 1, error?: unknown): void {
  if (error instanceof Error) process.stderr.write(`${error.message}\n`)
  process.exit(code)
}

start().catch((error: unknown) => exit(1, error))
