import { Client } from 'pg'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { type OpenedStore, openStore } from '#store/open-store.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { describeStore } from './describe-store.ts'
import { nowMs } from './records.ts'

const everyTable =
  'barbell.accounts, barbell.keys, barbell.sessions, barbell.signing_keys, barbell.audit, barbell.usage'

let postgres: TestPostgres
const databases: string[] = []

beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

afterAll(() => postgres.close())

describeStore('PostgreSQL', async () => {
  const databaseUrl = await emptyDatabase()
  const open = (): Promise<OpenedStore> =>
    openStore({ dataDir: 'not used', databaseUrl, clock: { nowMs: () => nowMs } })
  let opened = await open()
  onTestFinished(async () => {
    await opened.close()
    await empty(databaseUrl)
    databases.push(databaseUrl)
  })
  return {
    store: opened.store,
    async reopen() {
      await opened.close()
      opened = await open()
      return opened.store
    },
  }
})

/** One that a test before has left empty, else a new one: making one takes long. */
async function emptyDatabase(): Promise<string> {
  return databases.pop() ?? (await postgres.createDatabase())
}

async function empty(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`TRUNCATE ${everyTable}`)
  await client.end()
}
