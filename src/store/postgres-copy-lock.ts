import type { PoolClient } from 'pg'
import { type Queryable, queryRows } from './postgres-pool.ts'
import { StoreRefused } from './store.ts'

/** Any number that all servers of ours agree on. */
const copyLock = 0x62_61_72_63 // "barc"

/**
 * Keeps servers from starting on this database for as long as this connection lasts: what they wrote while everything
 * is copied would be lost.
 * @returns false if somebody else copies
 */
export async function lockForCopy(client: PoolClient): Promise<boolean> {
  const text = 'SELECT pg_try_advisory_lock($1) AS "isOurs"'
  const [row] = await queryRows<{ isOurs: boolean }>(client, text, [copyLock])
  return row?.isOurs === true
}

/** @throws {StoreRefused} while somebody copies this database */
export async function refuseWhileCopied(on: Queryable): Promise<void> {
  const text = 'SELECT pg_try_advisory_xact_lock_shared($1) AS "isFree"' // given back with the statement
  const [row] = await queryRows<{ isFree: boolean }>(on, text, [copyLock])
  if (row?.isFree === true) return
  throw new StoreRefused(
    'The database of DATABASE_URL is being copied by "migrate-store": start this when that is done. Nothing was started.',
  )
}
