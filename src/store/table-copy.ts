import {
  type AccountRecord,
  type KeyRecord,
  type SessionRecord,
  type SigningKeyRecord,
  StoreRefused,
  type StoreTables,
} from './store.ts'
import type { Table } from './table.ts'
import type { Tables } from './tables.ts'

// What a copy of a whole store needs of the tables: pages in a fixed order, and records added as they are.

type TableName = Exclude<keyof StoreTables, 'audit'>

/** Rows in the order of their ids, by code units. */
export function pageOf<T extends { readonly id: string }>(
  rows: Iterable<T>,
  page: { afterId: string | null; limit: number },
): T[] {
  const { afterId, limit } = page
  const rest = afterId === null ? [...rows] : [...rows].filter(({ id }) => id > afterId)
  return rest.sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, limit)
}

/**
 * Adds the records whose ids are not there yet.
 * @returns how many, or what stands against one of them; then nothing may be written
 */
export function addMissing(
  tables: Tables,
  name: TableName,
  records: readonly StoreTables[TableName][],
): number | StoreRefused {
  switch (name) {
    case 'accounts':
      return addTo(tables.accounts, records as AccountRecord[], ['canonicalName', 'seedDigest'])
    case 'keys':
      return addTo(tables.keys, records as KeyRecord[], ['digest'])
    case 'sessions':
      return addTo(tables.sessions, records as SessionRecord[], [])
    case 'signingKeys':
      return addTo(tables.signingKeys, records as SigningKeyRecord[], [])
  }
}

function addTo<T extends Made, Index extends string>(
  table: Table<T, Index>,
  records: readonly T[],
  uniqueIndexes: readonly Index[],
): number | StoreRefused {
  const missing = records.filter(({ id }) => table.get(id) === null)
  for (const [index, record] of missing.entries()) {
    const taken = uniqueIndexes.find((name) => table.hasKeyOf(name, record))
    if (taken !== undefined) {
      for (const { id } of missing.slice(0, index)) table.remove(id)
      return new StoreRefused(
        `Record ${record.id} has the ${taken} of another one that is there: copy into an empty store. Nothing of this step was stored.`,
      )
    }
    table.put(record)
  }
  if (missing.length > 0) putInOrder(table)
  return missing.length
}

interface Made {
  readonly id: string
  readonly createdAtMs: number
  readonly endsAtMs?: number | null
}

/** A table lists its rows in the order of their making, and copied ones come in the order of their ids. */
function putInOrder<T extends Made>(table: Table<T, string>): void {
  const rows = [...table.rows()].sort((one, other) => makingOf(one) - makingOf(other))
  for (const row of rows) {
    table.remove(row.id)
    table.put(row)
  }
}

/** The signing key that signs is the newest, whatever the clock said when it was made. */
function makingOf(row: Made): number {
  return row.endsAtMs === null ? Infinity : row.createdAtMs
}
