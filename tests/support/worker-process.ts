/** A primary with two workers that answer slowly with their process id, put together as src/server.ts does it. */
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { drainOnSignals } from '#ops/drain.ts'
import { runWorkers, signalsOfPrimary } from '#ops/workers.ts'

const [port = '', answerAfterMs = '0'] = process.argv.slice(2)
const silent = (): void => undefined

function exit(code: 0 | 1): void {
  process.exit(code)
}

if (cluster.worker === undefined) {
  runWorkers(2, {
    fork: () => cluster.fork(),
    signals: process,
    log: { info: silent, warn: silent, error: silent },
    onReady: () => process.stdout.write('ready\n'),
    exit,
    nowMs: () => performance.now(),
  })
} else {
  const signals = signalsOfPrimary(cluster.worker, { ownSignals: process, exit })
  const server = createServer((_, response) => {
    setTimeout(() => response.end(String(process.pid)), Number(answerAfterMs))
  })
  const close = (): Promise<void> => Promise.resolve()
  const options = { limitMs: 5000, behindPrimary: true, exit }
  drainOnSignals(signals, { server, startDraining: silent, close }, options)
  server.listen(Number(port), '127.0.0.1')
}
