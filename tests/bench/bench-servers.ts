import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type BuiltServer, startBuiltServer as start } from '../support/built-server.ts'
import { freePort } from '../support/free-port.ts'

/** A server under measurement. */
export interface RunningServer {
  url: string
  stop(): Promise<unknown>
}

/** Our server as operated: limits in force, though far above the load, and a log line per request. */
export function startBuiltServer(): Promise<BuiltServer> {
  return start({ LOG_LEVEL: 'info' })
}

/** Starts one of the bare servers of peers.ts. */
export async function startPeer(kind: 'node-http' | 'hono'): Promise<RunningServer> {
  const port = await freePort()
  const script = fileURLToPath(new URL('peers.ts', import.meta.url))
  const peer = spawn(process.execPath, [script, kind, String(port)], { stdio: 'inherit' })
  const url = `http://127.0.0.1:${port}/`
  while (!(await fetch(url).catch(() => undefined))) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    async stop() {
      const ended = once(peer, 'exit')
      peer.kill()
      await ended
    },
  }
}
