import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Auth, Caller } from '#auth/auth.ts'
import { limits } from '#auth/limits.ts'
import { freePort } from './free-port.ts'

const entry = new URL('node-process.ts', import.meta.url)

/** What a node is told to do: a method of the domain, as a page of settings would call it. */
export interface NodeOrder {
  id: number
  name: keyof Auth
  given: unknown[]
}

/** What became of it. */
export interface NodeAnswer {
  id: number
  result?: unknown
  /** The code of a refusal, or what else was thrown. */
  refusal?: string
}

/** One server process of several that share a database. */
export interface ServerNode {
  url: string
  /** Calls the domain of that process. Rejects with the code of a refusal as its message. */
  ask<Name extends keyof Auth>(
    name: Name,
    ...given: Parameters<Auth[Name]>
  ): Promise<Awaited<ReturnType<Auth[Name]>>>
  /** Starts the process anew, on the same port. */
  restart(): Promise<void>
}

/** Server processes on one database, with one folder of secrets and one public address. */
export interface Nodes {
  all: readonly ServerNode[]
  stop(): Promise<void>
}

/** Who calls, where a test calls the domain itself. */
export const testCaller: Caller = {
  address: '127.0.0.1',
  requestId: 'test',
  userAgent: 'test',
}

/**
 * Starts `count` server processes at once. Limits are in force and raised, but for those that are named.
 * @param options.limits such as `login_account=10/900`
 */
export async function startNodes(
  count: number,
  options: { databaseUrl: string; limits?: string },
): Promise<Nodes> {
  const folder = mkdtempSync(join(tmpdir(), 'barbell-nodes-'))
  const ports = await Promise.all(Array.from({ length: count }, freePort))
  const environment = {
    BARBELL_URL: `http://localhost:${String(ports[0])}`,
    BARBELL_DATA_DIR: folder,
    BARBELL_LIMITS: `${raisedLimits},${options.limits ?? 'api_key=1000000000/60'}`,
    DATABASE_URL: options.databaseUrl,
    LOG_LEVEL: 'silent',
  }
  const all = await Promise.all(
    ports.map((port) => startNode({ ...environment, PORT: String(port) })),
  )
  return {
    all,
    async stop() {
      await Promise.all(all.map((node) => node.stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const raisedLimits = Object.entries(limits)
  .map(([name, { windowSeconds }]) => `${name}=1000000000/${windowSeconds}`)
  .join(',')

async function startNode(
  environment: Record<string, string>,
): Promise<ServerNode & { stop(): Promise<void> }> {
  let child = await startProcess(environment)
  let lastId = 0

  async function stop(): Promise<void> {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }

  return {
    url: `http://127.0.0.1:${String(environment['PORT'])}`,
    async ask<Name extends keyof Auth>(
      name: Name,
      ...given: Parameters<Auth[Name]>
    ): Promise<Awaited<ReturnType<Auth[Name]>>> {
      lastId += 1
      const answer = answerTo(child, lastId)
      child.send({ id: lastId, name, given } satisfies NodeOrder)
      const { result, refusal } = await answer
      if (refusal !== undefined) throw new Error(refusal)
      return result as Awaited<ReturnType<Auth[Name]>>
    },
    stop,
    async restart() {
      await stop()
      child = await startProcess(environment)
    },
  }
}

async function startProcess(environment: Record<string, string>): Promise<ChildProcess> {
  const child = fork(entry, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`a node ended with ${String(code)} before it was ready`)
  })
  await Promise.race([answerTo(child, 0), failed])
  return child
}

function answerTo(child: ChildProcess, id: number): Promise<NodeAnswer> {
  return new Promise((resolve) => {
    const listen = (answer: unknown): void => {
      if ((answer as NodeAnswer).id !== id) return
      child.off('message', listen)
      resolve(answer as NodeAnswer)
    }
    child.on('message', listen)
  })
}
