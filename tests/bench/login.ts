import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { BareHashes } from './bare-hashes.ts'
import type { BenchServer } from './bench-process.ts'
import { makeDataFolder } from './data-folder.ts'
import { conditions, type Findings, target } from './findings.ts'
import { checkKeysUntil } from './key-checks.ts'
import { median, percentile, table } from './numbers.ts'
import { cpuSeconds } from './process-cpu.ts'
import { startProduct } from './product.ts'
import { type BenchAccount, openSandboxAccount, takeToken } from './sandbox.ts'
import type { Scale } from './scale.ts'

const threads = Math.max(1, availableParallelism() - 1) // as many as the product hashes with
const cost = 10 // the product's
const accountCount = 8
const signInsAtOnce = 32

/** How fast a pool of threads worked, by the clock, and the processor time of each piece of work. */
interface Throughput {
  perSecond: number
  cpuMs: number
}

/** What all rounds have found. */
interface Rounds {
  hashes: Throughput[]
  signIns: Throughput[]
  /** Milliseconds of each key check. */
  alone: number[]
  beside: number[]
}

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`

/**
 * Measures sign-ins beside the bare hash function, and how long calls with an API key take meanwhile: rounds in
 * turn.
 */
export async function measureLogin(scale: Scale): Promise<Findings> {
  const how = `${conditions()}\n${howMeasured(scale)}`
  using folder = await makeDataFolder()
  await using product = await startProduct(folder)
  const found = await measureRounds(product, scale)
  const ratio = medianThroughput(found.signIns).perSecond / medianThroughput(found.hashes).perSecond
  const p99Ms = percentile(found.beside, 99)
  return {
    how,
    tables: [throughputTable(found), latencyTable(found)],
    targets: [
      target('sign-ins beside the bare hash', ratio, { atLeast: 0.9 }),
      target('p99 of key checks beside sign-ins', p99Ms, { atMost: 25 }, milliseconds),
    ],
  }
}

async function measureRounds(product: BenchServer, scale: Scale): Promise<Rounds> {
  const accounts = await Promise.all(
    Array.from({ length: accountCount }, () => openSandboxAccount(product.url)),
  )
  const { rounds, secondsPerRound: seconds } = scale
  const apiKey = accounts[0]?.apiKey ?? ''
  const checkKeys = (): Promise<number[]> =>
    checkKeysUntil(sleep(seconds * 1000), product.url, apiKey)
  const found: Rounds = { hashes: [], signIns: [], alone: [], beside: [] }
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(
      `round ${round} of ${rounds}: hashes, sign-ins, key checks, both at once\n`,
    )
    found.hashes.push(await bareHashes(seconds))
    found.signIns.push(await signInMany(product, accounts, seconds))
    found.alone.push(...(await checkKeys()))
    const signingIn = signInMany(product, accounts, seconds)
    found.beside.push(...(await checkKeys()))
    await signingIn
  }
  return found
}

/** The bare hash function, in as many threads as the product has for it. */
async function bareHashes(seconds: number): Promise<Throughput> {
  const done = await Promise.all(Array.from({ length: threads }, () => hashInThread(seconds)))
  return {
    perSecond: sum(done.map((thread) => thread.hashes / thread.seconds)),
    cpuMs:
      (sum(done.map(({ cpuSeconds }) => cpuSeconds)) * 1000) /
      sum(done.map(({ hashes }) => hashes)),
  }
}

async function hashInThread(seconds: number): Promise<BareHashes> {
  const thread = new Worker(new URL('bare-hashes.ts', import.meta.url), {
    workerData: { cost, seconds },
  })
  const [done] = (await once(thread, 'message')) as [BareHashes]
  return done
}

/** Signs in, always so many at once, until the time is over and the last is answered. */
async function signInMany(
  { url, pid }: BenchServer,
  accounts: readonly BenchAccount[],
  seconds: number,
): Promise<Throughput> {
  const cpuBefore = cpuSeconds(pid)
  const startedAtMs = performance.now()
  const secondsGone = (): number => (performance.now() - startedAtMs) / 1000
  let signIns = 0
  const readers = Array.from({ length: signInsAtOnce }, async (_, index) => {
    const account = accounts[index % accounts.length]
    while (account !== undefined && secondsGone() < seconds) {
      await takeToken(url, account)
      signIns += 1
    }
  })
  await Promise.all(readers)
  return {
    perSecond: signIns / secondsGone(),
    cpuMs: ((cpuSeconds(pid) - cpuBefore) * 1000) / signIns,
  }
}

function throughputTable({ hashes, signIns }: Rounds): string {
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

function latencyTable({ alone, beside }: Rounds): string {
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

function howMeasured({ rounds, secondsPerRound }: Scale): string {
  return [
    `Medians of ${rounds} round(s) in turn, bcrypt at cost ${cost}. ${signInsAtOnce} sign-ins at once to ${accountCount} accounts for`,
    `${secondsPerRound} s and until the last is answered. Key checks are sent every 4 ms, whether or not those before are answered.`,
  ].join('\n')
}
