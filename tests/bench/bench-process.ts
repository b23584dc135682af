import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server process under measurement. Disposing of it ends it. */
export interface BenchServer extends AsyncDisposable {
  /** Its origin. */
  url: string
  pid: number
  /** From its start to its first answer, to the hundredth of a second. */
  startedInMs: number
}

const startLimitMs = 15_000
const askEveryMs = 10

/** Waits until a process that was just started answers; one that does not is ended. */
export async function running(child: ChildProcess, port: number): Promise<BenchServer> {
  const spawnedAtMs = performance.now()
  const ended = once(child, 'exit')
  const url = `http://localhost:${port}`
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
  }
  try {
    await Promise.race([untilAnswering(url), ended.then(failedStart)])
  } catch (error) {
    await stop()
    throw error
  }
  const startedInMs = performance.now() - spawnedAtMs
  return { url, pid: child.pid ?? 0, startedInMs, [Symbol.asyncDispose]: stop }
}

/** The path of a file, given as it stands beside this one. */
export function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** Ours answers 503 until it is ready; the others have no such path and say so. */
async function untilAnswering(url: string): Promise<void> {
  const giveUpAt = Date.now() + startLimitMs
  while (Date.now() < giveUpAt) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer !== undefined && answer.status < 500) return
    await new Promise((resolve) => setTimeout(resolve, askEveryMs))
  }
  throw new Error(`the server did not answer within ${startLimitMs} ms`)
}

function failedStart(): never {
  throw new Error('the server ended before it answered')
}
