import { Distribution } from './distribution.ts'
import { JobMeter } from './job-meter.ts'

/** In seconds: from a call answered out of memory to one that a client has long given up. */
export const durationBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/** What was answered on one route. */
export interface RouteMeter {
  /** Answers by the first digit of their status; `[0]` stays 0. */
  readonly byClass: number[]
  readonly durations: Distribution
}

/** Connections of a database pool. */
export interface PoolState {
  open: number
  idle: number
  /** Calls that wait for a connection. */
  waiting: number
}

/** Where the store's time goes: into flushes of the file, or into statements of the database. */
export type StoreWork = 'flush' | 'query'

/** Everything that is counted, as plain numbers. What reads them does so when it is asked, never per request. */
export class Meters {
  readonly routes = new Map<string, RouteMeter>()
  /** Calls refused, by the name of the limit. */
  readonly refusals = new Map<string, number>()
  readonly passwords: JobMeter
  readonly store = {
    flush: new Distribution(durationBounds),
    query: new Distribution(durationBounds),
  }
  /** Asked at every reading; undefined while there is no pool. */
  pool: (() => PoolState) | undefined

  /** @param options.passwordThreads how many threads hash passwords */
  constructor(options: { passwordThreads: number; nowMs: () => number }) {
    const { passwordThreads, nowMs } = options
    this.passwords = new JobMeter({ threads: passwordThreads, bounds: durationBounds, nowMs })
  }

  /** @param answer.route a pattern of ours, never a path: every other value would be a series for ever */
  countAnswer({ route, status, ms }: { route: string; status: number; ms: number }): void {
    const meter = this.routes.get(route) ?? this.#addRoute(route)
    const first = Math.trunc(status / 100)
    meter.byClass[first] = (meter.byClass[first] ?? 0) + 1
    meter.durations.take(ms / 1000)
  }

  /** Counts a call that a limit refused. */
  countRefusal(limit: string): void {
    this.refusals.set(limit, (this.refusals.get(limit) ?? 0) + 1)
  }

  /** Counts one piece of the store's work. */
  countStoreWork(kind: StoreWork, ms: number): void {
    this.store[kind].take(ms / 1000)
  }

  #addRoute(route: string): RouteMeter {
    const made = { byClass: [0, 0, 0, 0, 0, 0], durations: new Distribution(durationBounds) }
    this.routes.set(route, made)
    return made
  }
}
