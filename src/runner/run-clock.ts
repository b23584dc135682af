/** One allowance of time: milliseconds, and what happens when they are used up. */
export type Allowance = [ms: number, onOver: () => void]

/**
 * Counts one allowance at a time, each from where it stood. A program that waits for its reader thus loses none
 * of its own time, and one that only pretends to wait gains no more than the reader's.
 */
export class RunClock<Name extends string> {
  readonly #left: Record<Name, number>
  readonly #allowances: Record<Name, Allowance>
  #counting: { name: Name; sinceMs: number; timer: ReturnType<typeof setTimeout> } | null = null

  constructor(allowances: Record<Name, Allowance>) {
    const names = Object.keys(allowances) as Name[]
    this.#allowances = allowances
    this.#left = Object.fromEntries(names.map((name) => [name, allowances[name][0]])) as Record<
      Name,
      number
    >
  }

  /** Counts this allowance from now on, and no other. */
  count(name: Name): void {
    this.stop()
    const timer = setTimeout(this.#allowances[name][1], this.#left[name])
    this.#counting = { name, sinceMs: performance.now(), timer }
  }

  /** Counts none. */
  stop(): void {
    if (!this.#counting) return
    const { name, sinceMs, timer } = this.#counting
    clearTimeout(timer)
    this.#left[name] = Math.max(0, this.#left[name] - (performance.now() - sinceMs))
    this.#counting = null
  }
}
