import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { BareHashes } from './bare-hashes.ts'
import { type BenchServer, startProduct } from './bench-servers.ts'
import { checkKeysUntil } from './key-checks.ts'
import { median, percentile, table } from './numbers.ts'
import { cpuSeconds } from './process-cpu.ts'
import { type BenchAccount, openSandboxAccount } from './sandbox.ts'

const rounds = 4
const secondsPerRound = 2
const threads = Math.max(1, availableParallelism() - 1) // as many as the product hashes with
const cost = 10 // the product's
const accountCount = 8
const signInsAtOnce = 32

/** How fast a pool of threads worked, by the clock, and the processor time of each piece of work. */
interface Throughput {
  perSecond: number
  cpuMs: number
}

/**
 * Measures sign-ins beside the bare hash function, and how long calls with an API key take meanwhile: rounds in
 * turn.
 * @returns two tables
 */
export async function measureLogin(): Promise<string> {
  await using product = await startProduct()
  const accounts = await Promise.all(
    Array.from({ length: accountCount }, () => openSandboxAccount(product.url)),
  )
  const apiKey = accounts[0]?.apiKey ?? ''
  const hashes: Throughput[] = []
  const signIns: Throughput[] = []
  const alone: number[] = []
  const beside: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(
      `round ${round} of ${rounds}: hashes, sign-ins, key checks, both at once\n`,
    )
    hashes.push(await bareHashes())
    signIns.push(await signInMany(product, accounts))
    alone.push(...(await checkKeysUntil(sleep(secondsPerRound * 1000), product.url, apiKey)))
    const signingIn = signInMany(product, accounts)
    beside.push(...(await checkKeysUntil(sleep(secondsPerRound * 1000), product.url, apiKey)))
    await signingIn
  }
  return [howMeasured(), throughputTable(hashes, signIns), latencyTable(alone, beside)].join('\n\n')
}

/** The bare hash function, in as many threads as the product has for it. */
async function bareHashes(): Promise<Throughput> {
  const done = await Promise.all(Array.from({ length: threads }, hashInThread))
  return {
    perSecond: sum(done.map(({ hashes, seconds }) => hashes / seconds)),
    cpuMs:
      (sum(done.map(({ cpuSeconds }) => cpuSeconds)) * 1000) /
      sum(done.map(({ hashes }) => hashes)),
  }
}

async function hashInThread(): Promise<BareHashes> {
  const thread = new Worker(new URL('bare-hashes.ts', import.meta.url), {
    workerData: { cost, seconds: secondsPerRound },
  })
  const [done] = (await once(thread, 'message')) as [BareHashes]
  return done
}

/** Signs in, always so many at once, until the time is over and the last is answered. */
async function signInMany(
  { url, pid }: BenchServer,
  accounts: readonly BenchAccount[],
): Promise<Throughput> {
  const cpuBefore = cpuSeconds(pid)
  const startedAtMs = performance.now()
  const secondsGone = (): number => (performance.now() - startedAtMs) / 1000
  let signIns = 0
  const readers = Array.from({ length: signInsAtOnce }, async (_, index) => {
    const account = accounts[index % accounts.length]
    while (account !== undefined && secondsGone() < secondsPerRound) {
      await signIn(url, account)
      signIns += 1
    }
  })
  await Promise.all(readers)
  return {
    perSecond: signIns / secondsGone(),
    cpuMs: ((cpuSeconds(pid) - cpuBefore) * 1000) / signIns,
  }
}

async function signIn(url: string, { username, password }: BenchAccount): Promise<void> {
  const body = new URLSearchParams({ username, password })
  const answer = await fetch(`${url}/auth/v1/token`, { method: 'POST', body })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`a sign-in was answered ${answer.status}`)
}

function throughputTable(hashes: readonly Throughput[], signIns: readonly Throughput[]): string {
  const bare = medianThroughput(hashes)
  const row = (name: string, { perSecond, cpuMs }: Throughput): string[] => [
    name,
    perSecond.toFixed(2),
    (perSecond / bare.perSecond).toFixed(2),
    cpuMs.toFixed(1),
    (bare.cpuMs / cpuMs).toFixed(2),
  ]
  return table(
    ['work', 'per second', 'of the bare hash', 'CPU of each in ms', 'speed by CPU'],
    [
      row(`bare bcryptjs compare, ${threads} thread(s)`, bare),
      row('POST /auth/v1/token', medianThroughput(signIns)),
    ],
  )
}

function latencyTable(alone: readonly number[], beside: readonly number[]): string {
  const row = (name: string, latenciesMs: readonly number[]): string[] => [
    name,
    String(latenciesMs.length),
    ...[50, 99, 100].map((percent) => percentile(latenciesMs, percent).toFixed(1)),
  ]
  return table(
    ['GET /api/v1/stats with a key', 'calls', 'p50 in ms', 'p99 in ms', 'longest in ms'],
    [row('alone', alone), row(`while ${signInsAtOnce} sign-ins run at once`, beside)],
  )
}

function medianThroughput(all: readonly Throughput[]): Throughput {
  return {
    perSecond: median(all.map(({ perSecond }) => perSecond)),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function howMeasured(): string {
  return [
    `Medians of ${rounds} rounds in turn, bcrypt at cost ${cost}, Node ${process.versions.node}, ${availableParallelism()} cores`,
    `shared with the client. ${signInsAtOnce} sign-ins at once to ${accountCount} accounts for ${secondsPerRound} s and until the last is`,
    'answered. Key checks are sent every 4 ms, whether or not those before are answered.',
  ].join('\n')
}
