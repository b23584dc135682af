/**
 * A map that can be forked: the fork is changed without its origin, and costs what is changed, not what is there.
 * Only one fork at a time may be settled, and its origin must not change meanwhile.
 */
export class ForkableMap<Value> {
  /** Shared by an origin and its fork. */
  readonly #base: Map<string, Value>
  /** What a fork has changed; null in an origin. */
  #changes: { removed: Set<string>; put: Map<string, Value> } | null = null

  constructor(base = new Map<string, Value>()) {
    this.#base = base
  }

  get size(): number {
    if (this.#changes === null) return this.#base.size
    const { removed, put } = this.#changes
    let added = 0
    for (const key of put.keys()) if (!this.#isInPlace(key)) added += 1
    return this.#base.size - removed.size + added
  }

  get(key: string): Value | undefined {
    if (this.#changes === null) return this.#base.get(key)
    const { removed, put } = this.#changes
    return put.get(key) ?? (removed.has(key) ? undefined : this.#base.get(key))
  }

  set(key: string, value: Value): void {
    const target = this.#changes?.put ?? this.#base
    target.set(key, value)
  }

  delete(key: string): void {
    if (this.#changes === null) {
      this.#base.delete(key)
      return
    }
    this.#changes.put.delete(key)
    if (this.#base.has(key)) this.#changes.removed.add(key)
  }

  /** In the order in which the keys came, as with a Map. */
  *values(): Generator<Value> {
    if (this.#changes === null) {
      yield* this.#base.values()
      return
    }
    const { removed, put } = this.#changes
    for (const [key, value] of this.#base) if (!removed.has(key)) yield put.get(key) ?? value
    for (const [key, value] of put) if (!this.#isInPlace(key)) yield value
  }

  fork(): ForkableMap<Value> {
    const fork = new ForkableMap(this.#base)
    fork.#changes = { removed: new Set(), put: new Map() }
    return fork
  }

  /** Makes the changes of a fork those of its origin too, and the fork an origin. */
  settle(): void {
    if (this.#changes === null) return
    for (const key of this.#changes.removed) this.#base.delete(key)
    for (const [key, value] of this.#changes.put) this.#base.set(key, value)
    this.#changes = null
  }

  /** Whether a key has the place that it has in the base: it was there and was never removed. */
  #isInPlace(key: string): boolean {
    return this.#base.has(key) && this.#changes?.removed.has(key) !== true
  }
}
