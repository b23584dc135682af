import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { Clock } from '#auth/clock.ts'
import { type Barbell, compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { freePort } from './free-port.ts'

/** The API of this process, reachable over HTTP. */
export interface TestServer {
  url: string
  barbell: Barbell
  /** Every log line so far, as it was written. */
  logLines: readonly string[]
  stop(): Promise<void>
}

const lowestCost = 4 // of bcrypt: its strength is not what these tests are about

/**
 * Starts the API on a free loopback port, with a new data folder that goes when it stops.
 * @param options.env settings over those of a test: no limits, one log line per request
 */
export async function startServer(
  options: { env?: Record<string, string>; clock?: Clock } = {},
): Promise<TestServer> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const dataDir = mkdtempSync(join(tmpdir(), 'barbell-test-'))
  const logLines: string[] = []
  const config = readConfig({
    PORT: String(port),
    BARBELL_URL: url,
    BARBELL_DATA_DIR: dataDir,
    BARBELL_LIMITS: 'off',
    ...options.env,
  })
  const barbell = await compose(config, {
    passwordCost: lowestCost,
    logDestination: { write: (line) => void logLines.push(line) },
    ...(options.clock && { clock: options.clock }),
  })
  const server = await listen(barbell, port)
  return {
    url,
    barbell,
    logLines,
    async stop() {
      server.close()
      server.closeAllConnections()
      await barbell.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function listen(barbell: Barbell, port: number): Promise<Server> {
  const listener = getRequestListener((request, { incoming }) => {
    const { remoteAddress } = (incoming as IncomingMessage).socket
    return barbell.api.fetch(request, remoteAddress ? { peerAddress: remoteAddress } : {})
  })
  const server = createServer((request, response) => void listener(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
