import type { Pool } from 'pg'
import type { Clock } from '#auth/clock.ts'
import { openLowdbStore } from './lowdb-store.ts'
import { openPostgresPool } from './postgres-pool.ts'
import { openPostgresStore } from './postgres-store.ts'
import { postgresUsage } from './postgres-usage.ts'
import type { PortableStore, PortableUsage } from './store.ts'
import { openUsageFile } from './usage-file.ts'

/** A store with what it stands on. */
export interface OpenedStore {
  store: PortableStore
  usage: PortableUsage
  /** Of the database that the store is in, for what else is shared through it; null where the store is a file. */
  pool: Pool | null
  /** Of a file, which gets slow with them; null where the store is a database. */
  accountCount: (() => number) | null
  /** Writes what is pending and lets go of everything. */
  close(): Promise<void>
}

/**
 * Opens the store of the settings: PostgreSQL where there is a URL of one, else the file in the data folder.
 * @param options.onError told of a connection to the database that broke while nobody used it
 * @param options.onFlush told how long each group of writes to the file took to become durable
 * @throws {StoreRefused} if it cannot be used as it is; the message says what to do
 */
export async function openStore(options: {
  dataDir: string
  databaseUrl: string | undefined
  clock: Clock
  onError?: (error: Error) => void
  onFlush?: (ms: number) => void
}): Promise<OpenedStore> {
  const { dataDir, databaseUrl: url, clock, onError = () => undefined, onFlush } = options
  if (url === undefined) {
    const place = { directory: dataDir, clock, ...(onFlush && { onFlush }) }
    await using undo = new AsyncDisposableStack()
    const store = await openLowdbStore(place)
    undo.defer(() => store.close())
    const hasAccount = async (id: string): Promise<boolean> =>
      (await store.accountById(id)) !== null
    const usage = await openUsageFile({ directory: dataDir, hasAccount })
    const opened = undo.move() // all is well: what was opened stays open until `close`
    return {
      store,
      usage,
      pool: null,
      accountCount: () => store.accountCount(),
      close: () => opened.disposeAsync(),
    }
  }
  await using undo = new AsyncDisposableStack()
  const pool = openPostgresPool({ url, onError })
  undo.defer(() => pool.end())
  const store = await openPostgresStore({ url, pool })
  undo.defer(() => store.close())
  const opened = undo.move() // all is well: what was opened stays open until `close`
  return {
    store,
    usage: postgresUsage(pool),
    pool,
    accountCount: null,
    close: () => opened.disposeAsync(),
  }
}
