import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeSecretsText } from '#auth/secrets.ts'
import { openStore, type OpenedStore } from '#store/open-store.ts'
import { noUsage, storeTables } from '#store/store.ts'
import { barbell, barbellEntry } from '../support/barbell-command.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { stoppedServer } from '../unit/cli/stopped-server.ts'

const clock = { nowMs: () => Date.now() }

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)
afterAll(() => postgres.close())

/** The data folder of a stopped server, and an empty database to go with it. */
async function folderAndDatabase() {
  const { directory, env: folderOnly, reader } = await stoppedServer()
  const databaseUrl = await postgres.createDatabase()
  const env = { ...folderOnly, DATABASE_URL: databaseUrl }
  const opened = (kind: 'postgres' | 'lowdb'): Promise<OpenedStore> =>
    openStore({
      dataDir: directory,
      databaseUrl: kind === 'postgres' ? databaseUrl : undefined,
      clock,
    })
  return { directory, folderOnly, env, reader, opened }
}

async function everythingIn(store: Promise<OpenedStore>): Promise<unknown> {
  const opened = await store
  const page = { afterId: null, limit: 10_000 }
  const tables = await Promise.all(storeTables.map((table) => opened.store.readTable(table, page)))
  const usage = await opened.usage.readUsage({ after: null, limit: 10_000 })
  await opened.close()
  return [...tables, usage]
}

/** Calls of an account, as a server leaves them. */
async function withUsage(store: Promise<OpenedStore>, accountId: string): Promise<void> {
  const opened = await store
  const called = { accountId, hourMs: 3_600_000, counts: { ...noUsage, accepted: 5, failed: 1 } }
  await opened.usage.addUsage([
    { ...called, keyId: 'key-1' },
    { ...called, keyId: null },
  ])
  await opened.close()
}

describe('migrate-store', () => {
  test('F8: to PostgreSQL and back, everything is the same, and each source is as it was', async () => {
    const { directory, env, reader, opened } = await folderAndDatabase()
    await withUsage(opened('lowdb'), reader.accountId)
    const before = await readFile(join(directory, 'barbell.json'), 'utf8')
    const there = await barbell(['migrate-store', '--to', 'postgres', '--yes'], { env })
    expect(there).toMatchObject({ status: 0, stderr: '' })
    expect(there.stdout).toMatch(/^accounts +1 +[0-9a-f]{64}$/m)
    expect(there.stdout).toMatch(/^usage +2 +[0-9a-f]{64}$/m)
    expect(await readFile(join(directory, 'barbell.json'), 'utf8')).toBe(before)
    expect(await everythingIn(opened('postgres'))).toEqual(await everythingIn(opened('lowdb')))

    const old = join(directory, 'old')
    await rename(join(directory, 'barbell.json'), `${old}.json`)
    await rename(join(directory, 'audit.jsonl'), `${old}.jsonl`)
    await rename(join(directory, 'usage.json'), `${old}.usage.json`)
    const back = await barbell(['migrate-store', '--to', 'lowdb', '--yes'], { env })
    expect(back).toMatchObject({ status: 0, stderr: '' })
    expect(digestsIn(back.stdout)).toEqual(digestsIn(there.stdout))
    expect(await everythingIn(opened('lowdb'))).toEqual(await everythingIn(opened('postgres')))
  }, 60_000)

  test('F8: killed in the middle of a table it goes on when it is given again', async () => {
    const { env, opened } = await folderAndDatabase()
    await withManyEvents(opened('lowdb'), 25_000)
    const args = ['migrate-store', '--to', 'postgres', '--yes']
    const child = spawn(process.execPath, [barbellEntry, ...args], {
      env: { ...process.env, ...env },
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    const database = await connected(env.DATABASE_URL)
    await expect.poll(() => countOf(database, 'barbell.audit'), slowly).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await ended
    expect(await countOf(database, 'barbell.audit')).toBeLessThan(25_000)
    // Accounts may be missing: it looks whole, and is not.
    await expect(opened('postgres')).rejects.toThrow(/holds a part of a copy/)
    expect((await barbell(['doctor'], { env })).stdout).toMatch(/^MEND +database .*part of a copy/m)
    const wrongWay = await barbell(['migrate-store', '--to', 'lowdb', '--yes'], { env })
    expect(wrongWay.stderr).toContain('holds a part of a copy')

    await expect.poll(() => countOf(database, ourConnections), slowly).toBe(0)
    expect(await barbell(args, { env })).toMatchObject({ status: 0, stderr: '' })
    expect(await countOf(database, 'barbell.audit')).toBeGreaterThan(25_000)
    expect(await everythingIn(opened('postgres'))).toEqual(await everythingIn(opened('lowdb')))
  }, 60_000)

  test('F8: no server starts on a folder into which a copy was interrupted', async () => {
    const { directory, env, folderOnly, opened } = await folderAndDatabase()
    await barbell(['migrate-store', '--to', 'postgres', '--yes'], { env })
    await withManyEvents(opened('postgres'), 25_000)
    for (const name of ['barbell.json', 'audit.jsonl']) await rm(join(directory, name))
    const args = ['migrate-store', '--to', 'lowdb', '--yes']
    const child = spawn(process.execPath, [barbellEntry, ...args], {
      env: { ...process.env, ...env },
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await expect.poll(() => readdir(directory), slowly).toContain('copying')
    child.kill('SIGKILL')
    await ended

    await expect(opened('lowdb')).rejects.toThrow(/left by a copy that was interrupted/)
    const { stdout } = await barbell(['doctor'], { env: { ...folderOnly, DATABASE_URL: '' } })
    expect(stdout).toMatch(/^MEND +store .*left by a copy that was interrupted/m)
    expect(await barbell(args, { env })).toMatchObject({ status: 0, stderr: '' })
    expect(await readdir(directory)).not.toContain('copying')
    expect(await everythingIn(opened('lowdb'))).toEqual(await everythingIn(opened('postgres')))
  }, 60_000)

  test('a server on either side is told, and nothing is copied beside it', async () => {
    const { env, opened } = await folderAndDatabase()
    const running = await opened('postgres')
    const refused = await barbell(['migrate-store', '--to', 'postgres', '--yes'], { env })
    await running.close()
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('stop every server of it first')

    const file = await opened('lowdb')
    const locked = await barbell(['migrate-store', '--to', 'postgres', '--yes'], { env })
    await file.close()
    expect(locked.status).toBe(1)
    expect(locked.stderr).toContain('in use by another server process that takes no commands now')
    expect(locked.stderr).toMatch(/Give the command again .* Nothing was changed\.\n$/)
    const [accounts] = (await everythingIn(opened('postgres'))) as unknown[][]
    expect(accounts).toEqual([])
  }, 60_000)

  test('F8: a server that comes meanwhile is seen, or does not start', async () => {
    const { env, opened } = await folderAndDatabase()
    const migrate = () => barbell(['migrate-store', '--to', 'postgres', '--yes'], { env })
    const database = await connected(env.DATABASE_URL)
    const isLocked = () => countOf(database, `pg_locks WHERE locktype = 'advisory'`)

    const beside = migrate()
    await expect.poll(isLocked, slowly).toBe(1)
    // A server that has lost its connections, and has them again.
    const server = new Client({
      connectionString: env.DATABASE_URL,
      application_name: 'barbell',
    })
    await server.connect()
    const refused = await beside
    await server.end()
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('stop every server of it first')

    const alone = migrate()
    await expect.poll(isLocked, slowly).toBe(1)
    expect((await migrate()).stderr).toContain('Another "migrate-store" is under way')
    await expect(opened('postgres')).rejects.toThrow(/is being copied/)
    expect(await alone).toMatchObject({ status: 0 })
    await (await opened('postgres')).close()
  }, 60_000)

  test('without a database, or without --yes where nobody can be asked, it says so', async () => {
    const { env, folderOnly } = await folderAndDatabase()
    const args = ['migrate-store', '--to', 'postgres']
    const without = await barbell(args, { env: { ...folderOnly, DATABASE_URL: '' } })
    expect([without.status, without.stderr]).toEqual([
      1,
      'DATABASE_URL is not set: set it to the database. Nothing was done.\n',
    ])
    expect((await barbell(args, { env })).stderr).toContain('give --yes as well')
  }, 60_000)
})

describe('with PostgreSQL', () => {
  test('accounts and keys are kept by commands beside running servers', async () => {
    const { env, reader, opened } = await folderAndDatabase()
    await barbell(['migrate-store', '--to', 'postgres', '--yes'], { env })
    const running = await opened('postgres')
    onTestFinished(() => running.close())
    expect(await running.store.accountByName('ada')).toMatchObject({ disabledAtMs: null })

    const give = (...args: string[]) => barbell(args, { env })
    expect(await give('account', 'disable', 'ada')).toMatchObject({ status: 0, stderr: '' })
    const [row] = JSON.parse((await give('account', 'list', '--json')).stdout) as {
      id: string
      disabled_at: string | null
    }[]
    expect(row).toMatchObject({ id: reader.accountId })
    expect(row?.disabled_at).not.toBeNull()
    // K11: another node hears of it.
    await expect
      .poll(async () => (await running.store.accountByName('ada'))?.disabledAtMs, { timeout: 5000 })
      .not.toBeNull()
    expect(await give('signing-key', 'rotate')).toMatchObject({ status: 0, stderr: '' })
    expect(await running.store.signingKeys()).toHaveLength(2)
    expect(await give('account', 'delete', 'ada', '--yes')).toMatchObject({ status: 0, stderr: '' })
    expect(await give('account', 'delete', 'ada', '--yes')).toMatchObject({ status: 1 })
  }, 60_000)

  test('backup packs the secrets and names pg_dump for the rest; restore brings them back', async () => {
    const { directory, env } = await folderAndDatabase()
    const file = join(directory, 'secrets.backup')
    const made = await barbell(['backup', file], { env })
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(made.stdout).toContain('pg_dump')
    expect(made.stdout).not.toContain('barbell.json')
    const secrets = await readFile(join(directory, 'secrets.json'), 'utf8')
    await rm(join(directory, 'secrets.json'))
    expect(await barbell(['restore', file, '--yes'], { env })).toMatchObject({ status: 0 })
    expect(await readFile(join(directory, 'secrets.json'), 'utf8')).toBe(secrets)
  }, 60_000)

  test('a backup of a file store is not put where the server would not look', async () => {
    const { directory, env, folderOnly } = await folderAndDatabase()
    const file = join(directory, 'all.backup')
    expect((await barbell(['backup', file], { env: folderOnly })).status).toBe(0)
    const before = await readdir(directory)
    const refused = await barbell(['restore', file, '--yes'], { env })
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('unset it and restore')
    expect(await readdir(directory)).toEqual(before)
  }, 60_000)

  test('doctor tells of the database, its migrations and its clock', async () => {
    const { directory, env } = await folderAndDatabase()
    const fresh = await barbell(['doctor'], { env })
    expect(fresh).toMatchObject({ status: 0, stderr: '' })
    expect(fresh.stdout).toMatch(/^ok +database +PostgreSQL \d+\S* .*answers$/m)
    expect(fresh.stdout).toMatch(/^note +migrations +the database has no tables of ours/m)
    await barbell(['migrate-store', '--to', 'postgres', '--yes'], { env })
    const migrated = await barbell(['doctor'], { env })
    expect(migrated.stdout).toMatch(/^ok +migrations +the tables have version \d+, the newest$/m)
    expect(migrated.stdout).toMatch(/^ok +clock .* s from the database's$/m)
    expect(migrated.stdout).toMatch(/^ok +secrets +belong to the store$/m)

    const file = join(directory, 'secrets.json')
    await writeFile(file, makeSecretsText({ bytes: (count) => randomBytes(count) }))
    const foreign = await barbell(['doctor'], { env })
    expect(foreign.status).toBe(1)
    expect(foreign.stdout).toMatch(/^MEND +secrets +secrets.json does not belong to this store/m)
    await rm(file)
    const lost = await barbell(['doctor'], { env })
    expect(lost.status).toBe(1)
    expect(lost.stdout).toMatch(/^MEND +secrets +secrets.json is missing/m)
  }, 60_000)
})

function digestsIn(text: string): string[] {
  return [...text.matchAll(/^(\w+) +(\d+) +([0-9a-f]{64})$/gm)].map(([line]) =>
    line.replace(/ +/g, ' '),
  )
}

const slowly = { timeout: 20_000, interval: 5 }

const ourConnections = `pg_stat_activity WHERE datname = current_database() AND application_name = 'barbell'`

async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** @returns 0 also while there is no such table */
async function countOf(database: Client, from: string): Promise<number> {
  const text = `SELECT count(*)::int AS count FROM ${from}`
  const { rows } = await database.query<{ count: number }>(text).catch(() => ({ rows: [] }))
  return rows[0]?.count ?? 0
}

async function withManyEvents(store: Promise<OpenedStore>, count: number): Promise<void> {
  const opened = await store
  const [event] = await opened.store.latestAudit(1)
  if (event === undefined) throw new Error('there is no event to repeat')
  const events = Array.from({ length: count }, (_, at) => ({ ...event, id: `many-${at}` }))
  await opened.store.writeTable('audit', events)
  await opened.close()
}
