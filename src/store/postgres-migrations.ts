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
const defaultLockWaitMs = 60 * 1000 // a minute
const stepLimitMs = 10 * 60 * 1000 // ten minutes, for an index on a large table

/** The SQLSTATE of a statement that the role may not run, and of one that waited for a lock in vain. */
const insufficientPrivilege = '42501'
const lockNotAvailable = '55P03'

/**
 * Brings the database to the newest version, in one transaction. Of servers that start at once one does it, and the
 * others wait. Everything of ours is in the schema `barbell`.
 * @param steps other migrations than those of this version, for tests of them
 * @param lockWaitMs how long each statement waits for what another connection holds
 * @throws {StoreRefused} if there is no such database, if it is newer, if it is held, or if it holds something else
 */
export async function migratePostgres(
  url: string,
  { steps = migrations, lockWaitMs = defaultLockWaitMs } = {},
): Promise<void> {
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
    throw isOfState(error, lockNotAvailable) ? await heldRefusal(client, error) : asRefusal(error)
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

/** Tells who holds what the migration waited for. */
async function heldRefusal(client: ClientBase, cause: Error): Promise<StoreRefused> {
  const holders = await client
    .query('ROLLBACK')
    .then(() => queryRows<{ pid: number; name: string }>(client, lockHolders, [migrationLock]))
    .catch(() => []) // the refusal is right without their names as well
  const who = holders.map(({ pid, name }) => (name === '' ? String(pid) : `${pid} (${name})`))
  const held = who.length === 0 ? '' : ` Connections that hold locks there: ${who.join(', ')}.`
  return new StoreRefused(
    `The tables in the database of DATABASE_URL have to be changed for this version, and another connection holds them (${reasonOf(cause)}).${held} Wait until it is done, such as a dump or another server's start, or end it with "SELECT pg_terminate_backend(PID)"; then start this again. Nothing was started, and the database is as it was.`,
    { cause },
  )
}

const lockHolders = `
  SELECT DISTINCT pid, application_name AS name
  FROM pg_locks JOIN pg_stat_activity USING (pid) LEFT JOIN pg_class ON pg_class.oid = relation
  WHERE granted AND pid <> pg_backend_pid() AND datname = current_database()
    AND (relnamespace = to_regnamespace('barbell')
      OR locktype = 'advisory' AND classid = 0 AND objid = $1::bigint::oid AND objsubid = 1)
  ORDER BY pid`

function isOfState(error: unknown, sqlState: string): error is Error {
  return error instanceof Error && 'code' in error && error.code === sqlState
}

function asRefusal(error: unknown): unknown {
  if (isOfState(error, insufficientPrivilege)) {
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
