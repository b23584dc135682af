/**
 * How old an answer from the cache can be where nobody told of a change, since the connection that tells is broken
 * and does not know it yet. Revocations are promised within 5 s.
 */
const oldestMs = 3000

const defaultMaxEntries = 20_000 // some 10 MB

interface Entry {
  record: { readonly id: string }
  accountId: string
  readAtMs: number
}

/**
 * Records that were read a moment ago, so that a request with a key or a token costs no round trip. What is not
 * there is never remembered. It only serves while somebody tells it of changes (`serve`).
 */
export class RecordCache {
  readonly #nowMs: () => number
  readonly #maxEntries: number
  readonly #entries = new Map<string, Entry>()
  readonly #lookupsOf = new Map<string, Set<string>>()
  #serves = false
  /** Grows with everything that was forgotten: a read from before it may have seen what was before it. */
  #changes = 0

  /** @param options.nowMs a clock that never goes back, not the time of day */
  constructor(options: { nowMs?: () => number; maxEntries?: number } = {}) {
    this.#nowMs = options.nowMs ?? (() => performance.now())
    this.#maxEntries = options.maxEntries ?? defaultMaxEntries
  }

  get size(): number {
    return this.#entries.size
  }

  /** From now on it is told of every change (true), or no more (false). */
  serve(serves: boolean): void {
    this.#serves = serves
    this.forgetAll()
  }

  /**
   * The record of a lookup, from the cache or by `load`.
   * @param lookup what is asked for, with its kind, such as `key:p1:...`: one lookup is always of one type
   */
  async through<R extends { readonly id: string }>(
    lookup: string,
    load: () => Promise<R | null>,
    accountIdOf: (record: R) => string,
  ): Promise<R | null> {
    const nowMs = this.#nowMs()
    const known = this.#entries.get(lookup)
    if (known !== undefined && nowMs - known.readAtMs < oldestMs) return known.record as R
    const changes = this.#changes
    const record = await load()
    if (record !== null && this.#serves && changes === this.#changes) {
      this.#remember(lookup, { record, accountId: accountIdOf(record), readAtMs: nowMs })
    }
    return record
  }

  /** Forgets an account with everything of its. */
  forget(accountId: string): void {
    this.#changes += 1
    for (const lookup of this.#lookupsOf.get(accountId) ?? []) this.#entries.delete(lookup)
    this.#lookupsOf.delete(accountId)
  }

  forgetAll(): void {
    this.#changes += 1
    this.#entries.clear()
    this.#lookupsOf.clear()
  }

  #remember(lookup: string, entry: Entry): void {
    this.#drop(lookup)
    this.#entries.set(lookup, entry)
    const lookups = this.#lookupsOf.get(entry.accountId) ?? new Set()
    this.#lookupsOf.set(entry.accountId, lookups.add(lookup))
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#drop(oldest)
  }

  #drop(lookup: string): void {
    const entry = this.#entries.get(lookup)
    if (entry === undefined) return
    this.#entries.delete(lookup)
    const lookups = this.#lookupsOf.get(entry.accountId)
    lookups?.delete(lookup)
    if (lookups?.size === 0) this.#lookupsOf.delete(entry.accountId)
  }
}
