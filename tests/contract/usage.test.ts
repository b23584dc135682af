import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type OpenedStore, openStore } from '#store/open-store.ts'
import {
  addUsage,
  noUsage,
  type PortableUsage,
  usageIdOf,
  usageKeptMs,
  type UsageRecord,
} from '#store/store.ts'
import { openUsageFile } from '#store/usage-file.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { accountRecord, auditRecord, nowMs } from './records.ts'

const hourMs = 60 * 60 * 1000

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

afterAll(() => postgres.close())

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-usage-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

const media = {
  'the file': async () => ({ dataDir: await temporaryDirectory(), databaseUrl: undefined }),
  PostgreSQL: async () => ({
    dataDir: 'not used',
    databaseUrl: await postgres.createDatabase(),
  }),
}

function used(accountId: string, given: Partial<UsageRecord> = {}): UsageRecord {
  const counts = { ...noUsage, accepted: 1 }
  return { accountId, keyId: 'key-1', hourMs: nowMs, counts, ...given }
}

describe.each(Object.entries(media))('usage in %s', (_, place) => {
  async function opened() {
    const medium = await place()
    const open = (): Promise<OpenedStore> => openStore({ ...medium, clock: { nowMs: () => nowMs } })
    let stores = await open()
    onTestFinished(() => stores.close())
    const account = accountRecord()
    await stores.store.insertAccount({ account, firstKey: null }, auditRecord())
    const reopen = async (): Promise<PortableUsage> => {
      await stores.close()
      stores = await open()
      return stores.usage
    }
    const { store, usage } = stores
    return { store, usage, id: account.id, reopen }
  }

  test('what is added is summed by key and hour, and is there after a restart', async () => {
    const { usage, id, reopen } = await opened()
    const counts = { accepted: 5, refused: 1, limited: 2, failed: 3 }
    await usage.addUsage([used(id, { counts }), used(id, { keyId: null })])
    await Promise.all([usage.addUsage([used(id)]), usage.addUsage([used(id), used(id)])])
    await usage.addUsage([used(id, { hourMs: nowMs + hourMs })])

    const again = await (await reopen()).usageOf(id, 0)
    expect(again).toHaveLength(3)
    expect(again).toContainEqual(used(id, { counts: { ...counts, accepted: 8 } }))
    expect(again).toContainEqual(used(id, { keyId: null }))
    expect(again).toContainEqual(used(id, { hourMs: nowMs + hourMs }))
  })

  test('an account sees its own, from a moment on', async () => {
    const { usage, store, id } = await opened()
    const other = accountRecord()
    await store.insertAccount({ account: other, firstKey: null }, auditRecord())
    await usage.addUsage([used(id), used(other.id), used(id, { hourMs: nowMs - hourMs })])
    expect(await usage.usageOf(id, nowMs)).toEqual([used(id)])
  })

  test('what is too old goes with the sweep', async () => {
    const { usage, id } = await opened()
    await usage.addUsage([used(id), used(id, { hourMs: nowMs - usageKeptMs })])
    await usage.sweepUsage(nowMs)
    expect(await usage.usageOf(id, 0)).toEqual([used(id)])
  })

  test('nothing is kept of an account that is gone', async () => {
    const { usage, store, id } = await opened()
    await usage.addUsage([used(id)])
    await store.deleteAccount({ accountId: id, passwordVersion: 1 }, auditRecord())
    await usage.addUsage([used(id, { keyId: 'key-2' })])
    await usage.sweepUsage(nowMs)
    expect(await usage.usageOf(id, 0)).toEqual([])
  })

  test('it is read whole, page by page, in the order of account, hour and key', async () => {
    const { usage, store, id } = await opened()
    const other = accountRecord()
    await store.insertAccount({ account: other, firstKey: null }, auditRecord())
    const records = [id, other.id]
      .flatMap((accountId) => [used(accountId), used(accountId, { keyId: null })])
      .flatMap((record) => [record, { ...record, hourMs: 0 }])
    await usage.addUsage(records)
    const read: UsageRecord[] = []
    for (let after: UsageRecord | null = null; ;) {
      const page: UsageRecord[] = await usage.readUsage({ after, limit: 3 })
      expect(page.length).toBeLessThanOrEqual(3)
      read.push(...page)
      after = page.at(-1) ?? null
      if (after === null) break
    }
    expect(read.map(usageIdOf)).toEqual(records.map(usageIdOf).sort())
    expect(new Set(read)).toEqual(new Set(records))
  })

  test('what is written as it is adds nothing to what is there', async () => {
    const { usage, id } = await opened()
    await usage.addUsage([used(id)])
    const other = used(id, { keyId: null })
    const gone = used('gone')
    await usage.writeUsage([used(id, { counts: { ...noUsage, failed: 7 } }), other, gone])
    expect(await usage.readUsage({ after: null, limit: 10 })).toEqual([other, used(id)])
  })
})

describe('usage.json', () => {
  const hasAccount = () => Promise.resolve(true)

  test('is for its owner only', async () => {
    const directory = await temporaryDirectory()
    const usage = await openUsageFile({ directory, hasAccount })
    await usage.addUsage([used('account-1')])
    expect((await stat(join(directory, 'usage.json'))).mode & 0o777).toBe(0o600)
  })

  test('that is damaged keeps no server from its start: it is put aside', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'usage.json'), '{"format":"barbell-usage","version":1,"rec')
    const usage = await openUsageFile({ directory, hasAccount })
    expect(await usage.usageOf('account-1', 0)).toEqual([])
    expect(await readFile(join(directory, 'usage.json.damaged'), 'utf8')).toMatch(/"rec$/)
    await usage.addUsage([used('account-1')])
    expect(await usage.usageOf('account-1', 0)).toEqual([used('account-1')])
  })

  test('is bounded: of more records than may be, the oldest hours go', async () => {
    const directory = await temporaryDirectory()
    const usage = await openUsageFile({ directory, hasAccount, maxRecords: 3 })
    const hours = [1, 4, 2, 5, 3].map((hour) => used('account-1', { hourMs: hour * hourMs }))
    await usage.addUsage(hours)
    const kept = (await usage.usageOf('account-1', 0)).map((record) => record.hourMs / hourMs)
    expect(kept.sort()).toEqual([3, 4, 5])
  })
})

test('calls are added up by how they were answered', () => {
  const some = { accepted: 1, refused: 2, limited: 3, failed: 4 }
  expect(addUsage(some, some)).toEqual({ accepted: 2, refused: 4, limited: 6, failed: 8 })
  expect(addUsage(undefined, some)).toEqual(some)
})
