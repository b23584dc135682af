import type { LimitDecision, Limiter } from '#auth/limiter.ts'
import type { LimitName } from '#auth/limits.ts'
import { type CounterParts, decisionOf, type WindowState } from './limit-counts.ts'

/**
 * Counts in the database, call by call: exact over all nodes.
 *
 * With `remembersUsedUp` this process keeps in mind which keys are used up, and until their windows end it
 * refuses them without asking. `peek` then asks no database either. So a key that was used up on another node
 * is known here from its next `consume` on: one call later than it could be.
 */
export class CallsOneByOne implements Limiter {
  readonly #parts: CounterParts
  readonly #remembersUsedUp: boolean
  /** When the windows end that are used up, the oldest first, for each limit. */
  readonly #usedUp = new Map<LimitName, Map<string, number>>()

  constructor(parts: CounterParts, { remembersUsedUp = false } = {}) {
    this.#parts = parts
    this.#remembersUsedUp = remembersUsedUp
  }

  async consume(name: LimitName, key: string): Promise<LimitDecision> {
    const rule = this.#parts.rules[name]
    const usedUp = this.#usedUpState(name, key)
    if (usedUp !== null) return decisionOf(name, rule, { ...usedUp, allowed: false })
    const windowMs = rule.windowSeconds * 1000
    const [state] = await this.#parts.counts.add([{ name, key, calls: 1, windowMs }])
    if (state === undefined) throw new TypeError('a counted call has no state')
    if (this.#remembersUsedUp && state.calls >= rule.limit) this.#remember(name, key, state.msLeft)
    return decisionOf(name, rule, { ...state, allowed: state.calls <= rule.limit })
  }

  async peek(name: LimitName, key: string): Promise<LimitDecision> {
    const rule = this.#parts.rules[name]
    const known = this.#remembersUsedUp
      ? this.#usedUpState(name, key)
      : await this.#parts.counts.read(name, key)
    const state = known ?? { calls: 0, msLeft: 0 }
    return decisionOf(name, rule, { ...state, allowed: state.calls < rule.limit })
  }

  async reset(name: LimitName, key: string): Promise<void> {
    this.#usedUp.get(name)?.delete(key)
    await this.#parts.counts.remove(name, key)
  }

  #usedUpState(name: LimitName, key: string): WindowState | null {
    const endsAtMs = this.#usedUp.get(name)?.get(key)
    if (endsAtMs === undefined) return null
    const msLeft = endsAtMs - this.#parts.clock.nowMs()
    if (msLeft > 0) return { calls: this.#parts.rules[name].limit, msLeft }
    this.#usedUp.get(name)?.delete(key)
    return null
  }

  #remember(name: LimitName, key: string, msLeft: number): void {
    const keys = this.#usedUp.get(name) ?? new Map<string, number>()
    this.#usedUp.set(name, keys)
    keys.set(key, this.#parts.clock.nowMs() + msLeft)
    const [oldest] = keys.keys()
    if (keys.size > this.#parts.maxKeys && oldest !== undefined) keys.delete(oldest)
  }
}
