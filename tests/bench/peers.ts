import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { z } from 'zod'
import { freePort } from '../support/free-port.ts'
import { type BenchServer, pathOf, running } from './bench-process.ts'

/** A server that checks an API key like ours. */
export interface KeyCheckPeer {
  server: BenchServer
  /** The one that it knows. */
  apiKey: string
  /** Which versions, and how they are set up. */
  about: string
}

/** Why there is no such server here. */
export interface MissingPeer {
  missing: string
}

const installLimitMs = 120_000
const fastApiPackages = 'python3-fastapi uvicorn python3-uvloop python3-httptools'

/** A server that does nothing but answer. */
export async function startBare(kind: 'node-http' | 'hono'): Promise<BenchServer> {
  const port = await freePort()
  const args = [pathOf('bare-server.ts'), kind, String(port)]
  return await running(spawn(process.execPath, args, { stdio: 'inherit' }), port)
}

/** better-auth with its API key plugin. @param options.install whether its packages may be fetched */
export async function startBetterAuth(options: {
  install: boolean
}): Promise<KeyCheckPeer | MissingPeer> {
  const folder = pathOf('better-auth')
  const isThere = (): boolean => existsSync(`${folder}/node_modules/better-auth`)
  if (!isThere() && options.install) installInto(folder)
  if (!isThere()) {
    return { missing: 'skipped: its packages are not installed in tests/bench/better-auth' }
  }
  const about = `better-auth ${versionOf(`${folder}/node_modules/better-auth`)}, in memory`
  const port = await freePort()
  const apiKey = randomBytes(32).toString('hex') // 64 characters, as it makes them itself
  const child = spawn(process.execPath, [`${folder}/server.mjs`, String(port)], {
    env: { ...process.env, BENCH_KEY: apiKey },
    stdio: 'inherit',
  })
  return await peerOf(running(child, port), { apiKey, about })
}

/** FastAPI on uvicorn with a line per request, as it is started by default. */
export async function startFastApi(): Promise<KeyCheckPeer | MissingPeer> {
  const found = findFastApi()
  if (found === undefined) {
    return { missing: `skipped: not installed (Debian: apt install ${fastApiPackages})` }
  }
  const about = `${found.versions}, with a log line per request`
  const port = await freePort()
  const apiKey = `bench:${randomBytes(8).toString('hex')}`
  const log = openSync(devNull, 'a')
  const at = ['--app-dir', pathOf('fastapi'), '--host', '127.0.0.1', '--port', String(port)]
  const child = spawn(found.python, ['-m', 'uvicorn', 'server:app', '--log-level', 'info', ...at], {
    env: { ...process.env, BENCH_KEY: apiKey, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', log, log],
  })
  closeSync(log) // the server has its own
  return await peerOf(running(child, port), { apiKey, about })
}

/** A peer that does not start is a line in the table: ours is measured all the same. */
async function peerOf(
  starting: Promise<BenchServer>,
  facts: Omit<KeyCheckPeer, 'server'>,
): Promise<KeyCheckPeer | MissingPeer> {
  try {
    return { server: await starting, ...facts }
  } catch (error) {
    return { missing: `skipped: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function installInto(folder: string): void {
  process.stderr.write('installing better-auth, which only the bench needs\n')
  spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: installLimitMs,
  })
}

/** A Python that has it. The system's comes first: version managers hide its packages. */
function findFastApi(): { python: string; versions: string } | undefined {
  const program =
    'import fastapi, uvicorn; print(f"FastAPI {fastapi.__version__} on uvicorn {uvicorn.__version__}")'
  for (const python of ['/usr/bin/python3', 'python3']) {
    const { status, stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' })
    if (status === 0) return { python, versions: stdout.trim() }
  }
  return undefined
}

function versionOf(packageFolder: string): string {
  const described: unknown = JSON.parse(readFileSync(`${packageFolder}/package.json`, 'utf8'))
  return z.object({ version: z.string() }).parse(described).version
}
