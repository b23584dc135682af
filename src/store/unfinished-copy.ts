import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { nullIfMissing, syncDirectory, writeNewFile } from './durable-file.ts'
import { changeRows, type Queryable, queryRows } from './postgres-pool.ts'
import { StoreRefused } from './store.ts'

// What an interrupted copy has left looks like a store that is whole, and lacks accounts. So the target of a copy is
// marked from its first record until both sides were found to be the same, and no server starts on it.

/** Stands in the data folder while a copy into it is not whole. */
export const copyingName = 'copying'

/** The same in the database; it goes with the schema. */
const markTable = 'barbell.unfinished_copy'

/** The mark of one target. Setting one that is set, and removing one that is not, is fine. */
export interface CopyMark {
  set(): Promise<void>
  remove(): Promise<void>
}

/** The mark in a data folder. */
export function fileCopyMark(directory: string): CopyMark {
  const path = join(directory, copyingName)
  return {
    async set() {
      if ((await lstat(path).catch(nullIfMissing)) === null) await writeNewFile(path, '')
      await syncDirectory(directory)
    },
    async remove() {
      await rm(path, { force: true })
      await syncDirectory(directory)
    },
  }
}

/** The mark in a database that the store has been opened on. */
export function postgresCopyMark(on: Queryable): CopyMark {
  return {
    async set() {
      await changeRows(on, `CREATE TABLE IF NOT EXISTS ${markTable} ()`)
    },
    async remove() {
      await changeRows(on, `DROP TABLE IF EXISTS ${markTable}`)
    },
  }
}

/** @throws {StoreRefused} if a copy into this folder was interrupted */
export async function refuseHalfCopiedFolder(directory: string): Promise<void> {
  const path = join(directory, copyingName)
  if ((await lstat(path).catch(nullIfMissing)) === null) return
  throw new StoreRefused(
    `${path} was left by a copy that was interrupted: give "migrate-store --to lowdb" again, or go on with the database. Nothing was started.`,
  )
}

/** @throws {StoreRefused} if a copy into this database was interrupted */
export async function refuseHalfCopiedDatabase(on: Queryable): Promise<void> {
  const text = 'SELECT to_regclass($1) IS NOT NULL AS "isMarked"'
  const [row] = await queryRows<{ isMarked: boolean }>(on, text, [markTable])
  if (row?.isMarked !== true) return
  throw new StoreRefused(
    'The database of DATABASE_URL holds a part of a copy that was interrupted: give "migrate-store --to postgres" again, or unset DATABASE_URL to go on with the file. Nothing was started.',
  )
}
