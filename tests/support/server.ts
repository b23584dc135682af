import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiListener } from '#api/request-listener.ts'
import type { Clock } from '#auth/clock.ts'
import { type ConnectionLimits, connectionLimits, createHttpServer } from '#ops/connections.ts'
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
 * @param options.connections limits of connections over those in force
 */
export async function startServer(
  options: {
    env?: Record<string, string>
    clock?: Clock
    connections?: Partial<ConnectionLimits>
  } = {},
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
  const server = createHttpServer(apiListener(barbell.api), {
    ...connectionLimits,
    ...options.connections,
  })
  await listen(server, port)
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

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}
