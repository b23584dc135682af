import { Distribution } from './distribution.ts'

/** A job that no thread has begun. */
interface Waiting {
  sinceMs: number
}

/**
 * Sees how long jobs wait for one of `threads` that take them in the order in which they come. It stands before
 * the queue: a job begins when it finds a thread free, or when one that was begun before it ends.
 */
export class JobMeter {
  /** From the call to the first moment of work; only of jobs that were begun. */
  readonly waits: Distribution
  /** From the call to the end, of the jobs that were done. */
  readonly durations: Distribution
  readonly threads: number
  readonly #nowMs: () => number
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiting>()
  #running = 0

  /** @param options.bounds of both distributions, in seconds */
  constructor(options: { threads: number; bounds: readonly number[]; nowMs: () => number }) {
    this.threads = options.threads
    this.#nowMs = options.nowMs
    this.waits = new Distribution(options.bounds)
    this.durations = new Distribution(options.bounds)
  }

  /** How many jobs wait now. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Passes a job on. @returns what it gives; rejects as it does */
  async run<T>(job: () => Promise<T>): Promise<T> {
    const own = { sinceMs: this.#nowMs() }
    this.#waiting.add(own)
    this.#beginNext()
    try {
      const result = await job()
      this.durations.take((this.#nowMs() - own.sinceMs) / 1000)
      return result
    } finally {
      // One that is refused because the queue is full was never begun.
      if (!this.#waiting.delete(own)) this.#running -= 1
      this.#beginNext()
    }
  }

  #beginNext(): void {
    const [next] = this.#waiting
    if (next === undefined || this.#running >= this.threads) return
    this.#waiting.delete(next)
    this.#running += 1
    this.waits.take((this.#nowMs() - next.sinceMs) / 1000)
  }
}
