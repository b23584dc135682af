import type { LimitDecision, Limiter } from '#auth/limiter.ts'
import type { LimitName } from '#auth/limits.ts'
import {
  type CountedCalls,
  type CounterParts,
  decisionOf,
  type WindowState,
} from './limit-counts.ts'

/** How long calls are counted in this process alone. */
const settleEveryMs = 250

/** One key's window as this node knows it. */
interface Window {
  readonly name: LimitName
  readonly key: string
  /** Calls of all nodes, as of the last settling. */
  known: number
  /** Calls let through here since then. */
  ahead: number
  /** Those of them that are on the way to the database. */
  sent: number
  endsAtMs: number
}

/**
 * Counts calls here first and settles with the other nodes four times a second, in one statement for all keys:
 * a request costs no round trip. What is not settled is at most a tenth of the limit (at least one call), so
 * each node lets through at most that much beyond the limit; more than it has to wait for the database. When
 * the last settling failed, every call waits for the next one, and fails with it.
 */
export class CallsAhead implements Limiter {
  readonly #parts: CounterParts
  readonly #windows = new Map<string, Window>()
  /** Windows with calls that are not settled. */
  #due = new Set<Window>()
  #settling: Promise<void> | undefined
  #failed = false
  #timer: NodeJS.Timeout | undefined

  constructor(parts: CounterParts) {
    this.#parts = parts
  }

  async consume(name: LimitName, key: string): Promise<LimitDecision> {
    const { limit } = this.#parts.rules[name]
    for (;;) {
      if (this.#failed) await this.settle()
      const window = this.#windowOf(name, key)
      if (window.known + window.ahead >= limit) return this.#decision(window, false)
      if (window.ahead < mostAhead(limit)) return this.#letThrough(window)
      await this.settle()
    }
  }

  async peek(name: LimitName, key: string): Promise<LimitDecision> {
    if (this.#failed) await this.settle()
    const window = this.#windowOf(name, key)
    return this.#decision(window, window.known + window.ahead < this.#parts.rules[name].limit)
  }

  async reset(name: LimitName, key: string): Promise<void> {
    const window = this.#windowOf(name, key)
    this.#windows.delete(idOf(name, key))
    this.#due.delete(window)
    await this.#parts.counts.remove(name, key)
  }

  /** Tells the database of every call that it does not know yet, and learns of those of the other nodes. */
  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined
    })
    return this.#settling
  }

  async #settle(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const due = [...this.#due]
    this.#due = new Set()
    for (const window of due) window.sent = window.ahead
    try {
      const states = due.length === 0 ? [] : await this.#parts.counts.add(due.map(this.#entryOf))
      const nowMs = this.#parts.clock.nowMs()
      due.forEach((window, index) => learn(window, states[index], nowMs))
      this.#failed = false
    } catch (error) {
      for (const window of due) if (this.#isCurrent(window)) this.#due.add(window)
      this.#failed = true
      throw error
    }
    if (this.#windows.size > this.#parts.maxKeys) this.#forgetOldest()
    if (this.#due.size > 0) this.#settleLater() // calls that came meanwhile
  }

  #settleLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      // A settling that fails is told by `#failed` to those who call next.
      this.settle().catch(() => undefined)
    }, settleEveryMs).unref()
  }

  readonly #entryOf = ({ name, key, sent, endsAtMs }: Window): CountedCalls => {
    return { name, key, calls: sent, windowMs: endsAtMs - this.#parts.clock.nowMs() }
  }

  #windowOf(name: LimitName, key: string): Window {
    const id = idOf(name, key)
    const nowMs = this.#parts.clock.nowMs()
    const known = this.#windows.get(id)
    if (known !== undefined && nowMs < known.endsAtMs) return known
    const endsAtMs = nowMs + this.#parts.rules[name].windowSeconds * 1000
    const window = { name, key, known: 0, ahead: 0, sent: 0, endsAtMs }
    if (known !== undefined) this.#due.delete(known) // what it still had to tell is over
    this.#windows.delete(id) // so that the new one stands at the end of the order
    this.#windows.set(id, window)
    return window
  }

  /** One statement may name a key only once: a window that another one has followed tells nothing any more. */
  #isCurrent(window: Window): boolean {
    return this.#windows.get(idOf(window.name, window.key)) === window
  }

  #letThrough(window: Window): LimitDecision {
    window.ahead += 1
    this.#due.add(window)
    this.#settleLater()
    return this.#decision(window, true)
  }

  #forgetOldest(): void {
    let tooMany = this.#windows.size - this.#parts.maxKeys
    for (const [id, window] of this.#windows) {
      if (tooMany === 0) return
      if (window.ahead > 0) continue
      this.#windows.delete(id)
      tooMany -= 1
    }
  }

  #decision({ name, known, ahead, endsAtMs }: Window, allowed: boolean): LimitDecision {
    const msLeft = endsAtMs - this.#parts.clock.nowMs()
    return decisionOf(name, this.#parts.rules[name], { calls: known + ahead, msLeft, allowed })
  }
}

/** How many calls of one key may be unsettled on one node. */
export function mostAhead(limit: number): number {
  return Math.max(1, Math.floor(limit / 10))
}

function idOf(name: LimitName, key: string): string {
  return `${name}:${key}`
}

function learn(window: Window, state: WindowState | undefined, nowMs: number): void {
  if (state === undefined) throw new TypeError('a settled window has no state')
  window.known = state.calls
  window.ahead -= window.sent
  window.sent = 0
  window.endsAtMs = nowMs + state.msLeft
}
