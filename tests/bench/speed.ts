import type { BenchServer } from './bench-process.ts'
import { loadGenerator, putLoad } from './load.ts'
import { median, table } from './numbers.ts'
import { cpuSeconds } from './process-cpu.ts'
import type { Scale } from './scale.ts'

/** One request of one server, over and over. */
export interface Work {
  name: string
  server: BenchServer
  path: string
  headers?: Readonly<Record<string, string>>
  /** Values of `x-api-auth` that take turns. */
  apiKeys?: readonly string[]
}

/** What one round, or the median of all, says of a work. */
export interface Speed {
  requestsPerSecond: number
  /** Processor time of the server, all its threads, per request. */
  cpuMicroseconds: number
  p99Ms: number
}

/** The speeds of every round, by the names of the works. */
export type Speeds = ReadonlyMap<string, readonly Speed[]>

const connections = 32

/**
 * Measures works in turn, round by round, so that all get the same share of a busy machine. What a round before
 * them says is not counted: it warms up.
 */
export async function measureInTurn(works: readonly Work[], scale: Scale): Promise<Speeds> {
  const speeds = new Map<string, Speed[]>(works.map(({ name }) => [name, []]))
  for (let round = scale.warmUpSeconds > 0 ? 0 : 1; round <= scale.rounds; round += 1) {
    const label = round === 0 ? 'warming up' : `round ${round} of ${scale.rounds}`
    for (const work of works) {
      process.stderr.write(`${label}: ${work.name}\n`)
      const seconds = round === 0 ? scale.warmUpSeconds : scale.secondsPerRound
      const speed = await measureOnce(work, seconds)
      if (round > 0) speeds.get(work.name)?.push(speed)
    }
  }
  return speeds
}

async function measureOnce({ server, path, ...request }: Work, seconds: number): Promise<Speed> {
  const cpuBefore = cpuSeconds(server.pid)
  const load = await putLoad({ ...request, url: server.url + path, connections, seconds })
  return {
    requestsPerSecond: load.answered / load.seconds,
    cpuMicroseconds: ((cpuSeconds(server.pid) - cpuBefore) * 1e6) / load.answered,
    p99Ms: load.p99Ms,
  }
}

/** The medians of a work. @returns undefined if it was not measured */
export function speedOf(speeds: Speeds, name: string): Speed | undefined {
  const all = speeds.get(name)
  if (all === undefined) return undefined
  return {
    requestsPerSecond: median(all.map((speed) => speed.requestsPerSecond)),
    cpuMicroseconds: median(all.map((speed) => speed.cpuMicroseconds)),
    p99Ms: median(all.map((speed) => speed.p99Ms)),
  }
}

/** How many times as many requests per second one work gets through as another. */
export function ratioOf(speeds: Speeds, name: string, other: string): number | undefined {
  const [ours, theirs] = [speedOf(speeds, name), speedOf(speeds, other)]
  if (ours === undefined || theirs === undefined) return undefined
  return ours.requestsPerSecond / theirs.requestsPerSecond
}

/**
 * A row for each work, compared with one of them.
 * @param notes rows of what was not measured, each with the reason
 */
export function speedTable(
  speeds: Speeds,
  yardstick: string,
  notes: readonly { name: string; missing: string }[] = [],
): string {
  const base = speedOf(speeds, yardstick)
  const rows = [...speeds.keys()].map((name) => {
    const speed = speedOf(speeds, name)
    if (speed === undefined || base === undefined) throw new TypeError(`${name} was not measured`)
    return [
      name,
      speed.requestsPerSecond.toFixed(0),
      (speed.requestsPerSecond / base.requestsPerSecond).toFixed(2),
      speed.cpuMicroseconds.toFixed(0),
      (base.cpuMicroseconds / speed.cpuMicroseconds).toFixed(2),
      speed.p99Ms.toFixed(1),
    ]
  })
  return table(
    ['work', 'req/s', `of ${yardstick}`, 'CPU per request in µs', 'speed by CPU', 'p99 in ms'],
    [...rows, ...notes.map(({ name, missing }) => [name, missing, '', '', '', ''])],
  )
}

/** How works are measured. */
export function howInTurn({ rounds, secondsPerRound }: Scale): string {
  const sentences = [
    `Medians of ${rounds} round(s) of ${secondsPerRound} s in turn, ${connections} connections from ${loadGenerator.name}.`,
    'In our server limits, request ids, metrics and log lines are on.',
    'Speed by CPU compares the processor time that the servers take.',
  ]
  if (loadGenerator.name !== 'wrk') {
    sentences.push(
      'It is slower than a bare server, which makes ratios to one too good: install wrk.',
    )
  }
  return sentences.join(' ')
}
