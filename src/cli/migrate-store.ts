import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { controlSocketName, isControlOpen } from '#ops/control.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { lockForCopy } from '#store/postgres-copy-lock.ts'
import { asStoreUnavailable, openPostgresPool, queryRows } from '#store/postgres-pool.ts'
import { openPostgresStore } from '#store/postgres-store.ts'
import { postgresUsage } from '#store/postgres-usage.ts'
import { openUsageFile } from '#store/usage-file.ts'
import { fileCopyMark, postgresCopyMark, refuseHalfCopiedDatabase } from '#store/unfinished-copy.ts'
import { type Command, NotUnderstood } from './command.ts'
import { CommandFailed } from './command-failed.ts'
import { columns } from './columns.ts'
import { type CopiedTable, type CopyProgress, copyStore } from './copy-store.ts'
import { refuseAsOtherUser } from './same-user.ts'
import { confirm, yesOption } from './terminal.ts'

/** `migrate-store`: from the file to PostgreSQL, or back. */
export const migrateStore: Command = {
  name: 'migrate-store',
  places: [],
  options: {
    to: { value: 'STORE', effect: 'where to: postgres or lowdb' },
    ...yesOption,
  },
  summary: 'copies everything into the other kind of store and verifies the copy',
  details: [
    'Copies accounts, keys, sessions, signing keys, the audit log and usage, from the data folder of BARBELL_DATA_DIR',
    'to the database of DATABASE_URL with "--to postgres", and back with "--to lowdb". Both must be set.',
    'Then it counts and hashes every table on both sides. The source is left as it is, secrets.json is used on.',
    'No server may run meanwhile. What was interrupted goes on when the command is given again.',
  ],
  async run(words, { readConfig, terminal }) {
    const to = words.values.get('to') ?? ''
    if (to !== 'postgres' && to !== 'lowdb') {
      throw new NotUnderstood('migrate-store needs --to postgres or --to lowdb.')
    }
    const { dataDir, databaseUrl } = readConfig()
    if (databaseUrl === undefined) {
      throw new CommandFailed('DATABASE_URL is not set: set it to the database. Nothing was done.')
    }
    await refuseAsOtherUser(dataDir)
    await using undo = new AsyncDisposableStack()
    const pool = openPostgresPool({ url: databaseUrl, onError: () => undefined })
    undo.defer(() => pool.end())
    if (await isControlOpen(join(dataDir, controlSocketName))) {
      throw new CommandFailed(`A server runs on ${dataDir}: stop it first. Nothing was done.`)
    }
    await keepServersAway(pool, undo)
    await confirm(words, terminal, effects[to](dataDir))
    const show = (progress: CopyProgress): void => terminal.showProgress(progressText(progress))
    const tables = await migrate({ dataDir, databaseUrl, pool, undo }, to, show)
    return { text: `${asTable(tables)}\n\n${nextSteps[to](dataDir)}` }
  },
}

/** Both stores, and what closes them. */
interface Both {
  dataDir: string
  databaseUrl: string
  pool: Pool
  undo: AsyncDisposableStack
}

const effects = {
  postgres: (dataDir: string) => `copies the store of ${dataDir} into the database of DATABASE_URL`,
  lowdb: (dataDir: string) => `copies the database of DATABASE_URL into ${dataDir}`,
} as const

const nextSteps = {
  postgres: (dataDir: string) =>
    `Everything is in PostgreSQL now. Start the server with DATABASE_URL set, and keep ${join(dataDir, 'secrets.json')}.\nbarbell.json, audit.jsonl and usage.json there were left as they are: a backup of this moment.`,
  lowdb: (dataDir: string) =>
    `Everything is in ${dataDir} now. Start the server without DATABASE_URL.\nThe database was left as it is: a backup of this moment.`,
} as const

async function migrate(
  { dataDir, databaseUrl, pool, undo }: Both,
  to: 'postgres' | 'lowdb',
  onProgress: (progress: CopyProgress) => void,
): Promise<CopiedTable[]> {
  const clock = { nowMs: () => Date.now() }
  const records = await openLowdbStore({ directory: dataDir, clock, isCopied: to === 'lowdb' })
  undo.defer(() => records.close())
  const hasAccount = async (id: string): Promise<boolean> =>
    (await records.accountById(id)) !== null
  const counts = await openUsageFile({ directory: dataDir, hasAccount, maxRecords: Infinity })
  const tables = await openPostgresStore({ url: databaseUrl, pool, isCopied: true })
  undo.defer(() => tables.close())
  const file = { store: records, usage: counts }
  const database = { store: tables, usage: postgresUsage(pool) }
  if (to === 'postgres') {
    const mark = postgresCopyMark(pool)
    return await copyStore({ source: file, target: database, mark, onProgress })
  }
  await refuseHalfCopiedDatabase(pool)
  const mark = fileCopyMark(dataDir)
  return await copyStore({ source: database, target: file, mark, onProgress })
}

/**
 * How often the database is looked at. A connection that was closed just now is listed for a moment more; and a server
 * whose ear has been cut off is not seen for a second, until it listens again.
 */
const looks = { most: 18, freeInARow: 8 }
const betweenLooksMs = 200

/**
 * What a server writes while everything is copied would be lost: from here on none can start on the database, and none
 * runs on it.
 */
async function keepServersAway(pool: Pool, undo: AsyncDisposableStack): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asStoreUnavailable(error)
  })
  undo.defer(() => client.release(true)) // the lock ends with its connection
  if (!(await lockForCopy(client))) {
    throw new CommandFailed('Another "migrate-store" is under way: wait for it. Nothing was done.')
  }
  for (let look = 1, free = 0; free < looks.freeInARow; look += 1) {
    free = (await isUsedByOthers(client)) ? 0 : free + 1
    if (look >= looks.most && free === 0) {
      throw new CommandFailed(
        'A server uses the database of DATABASE_URL: stop every server of it first. Nothing was done.',
      )
    }
    await setTimeout(betweenLooksMs)
  }
}

/** Every connection of ours has the same name, and the command has no other than this one yet. */
async function isUsedByOthers(client: PoolClient): Promise<boolean> {
  const [used] = await queryRows<{ is_used: boolean }>(
    client,
    `SELECT EXISTS (
       SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND application_name = current_setting('application_name')
     ) AS is_used`,
  )
  return used?.is_used === true
}

function progressText({ step, table, records }: CopyProgress): string {
  return `${step} ${table}: ${records}`
}

function asTable(tables: readonly CopiedTable[]): string {
  const rows = tables.map(({ table, records, digest }) => [table, String(records), digest])
  return columns(['TABLE', 'RECORDS', 'SHA-256 ON BOTH SIDES'], rows)
}
