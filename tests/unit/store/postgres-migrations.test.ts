import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { tables } from '#store/migrations/001-tables.ts'
import { usage } from '#store/migrations/002-usage.ts'
import { openStore } from '#store/open-store.ts'
import { migratePostgres } from '#store/postgres-migrations.ts'
import { StoreRefused } from '#store/store.ts'
import { freePort } from '../../support/free-port.ts'
import { startPostgres, type TestPostgres } from '../../support/postgres.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

afterAll(() => postgres.close())

function open(databaseUrl: string) {
  return openStore({ dataDir: 'not used', databaseUrl, clock: { nowMs: () => 0 } })
}

async function ask(databaseUrl: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<object>(statement)
  await client.end()
  return rows
}

async function refusalOf(opening: Promise<unknown>): Promise<string> {
  const error = await opening.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StoreRefused)
  return String(error)
}

test('F10: of five servers that start at once on an empty database all open it, and one migrates', async () => {
  const url = await postgres.createDatabase()
  const opened = await Promise.all(Array.from({ length: 5 }, () => open(url)))
  for (const { store } of opened) await store.ping()
  await Promise.all(opened.map((one) => one.close()))

  const versions = await ask(url, 'SELECT version FROM barbell.schema_version')
  expect(versions).toEqual([{ version: 1 }, { version: 2 }])
})

test('F8: a later version adds to what is there', async () => {
  const url = await postgres.createDatabase()
  await migratePostgres(url)
  await ask(url, `INSERT INTO barbell.signing_keys VALUES ('kid', DEFAULT, 'x', 'sealed', 1, NULL)`)
  const later = 'ALTER TABLE barbell.signing_keys ADD COLUMN colour text'
  await migratePostgres(url, { steps: [tables, usage, later] })
  await migratePostgres(url, { steps: [tables, usage, later] })

  expect(await ask(url, 'SELECT id, colour FROM barbell.signing_keys')).toEqual([
    { id: 'kid', colour: null },
  ])
  expect(await ask(url, 'SELECT max(version) AS version FROM barbell.schema_version')).toEqual([
    { version: 3 },
  ])
})

test('F8: a migration that fails leaves the database as it was', async () => {
  const url = await postgres.createDatabase()
  const steps = [tables, 'SELECT 1 / 0']
  await expect(migratePostgres(url, { steps })).rejects.toThrow('division by zero')
  expect(await ask(url, `SELECT 1 FROM pg_namespace WHERE nspname = 'barbell'`)).toEqual([])
  await migratePostgres(url)
})

test.each([
  ['a table', 'BEGIN; LOCK TABLE barbell.keys IN ACCESS SHARE MODE'],
  ['the right to migrate', `SELECT pg_advisory_lock(${String(0x62_61_72_6d)})`],
])('F8: who holds %s is named, with what to do, and nothing is changed', async (_, hold) => {
  const url = await postgres.createDatabase()
  await migratePostgres(url)
  const holder = new Client({ connectionString: url, application_name: 'pg_dump' })
  await holder.connect()
  onTestFinished(() => holder.end())
  await holder.query(hold)
  const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')

  const steps = [tables, usage, 'ALTER TABLE barbell.keys ADD COLUMN colour text']
  const refusal = await refusalOf(migratePostgres(url, { steps, lockWaitMs: 100 }))
  expect(refusal).toContain(`${rows[0]?.pid} (pg_dump)`)
  expect(refusal).toContain('pg_terminate_backend')
  expect(refusal).not.toContain('could not be opened')
  expect(await ask(url, 'SELECT max(version) AS version FROM barbell.schema_version')).toEqual([
    { version: 2 },
  ])
})

test('F4: a newer database is refused and left as it is', async () => {
  const url = await postgres.createDatabase()
  await migratePostgres(url, { steps: [tables, 'SELECT 1', 'SELECT 1'] })
  const refusal = await refusalOf(open(url))

  expect(refusal).toContain('is of version 3, and this server knows versions up to 2')
  expect(refusal).toContain('start the newer server')
  expect(await ask(url, 'SELECT count(*)::int AS count FROM barbell.schema_version')).toEqual([
    { count: 3 },
  ])
})

test('F4: tables of somebody else are refused by name and left as they are', async () => {
  const url = await postgres.createDatabase()
  await ask(url, 'CREATE SCHEMA barbell; CREATE TABLE barbell.accounts (weights text)')
  await ask(url, `INSERT INTO barbell.accounts VALUES ('20 kg')`)

  expect(await refusalOf(open(url))).toContain('tables that are not ours (accounts)')
  expect(await ask(url, 'SELECT * FROM barbell.accounts')).toEqual([{ weights: '20 kg' }])
})

test('F4: a database that cannot keep every text is refused', async () => {
  const url = await postgres.createDatabase({ encoding: 'SQL_ASCII' })
  expect(await refusalOf(open(url))).toContain(`make one with ENCODING 'UTF8'`)
})

test('a user who may make no tables is told what to grant', async () => {
  const url = new URL(await postgres.createDatabase())
  await ask(url.href, 'CREATE ROLE lodger LOGIN')
  url.username = 'lodger'
  expect(await refusalOf(open(url.href))).toContain('GRANT CREATE ON DATABASE')
})

test('L1: a database that is not there is refused within 3 s, without its password in the message', async () => {
  const url = new URL(await postgres.createDatabase())
  url.password = 'canary-password'
  const nowhere = new URL(url)
  nowhere.port = String(await freePort())
  const noDatabase = new URL(url)
  noDatabase.pathname = '/nothing'
  const startedMs = performance.now()

  for (const { href } of [nowhere, noDatabase]) {
    const refusal = await refusalOf(open(href))
    expect(refusal).toContain('check that it runs and that DATABASE_URL names')
    expect(refusal).not.toContain('canary')
  }
  expect(performance.now() - startedMs).toBeLessThan(3000)
})
