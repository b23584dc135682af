import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLowdbStore } from '#store/lowdb-store.ts'
import {
  noUsage,
  type PortableStore,
  type PortableUsage,
  storeTables,
  type UsageRecord,
} from '#store/store.ts'
import { openUsageFile } from '#store/usage-file.ts'
import { CommandFailed } from '../../../src/cli/command-failed.ts'
import { type CopySide, copyStore } from '../../../src/cli/copy-store.ts'
import { startAuth, callerFrom, password } from '../auth/start-auth.ts'

const clock = { nowMs: () => Date.parse('2026-03-01T12:00:00Z') }
const caller = callerFrom('192.0.2.1')
const silent = (): void => undefined
const noMark = { set: () => Promise.resolve(), remove: () => Promise.resolve() }

async function emptySide(): Promise<CopySide> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-copy-'))
  const store = await openLowdbStore({ directory, clock })
  onTestFinished(async () => {
    await store.close()
    await rm(directory, { recursive: true })
  })
  return { store, usage: await usageBeside(store, directory) }
}

function usageBeside(store: PortableStore, directory: string): Promise<PortableUsage> {
  const hasAccount = async (id: string): Promise<boolean> => (await store.accountById(id)) !== null
  return openUsageFile({ directory, hasAccount, maxRecords: Infinity })
}

/** A store with something in every table. */
async function usedSide(accounts = 3) {
  const { auth, store, directory } = await startAuth()
  const usage = await usageBeside(store, directory)
  for (let count = 0; count < accounts; count += 1) {
    const { id, username } = await auth.register({ username: `reader-${count}`, password }, caller)
    await auth.issueApiKey(id, {}, caller)
    await auth.signIn({ username, password }, caller)
    await usage.addUsage([called(id), called(id, { keyId: null, hourMs: 7_200_000 })])
  }
  return { auth, directory, side: { store, usage } }
}

function called(accountId: string, given: Partial<UsageRecord> = {}): UsageRecord {
  const counts = { ...noUsage, accepted: 5, limited: 1 }
  return { accountId, keyId: 'key-1', hourMs: 3_600_000, counts, ...given }
}

async function everythingOf({ store, usage }: CopySide): Promise<unknown> {
  const page = { afterId: null, limit: 10_000 }
  const tables = await Promise.all(storeTables.map((table) => store.readTable(table, page)))
  return [...tables, await usage.readUsage({ after: null, limit: 10_000 })]
}

/** The same, with one method of another. */
function withOther<Of extends object, Name extends keyof Of>(
  given: Of,
  other: Name,
  method: Of[Name],
): Of {
  return new Proxy(given, {
    get(target, name) {
      if (name === other) return method
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** The same side, which fails when a table is written for the `count`th time. */
function failingAt(count: number, { store, usage }: CopySide): CopySide {
  let writes = 0
  const cutOff = (): void => {
    writes += 1
    if (writes === count) throw new Error('cut off')
  }
  return {
    store: withOther(store, 'writeTable', async (table, records) => {
      cutOff()
      return await store.writeTable(table, records)
    }),
    usage: withOther(usage, 'writeUsage', async (records) => {
      cutOff()
      await usage.writeUsage(records)
    }),
  }
}

test('F8: every table is the same on both sides, with its count and hash, and the source is as it was', async () => {
  const { side: source, directory } = await usedSide()
  const target = await emptySide()
  const before = await readFile(join(directory, 'barbell.json'), 'utf8')
  const copied = await copyStore({ source, target, mark: noMark, onProgress: silent })

  expect(await everythingOf(target)).toEqual(await everythingOf(source))
  expect(copied.map(({ table, records }) => [table, records])).toEqual([
    ['accounts', 3],
    ['keys', 3],
    ['sessions', 3],
    ['signingKeys', 1],
    ['audit', 10],
    ['usage', 6],
  ])
  const [key] = await source.store.signingKeys()
  const canonical = JSON.stringify(key, Object.keys(key ?? {}).sort())
  expect(copied[3]?.digest).toBe(createHash('sha256').update(`${canonical}\n`).digest('hex'))
  expect(await readFile(join(directory, 'barbell.json'), 'utf8')).toBe(before)
})

test('F8: what was cut off at any step goes on, and ends the same', async () => {
  const { side: source } = await usedSide()
  for (const count of [1, 2, 3, 4, 5, 6]) {
    const target = await emptySide()
    const cut = copyStore({
      source,
      target: failingAt(count, target),
      mark: noMark,
      onProgress: silent,
    })
    await expect(cut).rejects.toThrow('cut off')
    expect(await everythingOf(target)).not.toEqual(await everythingOf(source))
    await copyStore({ source, target, mark: noMark, onProgress: silent })
    expect(await everythingOf(target)).toEqual(await everythingOf(source))
  }
})

test('a target that was used is refused, and nothing is added to it', async () => {
  const { side: source } = await usedSide()
  const { side: target } = await usedSide(1)
  const before = await everythingOf(target)
  const copy = copyStore({ source, target, mark: noMark, onProgress: silent })
  await expect(copy).rejects.toThrow(CommandFailed)
  await expect(copy).rejects.toThrow(/Empty the target .* Nothing was changed/)
  expect(await everythingOf(target)).toEqual(before)
})

test('a source that changed since an interrupted copy is told, not mixed with what it was', async () => {
  const { auth, side: source } = await usedSide(1)
  const target = await emptySide()
  await copyStore({ source, target, mark: noMark, onProgress: silent })
  const account = await source.store.accountByName('reader-0')
  const [key] = await source.store.keysOf(account?.id ?? '')
  await auth.revokeApiKey(account?.id ?? '', key?.id ?? '', caller)
  await expect(copyStore({ source, target, mark: noMark, onProgress: silent })).rejects.toThrow(
    /in keys/,
  )
})

test('F8: a target that does not keep what it was given is found out', async () => {
  const { side: source } = await usedSide()
  const { store, usage } = await emptySide()
  const forgetful = {
    store: withOther(store, 'writeTable', async (table, records) => {
      return await store.writeTable(table, table === 'keys' ? records.slice(1) : records)
    }),
    usage,
  }
  await expect(
    copyStore({ source, target: forgetful, mark: noMark, onProgress: silent }),
  ).rejects.toThrow('keys has 3 records in the source and 2 in the target')
})

test('usage is the same on both sides too, less what is of accounts that are gone', async () => {
  const { side: source } = await usedSide(1)
  await source.usage.addUsage([called('gone')])
  const target = await emptySide()
  const miscounting = {
    store: target.store,
    usage: withOther(target.usage, 'writeUsage', (records) => {
      return target.usage.writeUsage(records.map((record) => ({ ...record, counts: noUsage })))
    }),
  }
  const copy = copyStore({ source, target: miscounting, mark: noMark, onProgress: silent })
  await expect(copy).rejects.toThrow('usage has 2 records in the source and 2 in the target, with')

  const account = await source.store.accountByName('reader-0')
  const whole = await emptySide()
  await copyStore({ source, target: whole, mark: noMark, onProgress: silent })
  const [first, second] = await whole.usage.usageOf(account?.id ?? '', 0)
  expect([first, second]).toEqual([
    called(account?.id ?? ''),
    called(account?.id ?? '', { keyId: null, hourMs: 7_200_000 }),
  ])
})

test('usage that was left in an emptied target is not added to', async () => {
  const { side: source } = await usedSide(1)
  const account = await source.store.accountByName('reader-0')
  const { store } = await emptySide()
  const directory = await mkdtemp(join(tmpdir(), 'barbell-copy-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const before = await openUsageFile({ directory, hasAccount: () => Promise.resolve(true) })
  await before.addUsage([called(account?.id ?? '', { counts: { ...noUsage, failed: 9 } })])

  const target = { store, usage: await usageBeside(store, directory) }
  await copyStore({ source, target, mark: noMark, onProgress: silent })
  expect(await everythingOf(target)).toEqual(await everythingOf(source))
})
