import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from './free-port.ts'

const run = promisify(execFile)

/** PostgreSQL refuses to run as root: then it runs as nobody. */
const nobody = { uid: 65_534, gid: 65_534 }
const startLimitMs = 20_000

/** A PostgreSQL server of the tests' own. */
export interface TestPostgres {
  /** A URL for DATABASE_URL, of a new and empty database. */
  createDatabase(options?: { encoding?: 'UTF8' | 'SQL_ASCII' }): Promise<string>
  /** Stands still: connections stay open and nothing is answered. */
  pause(): void
  /** Goes on after `pause`. */
  resume(): void
  /** Ends, `fast` by default; `immediate` leaves what is to be recovered, as a crash does. */
  stop(how?: 'fast' | 'immediate'): Promise<void>
  /** Is ended by kill -9. */
  kill(): Promise<void>
  /** Starts again after `stop` or `kill`, on the same port with the same data; does nothing while it runs. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  close(): Promise<void>
}

/** The folder of PostgreSQL's server programs, the newest first. @returns undefined where there is none */
export function findPostgres(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter)
  const debian = globSync('/usr/lib/postgresql/*/bin').sort((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  )
  return [...onPath, ...debian].find((folder) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
  )
}

/** Starts a server on a free loopback port. */
export async function startPostgres(): Promise<TestPostgres> {
  const programs = findPostgres()
  if (programs === undefined) {
    throw new Error(
      'These tests need PostgreSQL. Install it (Debian: "sudo apt install postgresql"), then run them again.',
    )
  }
  const identity = process.getuid?.() === 0 ? nobody : userInfo()
  const folder = mkdtempSync(join(tmpdir(), 'barbell-postgres-'))
  chownSync(folder, identity.uid, identity.gid)
  const place = { programs, folder, port: await freePort(), identity }
  try {
    await initialise(place)
    const server = new LocalPostgres(place)
    await server.start()
    return server
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

interface Place {
  programs: string
  folder: string
  port: number
  identity: { uid: number; gid: number }
}

async function initialise({ programs, folder, identity }: Place): Promise<void> {
  const { uid, gid } = identity
  const given = ['--auth=trust', '--username=barbell', '--encoding=UTF8', '--locale=C', '--no-sync']
  await run(join(programs, 'initdb'), ['--pgdata', join(folder, 'data'), ...given], {
    cwd: folder,
    uid,
    gid,
  })
}

class LocalPostgres implements TestPostgres {
  readonly #place: Place
  #process: ChildProcess | null = null
  #log = ''

  constructor(place: Place) {
    this.#place = place
  }

  async createDatabase({
    encoding = 'UTF8',
  }: { encoding?: 'UTF8' | 'SQL_ASCII' } = {}): Promise<string> {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    await this.#asOwner(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}'`)
    return this.#url(name)
  }

  pause(): void {
    this.#signalAll('SIGSTOP')
  }

  resume(): void {
    this.#signalAll('SIGCONT')
  }

  stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    return this.#end((server) => server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT'))
  }

  kill(): Promise<void> {
    return this.#end(() => this.#signalAll('SIGKILL'))
  }

  async start(): Promise<void> {
    if (this.#process !== null) return
    const { programs, folder, port, identity } = this.#place
    // A crash of the database loses nothing of what the kernel has: only a power cut would ask for fsync.
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const server = spawn(join(programs, 'postgres'), ['-D', join(folder, 'data'), ...flags], {
      cwd: folder,
      uid: identity.uid,
      gid: identity.gid,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    server.stderr.on('data', (text: Buffer) => (this.#log += text.toString()))
    this.#process = server
    await this.#untilReady(server)
  }

  async close(): Promise<void> {
    if (this.#process !== null) this.resume()
    await this.stop('immediate')
    rmSync(this.#place.folder, { recursive: true, force: true })
  }

  async #end(order: (server: ChildProcess) => unknown): Promise<void> {
    const server = this.#process
    if (server === null) return
    const exited = once(server, 'exit')
    order(server)
    await exited
    this.#process = null
  }

  async #untilReady(server: ChildProcess): Promise<void> {
    const endMs = performance.now() + startLimitMs
    while (performance.now() < endMs && server.exitCode === null) {
      const failed = await this.#asOwner('SELECT 1').catch((error: unknown) => error)
      if (failed === undefined) return
      await delay(50)
    }
    throw new Error(`PostgreSQL did not start:\n${this.#log}`)
  }

  async #asOwner(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.#url('postgres') })
    client.on('error', () => undefined) // the statement rejects too
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }

  #url(database: string): string {
    return `postgres://barbell@127.0.0.1:${this.#place.port}/${database}`
  }

  #signalAll(signal: NodeJS.Signals): void {
    const parent = this.#process?.pid
    if (parent === undefined) throw new Error('PostgreSQL does not run')
    process.kill(parent, 'SIGSTOP') // starts no more children
    for (const child of childrenOf(parent)) killIfThere(child, signal)
    process.kill(parent, signal)
  }
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!isGone) throw error
  }
}

/** Each connection is served by a process of its own, in a group of its own. */
function childrenOf(parent: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
  const rows = table.split('\n').map((row) => row.trim().split(/\s+/).map(Number))
  return rows.flatMap(([ppid, pid]) => (ppid === parent && pid !== undefined ? [pid] : []))
}
