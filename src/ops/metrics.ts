import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
} from 'prom-client'
import type { Distribution } from './distribution.ts'
import { durationBounds, type Meters } from './meters.ts'

/** Takes part in a metric: which labels it has, and what was counted under them. */
interface Part {
  labels: Record<string, string>
  of: Distribution
}

/** The metrics of ours, as `/docs/operate/monitor` lists them. Those of the process are prom-client's. */
export const metricNotes = {
  barbell_http_requests_total: 'Answers, by route and class of status.',
  barbell_http_request_duration_seconds: 'Time from the request to its answer, by route.',
  barbell_limit_refusals_total: 'Calls refused because a limit was used up, by limit.',
  barbell_password_queue_length: 'Passwords that wait to be hashed. More than 64 are refused.',
  barbell_password_wait_seconds: 'Time that a password waited before its hash was begun.',
  barbell_password_duration_seconds: 'Time from the wish for a hash to the hash, waiting included.',
  barbell_store_flush_duration_seconds: 'Time to make a group of writes durable in the file.',
  barbell_store_query_duration_seconds:
    'Time that a connection to PostgreSQL was in use, for a statement or a transaction.',
  barbell_store_pool_connections: 'Connections to PostgreSQL, by state: open or idle.',
  barbell_store_pool_waiting: 'Calls that wait for a connection to PostgreSQL.',
} as const

type MetricName = keyof typeof metricNotes

/**
 * Makes what Prometheus reads. All numbers are fetched from the meters at that moment, so that a request pays
 * for none of it.
 */
export function createRegistry(meters: Meters): Registry {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  registry.removeSingleMetric('nodejs_version_info') // a version tells which holes to try
  new Counter({
    ...named('barbell_http_requests_total'),
    labelNames: ['route', 'status'],
    registers,
    collect() {
      this.reset()
      for (const [route, { byClass }] of meters.routes) {
        byClass.forEach((count, first) => {
          if (count > 0) this.inc({ route, status: `${first}xx` }, count)
        })
      }
    },
  })
  new Counter({
    ...named('barbell_limit_refusals_total'),
    labelNames: ['limit'],
    registers,
    collect() {
      this.reset()
      for (const [limit, count] of meters.refusals) this.inc({ limit }, count)
    },
  })
  new Gauge({
    ...named('barbell_password_queue_length'),
    registers,
    collect() {
      this.set(meters.passwords.waiting)
    },
  })
  addDurations(registry, meters)
  addPool(registry, meters)
  return registry
}

/** In a worker: gives the primary its metrics whenever it asks. */
export function shareMetrics(registry: Registry): void {
  AggregatorRegistry.setRegistries([registry])
  new AggregatorRegistry() // it listens for the question
}

/** In the primary: what reads the metrics of all workers, added up. */
export function readWorkers(): () => Promise<string> {
  const all = new AggregatorRegistry()
  return () => all.clusterMetrics()
}

function addDurations(registry: Registry, meters: Meters): void {
  const perRoute = (): Part[] =>
    [...meters.routes].map(([route, { durations }]) => ({ labels: { route }, of: durations }))
  const one = (of: Distribution) => (): Part[] => [{ labels: {}, of }]
  const { passwords, store } = meters
  const parts: [MetricName, () => Part[]][] = [
    ['barbell_http_request_duration_seconds', perRoute],
    ['barbell_password_wait_seconds', one(passwords.waits)],
    ['barbell_password_duration_seconds', one(passwords.durations)],
    ['barbell_store_flush_duration_seconds', one(store.flush)],
    ['barbell_store_query_duration_seconds', one(store.query)],
  ]
  for (const [name, read] of parts) registry.registerMetric(new ReadHistogram(name, read))
}

function addPool(registry: Registry, meters: Meters): void {
  const registers = [registry]
  new Gauge({
    ...named('barbell_store_pool_connections'),
    labelNames: ['state'],
    registers,
    collect() {
      const { open, idle } = meters.pool?.() ?? { open: 0, idle: 0 }
      this.set({ state: 'open' }, open)
      this.set({ state: 'idle' }, idle)
    },
  })
  new Gauge({
    ...named('barbell_store_pool_waiting'),
    registers,
    collect() {
      this.set(meters.pool?.().waiting ?? 0)
    },
  })
}

function named(name: MetricName): { name: MetricName; help: string } {
  return { name, help: metricNotes[name] }
}

/** A histogram that is counted elsewhere: prom-client's own can only be fed one value at a time. */
class ReadHistogram extends Histogram {
  readonly #name: MetricName
  readonly #parts: () => Part[]

  constructor(name: MetricName, parts: () => Part[]) {
    super({ ...named(name), buckets: [...durationBounds], registers: [] })
    this.#name = name
    this.#parts = parts
  }

  /** What the registry asks for when it writes text, and what `get` goes by when workers are added up. */
  getForPromString() {
    return Promise.resolve({
      ...named(this.#name),
      type: 'histogram',
      aggregator: 'sum',
      values: this.#parts().flatMap((part) => this.#valuesOf(part)),
    })
  }

  #valuesOf({ labels: sharedLabels, of }: Part) {
    const value = (kind: string, value: number, labels = {}) => {
      return { metricName: `${this.#name}_${kind}`, labels, sharedLabels, value }
    }
    let upTo = 0
    const buckets = of.bounds.map((le, at) => {
      upTo += of.counts[at] ?? 0
      return value('bucket', upTo, { le })
    })
    const all = value('bucket', of.count, { le: '+Inf' })
    return [...buckets, all, value('sum', of.sum), value('count', of.count)]
  }
}
