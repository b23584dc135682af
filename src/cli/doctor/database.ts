import { openPostgresPool, queryRows } from '#store/postgres-pool.ts'
import { signingKeysNewestFirst } from '#store/postgres-rules.ts'
import { type SigningKeyRecord, StoreRefused } from '#store/store.ts'
import { refuseHalfCopiedDatabase } from '#store/unfinished-copy.ts'
import { about, type Finding, reasonOf } from './finding.ts'

/** What the database says of itself. */
interface Said {
  server: string
  now_ms: string
  is_replica: boolean
  /** The version of our tables; null where there are none yet. */
  tables: number | null
  signingKeys: readonly SigningKeyRecord[]
  /** Why it holds less than it seems to; null where nothing was interrupted. */
  half: string | null
}

const question = `
  SELECT current_setting('server_version') AS server,
         (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms,
         pg_is_in_recovery() AS is_replica`

/**
 * Whether the database answers, can be written, and has the tables of this version.
 * @returns its time as well, null where it did not answer, and the keys that the secrets have to open
 */
export async function checkDatabase(
  url: string,
  newestVersion: number,
): Promise<{
  findings: Finding[]
  nowMs: number | null
  signingKeys: readonly SigningKeyRecord[]
}> {
  const { ok, mend } = about('database')
  try {
    const said = await ask(url, newestVersion)
    const server = said.is_replica
      ? mend('is a replica that can only be read: let DATABASE_URL name the primary.')
      : ok(`PostgreSQL ${said.server} answers`)
    return {
      findings: [
        server,
        checkTables(said.tables, newestVersion),
        ...(said.half === null ? [] : [mend(said.half)]),
      ],
      nowMs: Number(said.now_ms),
      signingKeys: said.signingKeys,
    }
  } catch (error) {
    const finding = mend(
      `${reasonOf(error)}. Check that it runs, and host, user and password of DATABASE_URL.`,
    )
    return { findings: [finding], nowMs: null, signingKeys: [] }
  }
}

function checkTables(found: number | null, newest: number): Finding {
  const { ok, note, mend } = about('migrations')
  if (found === null) return note('the database has no tables of ours: the first start makes them.')
  if (found < newest) {
    return note(`the tables have version ${found}: the next start makes them version ${newest}.`)
  }
  if (found === newest) return ok(`the tables have version ${found}, the newest`)
  return mend(
    `the tables have version ${found}, and this server knows ${newest}: start the newer server.`,
  )
}

async function ask(url: string, newestVersion: number): Promise<Said> {
  const pool = openPostgresPool({ url, onError: () => undefined })
  try {
    const [said] = await queryRows<Omit<Said, 'tables' | 'signingKeys' | 'half'>>(pool, question)
    if (said === undefined) throw new TypeError('a query without a table gave no row')
    const [known] = await queryRows<{ is_there: boolean }>(
      pool,
      `SELECT to_regclass('barbell.schema_version') IS NOT NULL AS is_there`,
    )
    if (known?.is_there !== true) return { ...said, tables: null, signingKeys: [], half: null }
    const [newest] = await queryRows<{ version: number | null }>(
      pool,
      'SELECT max(version) AS version FROM barbell.schema_version',
    )
    const tables = newest?.version ?? null
    const isKnown = tables !== null && tables <= newestVersion
    const signingKeys = isKnown ? await signingKeysNewestFirst(pool) : []
    const half = await refuseHalfCopiedDatabase(pool).then(() => null, halfReason)
    return { ...said, tables, signingKeys, half }
  } finally {
    await pool.end()
  }
}

function halfReason(error: unknown): string {
  if (error instanceof StoreRefused) return reasonOf(error)
  throw error
}
