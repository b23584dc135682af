import type { LimitBearer, LimitDecision, Limiter } from '#auth/limiter.ts'
import type { LimitName, LimitRule } from '#auth/limits.ts'

/** Keys that one limit remembers at a time: at 110 to 250 bytes each 13 MB at most. */
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
    consume: (name, key, bearer) => counterOf(name).consume(key, bearer),
    peek: (name, key) => counterOf(name).peek(key),
    reset: (name, key) => counterOf(name).reset(key),
  }
}

/** Counts nothing and lets everything pass: for measurements and tests on the own machine. */
export const noLimits: Limiter = {
  consume: unlimited,
  peek: unlimited,
  reset: () => undefined,
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

/** By a clock that nobody sets. Whole, since a sum of fractions may be a little more than it should. */
function wholeMs(): number {
  return Math.trunc(performance.now())
}

/** The calls of one key since the first that was counted, where no bearer has them. */
class Window implements LimitBearer {
  limitCounter: object | undefined = undefined
  limitCalls = 0
  limitEndsAtMs = 0
}

/** One limit: a counter per key, in fixed windows that begin with the first call. */
class Counter {
  readonly #name: LimitName
  readonly #rule: LimitRule
  readonly #maxKeys: number
  /** By key, in the order in which they began, which is the order in which they end. */
  readonly #windows = new Map<string, LimitBearer>()

  constructor(name: LimitName, rule: LimitRule, maxKeys: number) {
    this.#name = name
    this.#rule = rule
    this.#maxKeys = maxKeys
  }

  consume(key: string, bearer?: LimitBearer): LimitDecision {
    const nowMs = wholeMs()
    const window = this.#windowOfBearer(bearer, nowMs) ?? this.#windowOf(key, bearer, nowMs)
    window.limitCalls += 1
    return this.#decision(window, nowMs, window.limitCalls <= this.#rule.limit)
  }

  peek(key: string): LimitDecision {
    const nowMs = wholeMs()
    const window = this.#openWindow(key, nowMs) ?? new Window()
    return this.#decision(window, nowMs, window.limitCalls < this.#rule.limit)
  }

  reset(key: string): void {
    this.#forget(key)
  }

  #windowOfBearer(bearer: LimitBearer | undefined, nowMs: number): LimitBearer | undefined {
    return bearer?.limitCounter === this ? ifOpen(bearer, nowMs) : undefined
  }

  #windowOf(key: string, bearer: LimitBearer | undefined, nowMs: number): LimitBearer {
    return this.#openWindow(key, nowMs) ?? this.#begin(key, bearer, nowMs)
  }

  #openWindow(key: string, nowMs: number): LimitBearer | undefined {
    return ifOpen(this.#windows.get(key), nowMs)
  }

  #begin(key: string, bearer: LimitBearer | undefined, nowMs: number): LimitBearer {
    this.#windows.delete(key) // so that it comes last in the order
    this.#forgetEnded(nowMs)
    const window = this.#canCountIn(bearer) ? bearer : new Window()
    window.limitCounter = this
    window.limitCalls = 0
    window.limitEndsAtMs = nowMs + this.#rule.windowSeconds * 1000
    this.#windows.set(key, window)
    if (this.#windows.size > this.#maxKeys) this.#forgetOne()
    return window
  }

  /** Not where another limit counts in it. */
  #canCountIn(bearer: LimitBearer | undefined): bearer is LimitBearer {
    const counter = bearer?.limitCounter
    return bearer !== undefined && (counter === undefined || counter === this)
  }

  #forgetEnded(nowMs: number): void {
    for (const [key, { limitEndsAtMs }] of this.#windows) {
      if (nowMs < limitEndsAtMs) return
      this.#windows.delete(key)
    }
  }

  /**
   * Makes room: forgets the key whose window ends first. A used-up one is passed over, so that a flood of
   * made-up keys cannot buy its sender a new start; if all of the oldest are used up, the first of them goes.
   */
  #forgetOne(): void {
    const [oldest] = this.#windows.keys()
    let looked = 0
    for (const [key, { limitCalls }] of this.#windows) {
      looked += 1
      if (limitCalls < this.#rule.limit || looked === 100) {
        this.#forget(limitCalls < this.#rule.limit ? key : (oldest ?? key))
        return
      }
    }
  }

  #forget(key: string): void {
    const window = this.#windows.get(key)
    if (window !== undefined) window.limitEndsAtMs = 0
    this.#windows.delete(key)
  }

  #decision(
    { limitCalls, limitEndsAtMs }: LimitBearer,
    nowMs: number,
    allowed: boolean,
  ): LimitDecision {
    const { limit, windowSeconds } = this.#rule
    return {
      name: this.#name,
      limit,
      remaining: Math.max(0, limit - limitCalls),
      windowSeconds,
      retryAfterSeconds: Math.max(0, Math.ceil((limitEndsAtMs - nowMs) / 1000)),
      allowed,
    }
  }
}

function ifOpen(window: LimitBearer | undefined, nowMs: number): LimitBearer | undefined {
  return window !== undefined && nowMs < window.limitEndsAtMs ? window : undefined
}
