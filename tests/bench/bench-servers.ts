import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { limits } from '#auth/limits.ts'
import { freePort } from '../support/free-port.ts'

/** A server process under measurement. Disposing of it ends it. */
export interface BenchServer extends AsyncDisposable {
  /** Its origin. */
  url: string
  pid: number
}

const startLimitMs = 15_000

/** Every limit is in force, counts, and is never reached. */
const unreachedLimits = Object.entries(limits)
  .map(([name, { windowSeconds }]) => `${name}=1000000000/${windowSeconds}`)
  .join(',')

/** The built server as operated: limits in force, and a line per request in a log file. */
export async function startProduct(): Promise<BenchServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'barbell-bench-'))
  const log = openSync(join(folder, 'log.jsonl'), 'a')
  const server = spawn(process.execPath, [pathOf('../../dist/server/entry.mjs')], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      BARBELL_URL: `http://localhost:${port}`,
      BARBELL_DATA_DIR: folder,
      BARBELL_LIMITS: unreachedLimits,
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', log, 'inherit'],
  })
  closeSync(log) // the server has its own
  return await running(server, port, () => rmSync(folder, { recursive: true, force: true }))
}

/** One of the bare servers of peers.ts. */
export async function startPeer(kind: 'node-http' | 'hono'): Promise<BenchServer> {
  const port = await freePort()
  const args = [pathOf('peers.ts'), kind, String(port)]
  return await running(spawn(process.execPath, args, { stdio: 'inherit' }), port)
}

/** Waits until the process answers. */
async function running(
  child: ChildProcess,
  port: number,
  cleanUp?: () => void,
): Promise<BenchServer> {
  const ended = once(child, 'exit')
  const url = `http://localhost:${port}`
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
    cleanUp?.()
  }
  try {
    await Promise.race([untilAnswering(url), ended.then(failedStart)])
  } catch (error) {
    await stop()
    throw error
  }
  return { url, pid: child.pid ?? 0, [Symbol.asyncDispose]: stop }
}

async function untilAnswering(url: string): Promise<void> {
  const giveUpAt = Date.now() + startLimitMs
  while (Date.now() < giveUpAt) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the server did not answer within ${startLimitMs} ms`)
}

function failedStart(): never {
  throw new Error('the server ended before it answered')
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
