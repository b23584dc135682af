import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { freePort } from '../support/free-port.ts'
import { pathOf } from './bench-process.ts'

const astro = pathOf('../../node_modules/astro/bin/astro.mjs')
const environment = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' }
const firstPageLimitMs = 120_000

/** What a process used, with all its threads; not Pagefind, which is a process of its own. */
interface Usage {
  cpuSeconds: number
  /** The most memory that it had in RAM, in megabytes of 2^20 bytes. */
  peakMb: number
}

/** What a build took. */
export interface Build extends Usage {
  seconds: number
}

/** Builds the site in a folder, from nothing but what its caches hold. @throws {Error} if the build fails */
export async function buildSite(folder: string): Promise<Build> {
  const startedAtMs = performance.now()
  const args = ['--import', pathOf('tell-usage.ts'), astro, 'build']
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [out, err, used] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'exit'),
  ])
  if (child.exitCode !== 0) throw new Error(`the build failed:\n${out.slice(-2000)}\n${err}`)
  const seconds = (performance.now() - startedAtMs) / 1000
  return { seconds, ...(JSON.parse(used) as Usage) }
}

/** Seconds since a start of `astro dev`. */
export interface DevStart {
  /** Until it takes connections, which is when it says that it is ready. */
  ready: number
  /** Until it has answered with a page that was asked for then. */
  page: number
}

/** Starts `astro dev` in a folder and asks for a page. */
export async function startDev(folder: string, path: string, port: number): Promise<DevStart> {
  const startedAtMs = performance.now()
  const passed = (): number => (performance.now() - startedAtMs) / 1000
  await using dev = await openDev(folder, port)
  await untilTaken(port)
  const ready = passed()
  await untilOk(`${dev.url}/${path}`)
  return { ready, page: passed() }
}

/** Waits until somebody takes connections. @throws {Error} if nobody does within two minutes */
async function untilTaken(port: number): Promise<void> {
  const giveUpAtMs = performance.now() + firstPageLimitMs
  while (performance.now() < giveUpAtMs) {
    const socket = connect(port, 'localhost')
    const isTaken = await once(socket, 'connect').then(Boolean, () => false)
    socket.destroy()
    if (isTaken) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nobody listened on ${port} within ${firstPageLimitMs / 1000} s`)
}

/** Starts `astro dev` in a folder, and does not wait for it. Disposing of it ends it. @param wantedPort any by default */
export async function openDev(
  folder: string,
  wantedPort?: number,
): Promise<{ url: string } & AsyncDisposable> {
  const port = wantedPort ?? (await freePort())
  const url = `http://localhost:${port}`
  const child = spawn(process.execPath, [astro, 'dev', '--port', String(port)], {
    cwd: folder,
    env: { ...environment, BARBELL_URL: url, PORT: String(port) },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}

/** Waits for a page. @throws {Error} if it does not come within two minutes */
export async function untilOk(url: string): Promise<void> {
  const giveUpAtMs = performance.now() + firstPageLimitMs
  while (performance.now() < giveUpAtMs) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${url} did not come within ${firstPageLimitMs / 1000} s`)
}
