import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { type PortableStore, storeTables } from '#store/store.ts'
import { CommandFailed } from '../../../src/cli/command-failed.ts'
import { copyStore } from '../../../src/cli/copy-store.ts'
import { startAuth, callerFrom, password } from '../auth/start-auth.ts'

const clock = { nowMs: () => Date.parse('2026-03-01T12:00:00Z') }
const caller = callerFrom('192.0.2.1')
const silent = (): void => undefined
const noMark = { set: () => Promise.resolve(), remove: () => Promise.resolve() }

async function emptyStore(): Promise<PortableStore> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-copy-'))
  const store = await openLowdbStore({ directory, clock })
  onTestFinished(async () => {
    await store.close()
    await rm(directory, { recursive: true })
  })
  return store
}

/** A store with something in every table. */
async function usedStore(accounts = 3) {
  const started = await startAuth()
  const { auth } = started
  for (let count = 0; count < accounts; count += 1) {
    const { id, username } = await auth.register({ username: `reader-${count}`, password }, caller)
    await auth.issueApiKey(id, {}, caller)
    await auth.signIn({ username, password }, caller)
  }
  return started
}

async function everythingOf(store: PortableStore): Promise<unknown> {
  const page = { afterId: null, limit: 10_000 }
  return await Promise.all(storeTables.map((table) => store.readTable(table, page)))
}

/** The same store, with another way to write tables. */
function writingThrough(
  store: PortableStore,
  writeTable: PortableStore['writeTable'],
): PortableStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'writeTable') return writeTable
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** The same store, which fails when a table is written for the `count`th time. */
function failingAt(count: number, store: PortableStore): PortableStore {
  let writes = 0
  return writingThrough(store, async (table, records) => {
    writes += 1
    if (writes === count) throw new Error('cut off')
    return await store.writeTable(table, records)
  })
}

test('F8: every table is the same on both sides, with its count and hash, and the source is as it was', async () => {
  const { store: source, directory } = await usedStore()
  const target = await emptyStore()
  const before = await readFile(join(directory, 'barbell.json'), 'utf8')
  const copied = await copyStore({ source, target, mark: noMark, onProgress: silent })

  expect(await everythingOf(target)).toEqual(await everythingOf(source))
  expect(copied.map(({ table, records }) => [table, records])).toEqual([
    ['accounts', 3],
    ['keys', 3],
    ['sessions', 3],
    ['signingKeys', 1],
    ['audit', 10],
  ])
  const [key] = await source.signingKeys()
  const canonical = JSON.stringify(key, Object.keys(key ?? {}).sort())
  expect(copied[3]?.digest).toBe(createHash('sha256').update(`${canonical}\n`).digest('hex'))
  expect(await readFile(join(directory, 'barbell.json'), 'utf8')).toBe(before)
})

test('F8: what was cut off at any step goes on, and ends the same', async () => {
  const { store: source } = await usedStore()
  for (const count of [1, 2, 3, 4, 5]) {
    const target = await emptyStore()
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
  const { store: source } = await usedStore()
  const { store: target } = await usedStore(1)
  const before = await everythingOf(target)
  const copy = copyStore({ source, target, mark: noMark, onProgress: silent })
  await expect(copy).rejects.toThrow(CommandFailed)
  await expect(copy).rejects.toThrow(/Empty the target .* Nothing was changed/)
  expect(await everythingOf(target)).toEqual(before)
})

test('a source that changed since an interrupted copy is told, not mixed with what it was', async () => {
  const { auth, store: source } = await usedStore(1)
  const target = await emptyStore()
  await copyStore({ source, target, mark: noMark, onProgress: silent })
  const account = await source.accountByName('reader-0')
  const [key] = await source.keysOf(account?.id ?? '')
  await auth.revokeApiKey(account?.id ?? '', key?.id ?? '', caller)
  await expect(copyStore({ source, target, mark: noMark, onProgress: silent })).rejects.toThrow(
    /in keys/,
  )
})

test('F8: a target that does not keep what it was given is found out', async () => {
  const { store: source } = await usedStore()
  const target = await emptyStore()
  const forgetful = writingThrough(target, async (table, records) => {
    return await target.writeTable(table, table === 'keys' ? records.slice(1) : records)
  })
  await expect(
    copyStore({ source, target: forgetful, mark: noMark, onProgress: silent }),
  ).rejects.toThrow('keys has 3 records in the source and 2 in the target')
})
