import type { ClientBase } from 'pg'
import { tables } from './migrations/001-tables.ts'
import { usage } from './migrations/002-usage.ts'
import { createPostgresClient, isOutage, queryRows, reasonOf } from './postgres-pool.ts'
import { StoreRefused } from './store.ts'

/**
 * What each version adds to the one before it. Only ever grows. The first one is version 1. A step must leave
 * the servers of the version before it working: several are restarted one after the other.
 */
const migrations: readonly string[] = [tables, usage]

/** The version that a database of this server has. */
export const newestPostgresVersion = migrations.length

/** Any number that all servers of ours agree on. */
const migrationLock = 0x62_61_72_6d // "barm"

/** How long one server waits for another one's migration. */
const lockWaitMs = 60 * 1000 // a minute
const stepLimitMs = 10 * 60 * 1000 // ten minutes, for an index on a large table

/** The SQLSTATE of a statement that the role may not run. */
const insufficientPrivilege = '42501'

/**
 * Brings the database to the newest version, in one transaction. Of servers that start at once one does it, and the
 * others wait. Everything of ours is in the schema `barbell`.
 * @param steps other migrations than those of this version, for tests of them
 * @throws {StoreRefused} if there is no such database, if it is newer, or if it holds something else
 */
export async function migratePostgres(url: string, steps = migrations): Promise<void> {
  const client = createPostgresClient(url, { query_timeout: stepLimitMs })
  client.on('error', () => undefined) // the statement that runs rejects too
  try {
    await client.connect()
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockWaitMs}`)
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock])
    await checkEncoding(client)
    await runMissing(client, steps)
    await client.query('COMMIT')
  } catch (error) {
    throw asRefusal(error)
  } finally {
    await client.end().catch(() => undefined) // closed either way; without a commit nothing was changed
  }
}

async function runMissing(client: ClientBase, steps: readonly string[]): Promise<void> {
  const found = await versionOf(client)
  if (found > steps.length) {
    throw new StoreRefused(
      `The database of DATABASE_URL is of version ${found}, and this server knows versions up to ${steps.length}: start the newer server, or restore a dump of before. Nothing was started.`,
    )
  }
  for (const [index, step] of steps.entries()) {
    const version = index + 1
    if (version <= found) continue
    await client.query(step)
    await client.query('INSERT INTO barbell.schema_version (version) VALUES ($1)', [version])
  }
}

/** @returns 0 for a database that has nothing of ours; makes the table that tells the version then */
async function versionOf(client: ClientBase): Promise<number> {
  const names = await tableNames(client)
  if (names.includes('schema_version')) {
    const text = 'SELECT max(version) AS version FROM barbell.schema_version'
    const [row] = await queryRows<{ version: number | null }>(client, text)
    return row?.version ?? 0
  }
  const foreign = names.filter((name) => name !== 'limit_counts') // made by the limiter, before or after
  if (foreign.length > 0) {
    throw new StoreRefused(
      `The schema "barbell" of DATABASE_URL holds tables that are not ours (${foreign.join(', ')}): choose a database of its own. Nothing was started.`,
    )
  }
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS barbell;
    CREATE TABLE barbell.schema_version (
      version integer PRIMARY KEY,
      migrated_at timestamptz NOT NULL DEFAULT now()
    )`)
  return 0
}

async function tableNames(client: ClientBase): Promise<string[]> {
  const text = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'barbell' ORDER BY tablename`
  return (await queryRows<{ name: string }>(client, text)).map(({ name }) => name)
}

async function checkEncoding(client: ClientBase): Promise<void> {
  const text = `SELECT current_setting('server_encoding') AS encoding`
  const [row] = await queryRows<{ encoding: string }>(client, text)
  if (row?.encoding === 'UTF8') return
  throw new StoreRefused(
    `The database of DATABASE_URL is encoded in ${row?.encoding ?? 'an unknown way'}: make one with ENCODING 'UTF8'. Nothing was started.`,
  )
}

function asRefusal(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === insufficientPrivilege) {
    return new StoreRefused(
      `The user of DATABASE_URL may not make tables: GRANT CREATE ON DATABASE ... TO that user, or make the schema "barbell" theirs (${error.message}). Nothing was started.`,
      { cause: error },
    )
  }
  if (!isOutage(error)) return error
  return new StoreRefused(
    `PostgreSQL could not be opened (${reasonOf(error)}): check that it runs and that DATABASE_URL names its host, user, password and database. Nothing was started.`,
    { cause: error },
  )
}
