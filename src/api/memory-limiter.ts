import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { LimitDecision, Limiter } from '#auth/limiter.ts'
import type { LimitName, LimitRule } from '#auth/limits.ts'

/** Keys that one limit remembers at a time: at some 400 bytes each about 20 MB. */
const keysPerLimit = 50_000

/**
 * Counts in this process.
 * @param options.maxKeysPerLimit how many keys each limit remembers, 50,000 by default
 */
export function createMemoryLimiter(
  rules: Readonly<Record<LimitName, LimitRule>>,
  { maxKeysPerLimit = keysPerLimit }: { maxKeysPerLimit?: number } = {},
): Limiter {
  const counters = new Map<LimitName, Counter>()

  function counterOf(name: LimitName): Counter {
    const known = counters.get(name)
    if (known !== undefined) return known
    const made = new Counter(name, rules[name], maxKeysPerLimit)
    counters.set(name, made)
    return made
  }

  return {
    consume: (name, key) => counterOf(name).consume(key),
    peek: (name, key) => counterOf(name).peek(key),
    reset: (name, key) => counterOf(name).reset(key),
  }
}

/** Counts nothing and lets everything pass: for measurements and tests on the own machine. */
export const noLimits: Limiter = {
  consume: (name) => Promise.resolve(unlimited(name)),
  peek: (name) => Promise.resolve(unlimited(name)),
  reset: () => Promise.resolve(),
}

function unlimited(name: LimitName): LimitDecision {
  return {
    name,
    limit: Infinity,
    remaining: Infinity,
    windowSeconds: 0,
    retryAfterSeconds: 0,
    allowed: true,
  }
}

/** One limit: a counter per key, in fixed windows that begin with the first call. */
class Counter {
  readonly #name: LimitName
  readonly #rule: LimitRule
  readonly #maxKeys: number
  readonly #memory: RateLimiterMemory
  /** Keys in the order in which their windows began, which is the order in which they end. */
  readonly #keys = new Map<string, true>()

  constructor(name: LimitName, rule: LimitRule, maxKeys: number) {
    this.#maxKeys = maxKeys
    this.#name = name
    this.#rule = rule
    this.#memory = new RateLimiterMemory({
      keyPrefix: '',
      points: rule.limit,
      duration: rule.windowSeconds,
    })
  }

  async consume(key: string): Promise<LimitDecision> {
    const state = await this.#count(key)
    if (state.isFirstInDuration) await this.#remember(key)
    return this.#decision(state, state.consumedPoints <= this.#rule.limit)
  }

  async peek(key: string): Promise<LimitDecision> {
    const state = (await this.#memory.get(key)) ?? new RateLimiterRes(this.#rule.limit, 0, 0)
    return this.#decision(state, state.consumedPoints < this.#rule.limit)
  }

  async reset(key: string): Promise<void> {
    this.#keys.delete(key)
    await this.#memory.delete(key)
  }

  /** The library rejects with the state when the limit is used up; here that is an outcome like the other. */
  async #count(key: string): Promise<RateLimiterRes> {
    try {
      return await this.#memory.consume(key)
    } catch (state) {
      if (state instanceof RateLimiterRes) return state
      throw state
    }
  }

  async #remember(key: string): Promise<void> {
    this.#keys.delete(key)
    this.#keys.set(key, true)
    if (this.#keys.size > this.#maxKeys) await this.#forgetOne()
  }

  /**
   * Makes room: forgets the key whose window ends first. A used-up one is passed over, so that a flood of
   * made-up keys cannot buy its sender a new start; if all of the oldest are used up, the first of them goes.
   */
  async #forgetOne(): Promise<void> {
    let oldest: string | undefined
    let looked = 0
    for (const key of this.#keys.keys()) {
      oldest ??= key
      looked += 1
      const { allowed } = await this.peek(key)
      if (allowed || looked === 100) {
        await this.reset(allowed ? key : oldest)
        return
      }
    }
  }

  #decision(state: RateLimiterRes, allowed: boolean): LimitDecision {
    const { limit, windowSeconds } = this.#rule
    return {
      name: this.#name,
      limit,
      remaining: Math.max(0, limit - state.consumedPoints),
      windowSeconds,
      retryAfterSeconds: Math.max(0, Math.ceil(state.msBeforeNext / 1000)),
      allowed,
    }
  }
}
