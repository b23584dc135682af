import { type Credentials, freshCredentials } from './credentials.ts'
import { findFaults } from './faults.ts'
import { type FuzzRequest, makeRequest } from './make-request.ts'
import { readOperations } from './operations.ts'
import { curlLine, send } from './wire.ts'

/** How long and from which seed. */
export interface FuzzPlan {
  url: string
  seed: number
  requests: number
  /** Index of the first request, by default 0. */
  first?: number
  /** Called after each answer with how many there are. */
  onProgress?: (done: number) => void | Promise<void>
}

/** One answer that is not as it must be. */
export interface Failure {
  index: number
  faults: readonly string[]
  curl: string
}

/** What a run found. */
export interface FuzzResult {
  /** How often each status came; 0 for no answer. */
  statuses: ReadonlyMap<number, number>
  /** How often each call was met, by method and path. */
  calls: ReadonlyMap<string, number>
  failures: readonly Failure[]
  slowest: readonly { ms: number; status: number; line: string }[]
}

const atOnce = 8
const maxFailures = 20 // more say nothing new
const keptSlowest = 5
const requestsPerCredentials = 500

/** Sends hostile requests to a server, a few at a time, and looks at every answer. */
export async function fuzz(plan: FuzzPlan): Promise<FuzzResult> {
  const { url, seed, requests, first = 0 } = plan
  const { port, host } = new URL(url)
  const operations = await readOperations(url)
  const names = `f${seed}-${Date.now().toString(36)}-`
  const statuses = new Map<number, number>()
  const calls = new Map<string, number>()
  const failures: Failure[] = []
  const slowest: { ms: number; status: number; line: string }[] = []
  let credentials = await freshCredentials(url)
  let next = first
  let done = 0

  async function run(index: number, current: Credentials): Promise<void> {
    const request = makeRequest(seed, index, { operations, credentials: current, names, host })
    const startedAt = performance.now()
    const answer = await send(Number(port), request)
    const status = answer?.status ?? 0
    count(statuses, status)
    if (request.isCall) count(calls, `${request.operation.method} ${request.operation.path}`)
    slowest.push({ ms: performance.now() - startedAt, status, line: lineOf(request) })
    slowest.sort((a, b) => b.ms - a.ms).splice(keptSlowest)
    const faults = findFaults(request, answer)
    if (faults.length > 0) failures.push({ index, faults, curl: curlLine(url, request) })
  }

  async function work(): Promise<void> {
    while (next < first + requests && failures.length < maxFailures) {
      const index = next
      next += 1
      await run(index, credentials)
      done += 1
      if (done % requestsPerCredentials === 0) credentials = await freshCredentials(url)
      await plan.onProgress?.(done)
    }
  }

  await Promise.all(Array.from({ length: atOnce }, work))
  return { statuses, calls, failures, slowest }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function lineOf({ method, target }: FuzzRequest): string {
  return `${method} ${target.slice(0, 80)}`
}
