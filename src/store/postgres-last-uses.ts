import { type Queryable, queryRows } from './postgres-pool.ts'
import type { KeyRecord } from './store.ts'

const delayMs = 30 * 1000 // half a minute: a last use is in the database within one
const rowsPerStatement = 2000
const maxKnown = 50_000 // some 10 MB

/** When keys were last used, as far as this node knows; what is new of it waits to be written together. */
export class LastUses {
  readonly #database: Queryable
  /** Of keys that were used before; the oldest go first. */
  readonly #known = new Map<string, number>()
  readonly #unwritten = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null

  constructor(database: Queryable) {
    this.#database = database
  }

  /** Whether the first use of a key is over for sure. */
  isKnown(keyId: string): boolean {
    return this.#known.has(keyId)
  }

  /** The key with the uses that are not written yet. Learns from it when it was used before. */
  merge(key: KeyRecord): KeyRecord {
    const { id, lastUsedAtMs } = key
    const known = this.#known.get(id) ?? 0
    if (lastUsedAtMs !== null && lastUsedAtMs > known) this.learn(id, lastUsedAtMs)
    return known > (lastUsedAtMs ?? 0) ? { ...key, lastUsedAtMs: known } : key
  }

  /** A use that is in the database. */
  learn(keyId: string, usedAtMs: number): void {
    const known = this.#known.get(keyId) ?? 0
    this.#known.delete(keyId) // in again as the youngest
    this.#known.set(keyId, Math.max(known, usedAtMs))
    const [oldest] = this.#known.keys()
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest)
  }

  /** A use that is to be written within half a minute. */
  writeLater(keyId: string, usedAtMs: number): void {
    if (usedAtMs <= (this.#known.get(keyId) ?? 0)) return
    this.learn(keyId, usedAtMs)
    this.#unwritten.set(keyId, usedAtMs)
    this.#timer ??= setTimeout(() => {
      // What could not be written stays in #unwritten, and the next use tries again.
      this.write().catch(() => undefined)
    }, delayMs).unref()
  }

  /** Writes what waits. */
  async write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const waiting = [...this.#unwritten]
    for (let from = 0; from < waiting.length; from += rowsPerStatement) {
      await this.#writeBatch(waiting.slice(from, from + rowsPerStatement))
    }
  }

  async #writeBatch(uses: readonly (readonly [keyId: string, usedAtMs: number])[]): Promise<void> {
    const ids = uses.map(([id]) => id)
    const times = uses.map(([, usedAtMs]) => String(usedAtMs))
    await queryRows(this.#database, lastUsesWritten, [ids, times])
    for (const [id, usedAtMs] of uses) {
      if (this.#unwritten.get(id) === usedAtMs) this.#unwritten.delete(id)
    }
  }
}

// Only the one column: a key that was revoked meanwhile stays revoked. Rows are locked in the order of their ids,
// so that two nodes never wait for each other.
const lastUsesWritten = `
  WITH used AS (
    SELECT keys.id, given.at_ms
    FROM barbell.keys JOIN unnest($1::text[], $2::bigint[]) AS given (id, at_ms) USING (id)
    ORDER BY keys.id FOR NO KEY UPDATE OF keys
  )
  UPDATE barbell.keys SET last_used_at_ms = GREATEST(last_used_at_ms, used.at_ms)
  FROM used WHERE keys.id = used.id`
