import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { limits } from '#auth/limits.ts'
import { freePort } from './free-port.ts'

const entry = fileURLToPath(new URL('../../dist/server/entry.mjs', import.meta.url))
const noOutgoing = new URL('no-outgoing.ts', import.meta.url).href
const startLimitMs = 15_000

/** Every limit is in force and is far above what a test run needs. */
const raisedLimits = Object.entries(limits)
  .map(([name, { windowSeconds }]) => `${name}=1000000000/${windowSeconds}`)
  .join(',')

/** A server process of this test run, which can call nobody. */
export interface BuiltServer {
  url: string
  pid: number
  /** Whom it has tried to call. */
  called(): string[]
  /** Sends SIGTERM. @returns the exit code @throws if it has tried to call somebody */
  stop(): Promise<number | null>
}

/**
 * Starts the built server on a free loopback port with a new data folder, removed when it stops.
 * @param settings environment over that of a test: raised limits, warnings only
 * @param options.logFile where its standard output is appended
 */
export async function startBuiltServer(
  settings: Record<string, string> = {},
  options: { logFile?: string } = {},
): Promise<BuiltServer> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const folder = mkdtempSync(join(tmpdir(), 'barbell-test-'))
  const callsFile = join(folder, 'calls')
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a')
  const server = spawn(process.execPath, [entry], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      BARBELL_URL: url,
      BARBELL_DATA_DIR: join(folder, 'data'),
      BARBELL_TEST_OUTGOING: callsFile,
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${noOutgoing}`,
      BARBELL_LIMITS: raisedLimits,
      LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', log ?? 'ignore', 'inherit'],
  })
  if (log !== undefined) closeSync(log) // the server has its own
  const ended = once(server, 'exit') as Promise<[number | null]>
  await Promise.race([untilReady(url), ended.then(([code]) => failedStart(code))])
  const called = (): string[] =>
    existsSync(callsFile) ? readFileSync(callsFile, 'utf8').trimEnd().split('\n') : []
  return {
    url,
    pid: server.pid ?? 0,
    called,
    async stop() {
      server.kill('SIGTERM')
      const [code] = await ended
      const calls = called()
      rmSync(folder, { recursive: true, force: true })
      if (calls.length > 0) throw new Error(`I9: the server called somebody: ${calls.join(', ')}`)
      return code
    },
  }
}

function failedStart(code: number | null): never {
  throw new Error(`the server ended with ${String(code)} before it was ready`)
}

async function untilReady(url: string): Promise<void> {
  const giveUpAt = Date.now() + startLimitMs
  while (Date.now() < giveUpAt) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the server was not ready within ${startLimitMs} ms`)
}
