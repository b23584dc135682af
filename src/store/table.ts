import { ForkableMap } from './forkable-map.ts'

interface Row {
  readonly id: string
}

type IndexKeys<T, Index extends string> = Record<Index, (row: T) => string | null>

/**
 * Rows by id, with indexes: what a database table is, in memory. Rows are never changed in place, so a
 * fork shares them with its origin.
 */
export class Table<T extends Row, Index extends string = never> {
  readonly #keyOf: IndexKeys<T, Index>
  #rows = new ForkableMap<T>()
  #indexes = new Map<Index, ForkableMap<readonly string[]>>()
  #changed = false

  constructor(keyOf: IndexKeys<T, Index>) {
    this.#keyOf = keyOf
    for (const name of Object.keys(keyOf) as Index[]) this.#indexes.set(name, new ForkableMap())
  }

  /** Whether rows were put or removed since this table was forked or settled. */
  get changed(): boolean {
    return this.#changed
  }

  get size(): number {
    return this.#rows.size
  }

  get(id: string): T | null {
    return this.#rows.get(id) ?? null
  }

  rows(): Iterable<T> {
    return this.#rows.values()
  }

  /** The rows whose index key is `key`, oldest first. */
  where(index: Index, key: string): T[] {
    const ids = this.#indexes.get(index)?.get(key) ?? []
    return ids.flatMap((id) => this.#rows.get(id) ?? [])
  }

  /** The only row whose index key is `key`. */
  one(index: Index, key: string): T | null {
    const id = this.#indexes.get(index)?.get(key)?.[0]
    return id === undefined ? null : this.get(id)
  }

  /** Whether a row has the index key that `row` would have. */
  hasKeyOf(index: Index, row: T): boolean {
    const key = this.#key(index, row)
    return key !== null && this.one(index, key) !== null
  }

  put(row: T): void {
    const old = this.#rows.get(row.id)
    this.#rows.set(row.id, row)
    this.#changed = true
    for (const [name, ids] of this.#indexes) {
      const oldKey = old === undefined ? null : this.#key(name, old)
      const newKey = this.#key(name, row)
      if (oldKey === newKey) continue
      dropId(ids, oldKey, row.id)
      addId(ids, newKey, row.id)
    }
  }

  remove(id: string): void {
    const row = this.#rows.get(id)
    if (row === undefined) return
    this.#rows.delete(id)
    this.#changed = true
    for (const [name, ids] of this.#indexes) dropId(ids, this.#key(name, row), id)
  }

  fork(): Table<T, Index> {
    const fork = new Table<T, Index>(this.#keyOf)
    fork.#rows = this.#rows.fork()
    fork.#indexes = new Map([...this.#indexes].map(([name, ids]) => [name, ids.fork()]))
    return fork
  }

  /** Makes the changes of a fork those of its origin too; then the fork stands for both. */
  settle(): void {
    this.#rows.settle()
    for (const ids of this.#indexes.values()) ids.settle()
    this.#changed = false
  }

  #key(index: Index, row: T): string | null {
    return this.#keyOf[index](row)
  }
}

function addId(ids: ForkableMap<readonly string[]>, key: string | null, id: string): void {
  if (key !== null) ids.set(key, [...(ids.get(key) ?? []), id])
}

function dropId(ids: ForkableMap<readonly string[]>, key: string | null, id: string): void {
  if (key === null) return
  const left = (ids.get(key) ?? []).filter((other) => other !== id)
  if (left.length === 0) ids.delete(key)
  else ids.set(key, left)
}
