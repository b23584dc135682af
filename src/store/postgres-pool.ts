import {
  Client,
  type ClientBase,
  type ClientConfig,
  DatabaseError,
  Pool,
  type PoolClient,
} from 'pg'
import { StoreUnavailable } from './store.ts'

/** How long one step waits for the database: requests are refused within this, and never hang. */
const patience = {
  connectionTimeoutMillis: 1500, // a new connection, or a free one of the pool
  lock_timeout: 1500, // another transaction's row
  statement_timeout: 2000, // kept by the server
  query_timeout: 2000, // kept by this process, for a server that does not answer at all
  idle_in_transaction_session_timeout: 5000, // a node that was frozen must not keep its locks
}

/** What every connection of ours has. */
const settings = {
  keepAlive: true,
  application_name: 'barbell',
  // A server's own default might not wait for the disk; what was acknowledged has to be on it.
  options: '-c synchronous_commit=on -c TimeZone=UTC',
}

const poolSize = 10

/**
 * A connection that was dropped without a word costs the request that meets it its whole patience. One that
 * nobody used for so long is closed, so that none of them is left some seconds after the database is back.
 */
const idleTimeoutMs = 5000

/** Something that statements can be sent to. */
export type Queryable = Pool | ClientBase

/** What a statement's parameter can be. */
export type Parameter = string | number | boolean | null | readonly string[]

/**
 * A bounded pool of connections. Nothing is connected yet, and a database that is away is tried again with
 * every call.
 * @param options.url as in DATABASE_URL
 * @param options.onError told of a connection that broke while nobody used it
 */
export function openPostgresPool(options: { url: string; onError: (error: Error) => void }): Pool {
  const pool = new Pool({
    ...settings,
    ...patience,
    connectionString: options.url,
    max: poolSize,
    idleTimeoutMillis: idleTimeoutMs,
  })
  pool.on('error', options.onError)
  // A connection can break before whoever asked for it has it in hand, and nobody listening would end the process.
  // Its statements reject too: that is where it is told.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return pool
}

/**
 * A connection outside the pool, for what lasts: listening, or a migration. Not connected yet. Without a
 * listener for its `error` event, its breaking would end the process.
 * @param given over what connections of the pool have
 */
export function createPostgresClient(url: string, given: ClientConfig = {}): Client {
  return new Client({
    ...settings,
    connectionTimeoutMillis: patience.connectionTimeoutMillis,
    connectionString: url,
    ...given,
  })
}

/**
 * The rows of one statement.
 * @throws {StoreUnavailable} if the database could not answer
 */
export async function queryRows<Row extends object>(
  on: Queryable,
  text: string,
  parameters: readonly Parameter[] = [],
): Promise<Row[]> {
  try {
    return (await on.query<Row>(text, [...parameters])).rows
  } catch (error) {
    throw asStoreUnavailable(error)
  }
}

/**
 * How many rows one statement changed.
 * @throws {StoreUnavailable} if the database could not answer
 */
export async function changeRows(
  on: Queryable,
  text: string,
  parameters: readonly Parameter[] = [],
): Promise<number> {
  try {
    return (await on.query(text, [...parameters])).rowCount ?? 0
  } catch (error) {
    throw asStoreUnavailable(error)
  }
}

/**
 * Runs `work` in one transaction: all of it is stored, or nothing.
 * @throws {StoreUnavailable} if the database could not answer. Where the connection broke while the commit was
 * under way, nobody can say whether it was stored.
 */
export async function inTransaction<R>(
  pool: Pool,
  work: (client: PoolClient) => Promise<R>,
): Promise<R> {
  try {
    return await tryTransaction(pool, work)
  } catch (error) {
    if (!isDeadlock(error)) throw error
    return await tryTransaction(pool, work) // the other one of the two has been stored, and lets this one through
  }
}

async function tryTransaction<R>(pool: Pool, work: (client: PoolClient) => Promise<R>): Promise<R> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asStoreUnavailable(error)
  })
  let broken: Error | undefined
  try {
    // Every rule locks the rows that it goes by, so that each statement may see what was committed before it.
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    broken = await rollBack(client, error)
    throw asStoreUnavailable(error)
  } finally {
    client.release(broken)
  }
}

/** @returns why the connection cannot be used any more; then the server rolls back when it is closed */
async function rollBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  if (isOutage(error)) return error
  try {
    await client.query('ROLLBACK')
    return undefined
  } catch (failure) {
    return failure instanceof Error ? failure : new Error(String(failure))
  }
}

function isDeadlock(error: unknown): boolean {
  const cause = error instanceof StoreUnavailable ? error.cause : error
  return cause instanceof DatabaseError && cause.code === '40P01'
}

/** The error as a caller of the store gets it: `StoreUnavailable` if the database could not answer, else as it is. */
export function asStoreUnavailable(error: unknown): unknown {
  if (!isOutage(error) || error instanceof StoreUnavailable) return error
  // The message only: the detail of a database's error quotes what is stored.
  return new StoreUnavailable(`PostgreSQL could not be used: ${reasonOf(error)}`, { cause: error })
}

/** What an error of pg says. Where every address of a host refused, its message is empty. */
export function reasonOf(error: Error): string {
  if (error.message !== '') return error.message
  return 'code' in error ? String(error.code) : error.name
}

/**
 * SQLSTATE classes that say "not now": connection (08), name of the database (3D), authorization (28), a replica that
 * only reads (25), rolled back for another transaction (40), resources (53), limits (54), locks (55),
 * operator (57), system (58).
 */
const outageClasses = new Set(['08', '25', '28', '3D', '40', '53', '54', '55', '57', '58'])

/** Whether it is the database's state that made a call fail, not the call. */
export function isOutage(error: unknown): error is Error {
  if (error instanceof StoreUnavailable) return true
  if (error instanceof DatabaseError) return outageClasses.has(error.code?.slice(0, 2) ?? '')
  // pg tells of sockets by Node's errors, and of its own time limits by bare ones without a code.
  return error instanceof Error && (error.name === 'Error' || error.name === 'AggregateError')
}
