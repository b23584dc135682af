import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openLowdbStore } from '#store/lowdb-store.ts'
import {
  type PortableStore,
  StoreRefused,
  storeTables,
  type StoreTables,
  StoreUnavailable,
} from '#store/store.ts'
import {
  accountRecord,
  auditRecord,
  keyRecord,
  nowMs,
  sessionRecord,
  signingKeyRecord,
} from '../../contract/records.ts'

const clock = { nowMs: () => nowMs }

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-lowdb-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

async function openIn(directory: string): Promise<PortableStore> {
  const store = await openLowdbStore({ directory, clock })
  onTestFinished(() => store.close())
  return store
}

function insert(store: PortableStore, name: string): Promise<'inserted' | 'taken'> {
  const account = accountRecord({ canonicalName: name })
  return store.insertAccount({ account, firstKey: null }, auditRecord())
}

/** Makes every replacement of the file fail: a directory stands in its place. */
async function breakFile(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'barbell.json')
  await rename(path, `${path}.away`)
  await mkdir(join(path, 'not empty'), { recursive: true })
  return async () => {
    await rm(path, { recursive: true })
    await rename(`${path}.away`, path)
  }
}

test('F6: directory and files are for their owner only, whatever the umask', async () => {
  const directory = join(await temporaryDirectory(), 'data')
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const store = await openIn(directory)
  await insert(store, 'ada')

  const modes = await Promise.all(
    ['.', ...(await readdir(directory))].map(async (name) => {
      const { mode } = await stat(join(directory, name))
      return `${name} ${(mode & 0o777).toString(8)}`
    }),
  )
  expect(modes.sort()).toEqual([
    '. 700',
    'audit.jsonl 600',
    'barbell.json 600',
    'barbell.json.lock 700',
    'process.lock 600',
  ])
})

test('F6: a directory that was open to others is closed to them; a shared one is refused', async () => {
  const directory = await temporaryDirectory()
  await chmod(directory, 0o755)
  await (await openIn(directory)).close()
  expect((await stat(directory)).mode & 0o777).toBe(0o700)

  await chmod(directory, 0o1777)
  await expect(openIn(directory)).rejects.toThrow(/is shared with other users/)
  expect((await stat(directory)).mode & 0o7777).toBe(0o1777)
})

test('the file has one record per line', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  await insert(store, 'ada')
  await insert(store, 'eve')
  const text = await readFile(join(directory, 'barbell.json'), 'utf8')

  expect(text.split('\n').filter((line) => line.includes('"canonicalName"'))).toHaveLength(2)
  expect(JSON.parse(text)).toMatchObject({ format: 'barbell-store', version: 3, savedAtMs: nowMs })
})

test('F5: changes of the same moment share one write', async () => {
  const directory = await temporaryDirectory()
  let writes = 0
  const countingClock = { nowMs: () => (writes += 1) } // asked once per write, for savedAtMs
  const store = await openLowdbStore({ directory, clock: countingClock })
  onTestFinished(() => store.close())
  expect(writes).toBe(1)
  await Promise.all(Array.from({ length: 200 }, (_, index) => insert(store, `name-${index}`)))

  expect(writes).toBe(2)
  expect(await store.latestAudit(1000)).toHaveLength(200)
})

test('a change that a rule refused, and a use of a key, write nothing', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  const account = accountRecord({ canonicalName: 'ada' })
  const key = keyRecord({ accountId: account.id })
  await store.insertAccount({ account, firstKey: key }, auditRecord())
  await store.noteFirstUse(key.id, nowMs, auditRecord())
  const before = await stat(join(directory, 'barbell.json'))
  await insert(store, 'ada')
  store.noteLaterUse(key.id, nowMs + 60_000)

  expect((await stat(join(directory, 'barbell.json'))).ino).toBe(before.ino)
  expect(await store.latestAudit(10)).toHaveLength(2)
})

test('K12: a last use is on the disk half a minute later', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  const account = accountRecord()
  const key = keyRecord({ accountId: account.id })
  await store.insertAccount({ account, firstKey: key }, auditRecord())
  await store.noteFirstUse(key.id, nowMs, auditRecord())
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  store.noteLaterUse(key.id, nowMs + 60_000)
  vi.advanceTimersByTime(30_000)
  vi.useRealTimers()

  await vi.waitFor(async () => {
    const text = await readFile(join(directory, 'barbell.json'), 'utf8')
    expect(text).toContain(`"lastUsedAtMs":${nowMs + 60_000}`)
  })
})

test('F3: what could not be written is not there, reads go on, and writes do once they can', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  await insert(store, 'ada')
  const mend = await breakFile(directory)

  await expect(insert(store, 'eve')).rejects.toThrow(StoreUnavailable)
  expect(await store.accountByName('eve')).toBeNull()
  expect(await store.accountByName('ada')).not.toBeNull()
  expect(await store.latestAudit(10)).toHaveLength(1)
  await mend()
  expect(await insert(store, 'eve')).toBe('inserted')
  expect(await store.latestAudit(10)).toHaveLength(2)
})

test('F3: a change that depended on a failed one fails with it', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  const mend = await breakFile(directory)
  const outcomes = await Promise.allSettled([insert(store, 'ada'), insert(store, 'ada')])
  await mend()

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await insert(store, 'ada')).toBe('inserted')
})

test.each([
  ['', /is empty/],
  ['\n', /is empty/],
  ['{"format":"barbell-store","version":1,"acc', /is damaged \(not whole JSON\)/],
  ['\0\0\0\0', /is damaged/],
  ['null', /is not a Barbell store/],
  ['[]', /is not a Barbell store/],
  ['{"accounts":[]}', /is not a Barbell store/],
  ['{"format":"barbell-store","version":4}', /was written by a newer server \(version 4/],
  ['{"format":"barbell-store","version":3,"accounts":{}}', /is damaged \(/],
  ['{"format":"barbell-store","version":2,"accounts":{}}', /is damaged \(/],
  ['{"format":"barbell-store","version":1,"accounts":{}}', /is damaged \(/],
])('F4: a file with %j is refused and left as it is', async (text, message) => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'barbell.json')
  await writeFile(path, text)

  await expect(openIn(directory)).rejects.toThrow(message)
  expect(await readFile(path, 'utf8')).toBe(text)
  expect(await readdir(directory)).not.toContain('barbell.json.lock')
})

test('F4: a file cut anywhere is refused', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'barbell.json')
  const store = await openIn(directory)
  await insert(store, 'ada')
  await store.close()
  const text = await readFile(path, 'utf8')
  for (let share = 0; share < 20; share += 1) {
    await writeFile(path, text.slice(0, Math.floor((text.length * share) / 21)))
    await expect(openIn(directory)).rejects.toThrow(StoreRefused)
  }
})

test('F4: a record of a wrong shape, and a name that occurs twice, are refused', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'barbell.json')
  const store = await openIn(directory)
  await insert(store, 'ada')
  await insert(store, 'eve')
  await store.close()
  const text = await readFile(path, 'utf8')

  await writeFile(path, text.replace('"kind":"own"', '"kind":"admin"'))
  await expect(openIn(directory)).rejects.toThrow(/is damaged \(accounts\.0\.kind\)/)
  await writeFile(path, text.replace('"canonicalName":"eve"', '"canonicalName":"ada"'))
  await expect(openIn(directory)).rejects.toThrow(/is damaged \(a username twice\)/)
})

test('F4: a store whose file has vanished is not started as an empty one', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  await insert(store, 'ada')
  await store.close()
  await rm(join(directory, 'barbell.json'))

  await expect(openIn(directory)).rejects.toThrow(/barbell\.json is missing/)
})

test('F6: a symlink in place of the file is refused', async () => {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'elsewhere'), '')
  await symlink(join(directory, 'elsewhere'), join(directory, 'barbell.json'))

  await expect(openIn(directory)).rejects.toThrow(/is not a plain file/)
})

test('F2: a second opener is told that the file is in use, and the first goes on', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)

  await expect(openIn(directory)).rejects.toThrow(/is in use by another server process/)
  expect(await insert(store, 'ada')).toBe('inserted')
})

test('F2: the lock of a killed process is free again within seconds, and its writes are there', async () => {
  const directory = await temporaryDirectory()
  const program = `
    import { openLowdbStore } from '#store/lowdb-store.ts'
    import { accountRecord, auditRecord } from './tests/contract/records.ts'
    const store = await openLowdbStore({ directory: ${JSON.stringify(directory)}, clock: { nowMs: () => Date.now() } })
    await store.insertAccount({ account: accountRecord({ canonicalName: 'ada' }), firstKey: null }, auditRecord())
    process.stdout.write('stored')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')

  const store = await openIn(directory)
  expect(await store.accountByName('ada')).not.toBeNull()
  expect(await store.latestAudit(10)).toHaveLength(1)
})

test('K5: closing an account ends its sessions, leaves its keys, and can be undone', async () => {
  const directory = await temporaryDirectory()
  let store = await openIn(directory)
  const account = accountRecord()
  const key = keyRecord({ accountId: account.id })
  const session = sessionRecord({ accountId: account.id })
  await store.insertAccount({ account, firstKey: key }, auditRecord())
  await store.insertSession({ session, passwordVersion: 1, replaces: null }, auditRecord())
  const close = { accountId: account.id, disabledAtMs: nowMs }
  const open = { accountId: account.id, disabledAtMs: null }

  expect(await store.setAccountDisabled(open, auditRecord())).toBe(false)
  expect(await store.setAccountDisabled(close, auditRecord())).toBe(true)
  expect(await store.setAccountDisabled(close, auditRecord())).toBe(false)
  expect(await store.sessionById(session.id)).toBeNull()
  await store.close()
  store = await openIn(directory)
  expect(await store.accountById(account.id)).toEqual({ ...account, disabledAtMs: nowMs })
  expect(await store.keysOf(account.id)).toEqual([key])
  expect(await store.setAccountDisabled(open, auditRecord())).toBe(true)
  expect(await store.accountById(account.id)).toEqual(account)
  expect(await store.setAccountDisabled({ ...close, accountId: 'nobody' }, auditRecord())).toBe(
    false,
  )
  expect(await store.latestAudit(10)).toHaveLength(4)
})

test('F8: a copy by pages has every record in the order of its making, however often it is begun', async () => {
  const source = await openIn(await temporaryDirectory())
  const target = await openIn(await temporaryDirectory())
  const account = accountRecord({ id: 'Z', disabledAtMs: nowMs })
  const events = ['c', 'a', 'b', 'B'].map((id, index) =>
    auditRecord({ id, accountId: account.id, atMs: nowMs + index }),
  )
  await source.insertAccount({ account, firstKey: null }, auditRecord({ id: 'd', atMs: 1 }))
  for (const [index, event] of events.entries()) {
    const key = keyRecord({ id: event.id, accountId: account.id, createdAtMs: nowMs + index })
    await source.insertKey(key, { maxActive: 9, nowMs }, event)
  }
  const old = signingKeyRecord({ id: 'y', createdAtMs: nowMs })
  await source.insertFirstSigningKey(old, auditRecord({ id: 'e', atMs: nowMs + 9 }))
  const next = signingKeyRecord({ id: 'x', createdAtMs: nowMs - 1 }) // the clock was set back
  await source.rotateSigningKey(
    { next, endsAtMs: nowMs },
    auditRecord({ id: 'f', atMs: nowMs + 9 }),
  )

  expect(await copyTables(source, target, 2)).toBe(14)
  expect(await copyTables(source, target, 10_000)).toBe(0)
  expect(await target.accountByName(account.canonicalName)).toEqual(account)
  expect(await target.keysOf(account.id)).toEqual(await source.keysOf(account.id))
  expect(await target.signingKeys()).toEqual(await source.signingKeys())
  expect(await target.latestAudit(10)).toEqual(await source.latestAudit(10))
  expect(await target.auditOf(account.id, 10)).toEqual(events.toReversed())
  const page = await target.readTable('keys', { afterId: 'B', limit: 2 })
  expect(page.map(({ id }) => id)).toEqual(['a', 'b'])
})

async function copyTables(
  source: PortableStore,
  target: PortableStore,
  limit: number,
): Promise<number> {
  let added = 0
  for (const table of storeTables) {
    let afterId: string | null = null
    for (;;) {
      const page: StoreTables[keyof StoreTables][] = await source.readTable(table, {
        afterId,
        limit,
      })
      added += await target.writeTable(table, page)
      if (page.length < limit) break
      afterId = page.at(-1)?.id ?? null
    }
  }
  return added
}

test('F8: a copied record that another one stands against is refused with its whole page', async () => {
  const store = await openIn(await temporaryDirectory())
  const [free, ada] = [accountRecord(), accountRecord({ canonicalName: 'ada' })]
  await insert(store, 'ada')

  await expect(store.writeTable('accounts', [free, ada])).rejects.toThrow(
    /copy into an empty store/,
  )
  expect(await store.accountById(free.id)).toBeNull()
  expect(await store.writeTable('accounts', [free])).toBe(1)
})

test('F1: an event whose change a crash kept from the file is gone with it', async () => {
  const directory = await temporaryDirectory()
  const file = join(directory, 'barbell.json')
  let store = await openIn(directory)
  await insert(store, 'ada')
  await store.appendAudit(auditRecord())
  const beforeCrash = await readFile(file)
  await insert(store, 'eve')
  await store.close()
  await writeFile(file, beforeCrash) // as if killed after the log was written and before the file was

  store = await openIn(directory)
  expect(await store.latestAudit(10)).toHaveLength(2)
  await insert(store, 'eve')
  await insert(store, 'bob')
  await store.close()
  await writeFile(file, beforeCrash) // two writes back is no crash: somebody put an older file there
  expect(await (await openIn(directory)).latestAudit(10)).toHaveLength(4)
})

test('the version is another one when a look-up answers otherwise, and only then', async () => {
  const store = await openIn(await temporaryDirectory())
  const account = accountRecord()
  const key = keyRecord({ accountId: account.id })
  const { inMemory } = store
  if (inMemory === null) throw new Error('it has its records in memory')
  const answers = (): unknown => [
    inMemory.accountById(account.id),
    inMemory.keyByDigest(key.digest),
  ]
  const event = auditRecord()
  const target = { accountId: account.id, keyId: key.id, nowMs }
  const successor = keyRecord({ accountId: account.id })
  const changes: [string, () => Promise<unknown>][] = [
    ['account', () => store.insertAccount({ account, firstKey: key }, event)],
    ['first use', () => store.noteFirstUse(key.id, nowMs, event)],
    ['hash', () => store.replacePasswordHash(account.id, { from: 'p1:hash', to: 'p1:other' })],
    ['successor', () => store.replaceKey({ ...target, successor, endsAtMs: nowMs + 9000 }, event)],
    ['revocation', () => store.revokeKey(target, event)],
    ['closing', () => store.setAccountDisabled({ accountId: account.id, disabledAtMs: 1 }, event)],
    ['deletion', () => store.deleteAccount({ accountId: account.id, passwordVersion: 1 }, event)],
  ]
  for (const [change, make] of changes) {
    const [before, version] = [answers(), inMemory.version]
    await make()
    expect(answers(), change).not.toEqual(before)
    expect(inMemory.version, change).not.toBe(version)
  }
  const { version } = inMemory
  await store.appendAudit(event)
  await store.keysOf(account.id)
  await store.noteFirstUse(key.id, nowMs, event)
  expect(inMemory.version).toBe(version)
})

test('a later use is found at once, and the version stays: it is noted each minute for each key', async () => {
  const store = await openIn(await temporaryDirectory())
  const account = accountRecord()
  const key = keyRecord({ accountId: account.id })
  await store.insertAccount({ account, firstKey: key }, auditRecord())
  await store.noteFirstUse(key.id, nowMs, auditRecord())
  const version = store.inMemory?.version
  store.noteLaterUse(key.id, nowMs + 60_000)
  expect(store.inMemory?.keyByDigest(key.digest)?.lastUsedAtMs).toBe(nowMs + 60_000)
  expect(store.inMemory?.version).toBe(version)
})

test('a write that fails changes neither version nor answer', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  const account = accountRecord()
  const key = keyRecord({ accountId: account.id })
  await store.insertAccount({ account, firstKey: key }, auditRecord())
  const before = store.inMemory?.version
  const mend = await breakFile(directory)
  await expect(
    store.revokeKey({ accountId: account.id, keyId: key.id, nowMs }, auditRecord()),
  ).rejects.toThrow(StoreUnavailable)
  expect(store.inMemory?.keyByDigest(key.digest)).toEqual(key)
  expect(store.inMemory?.version).toBe(before)
  await mend()
})
