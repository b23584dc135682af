import { openPostgresPool, queryRows } from '#store/postgres-pool.ts'
import { about, type Finding, reasonOf } from './finding.ts'

/** What the database says of itself. */
interface Said {
  server: string
  now_ms: string
  is_replica: boolean
  /** The version of our tables; null where there are none yet. */
  tables: number | null
}

const question = `
  SELECT current_setting('server_version') AS server,
         (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms,
         pg_is_in_recovery() AS is_replica`

/**
 * Whether the database answers, can be written, and has the tables of this version.
 * @returns its time as well, null where it did not answer
 */
export async function checkDatabase(
  url: string,
  newestVersion: number,
): Promise<{ findings: Finding[]; nowMs: number | null }> {
  const { ok, mend } = about('database')
  try {
    const said = await ask(url)
    const server = said.is_replica
      ? mend('is a replica that can only be read: let DATABASE_URL name the primary.')
      : ok(`PostgreSQL ${said.server} answers`)
    return {
      findings: [server, checkTables(said.tables, newestVersion)],
      nowMs: Number(said.now_ms),
    }
  } catch (error) {
    const finding = mend(
      `${reasonOf(error)} Check that it runs, and host, user and password of DATABASE_URL.`,
    )
    return { findings: [finding], nowMs: null }
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

async function ask(url: string): Promise<Said> {
  const pool = openPostgresPool({ url, onError: () => undefined })
  try {
    const [said] = await queryRows<Omit<Said, 'tables'>>(pool, question)
    if (said === undefined) throw new TypeError('a query without a table gave no row')
    const [known] = await queryRows<{ is_there: boolean }>(
      pool,
      `SELECT to_regclass('barbell.schema_version') IS NOT NULL AS is_there`,
    )
    if (known?.is_there !== true) return { ...said, tables: null }
    const [newest] = await queryRows<{ version: number | null }>(
      pool,
      'SELECT max(version) AS version FROM barbell.schema_version',
    )
    return { ...said, tables: newest?.version ?? null }
  } finally {
    await pool.end()
  }
}
