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
import { type Store, StoreRefused, StoreUnavailable } from '#store/store.ts'
import { accountRecord, auditRecord, keyRecord, nowMs } from '../../contract/records.ts'

const clock = { nowMs: () => nowMs }

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-lowdb-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

async function openIn(directory: string): Promise<Store> {
  const store = await openLowdbStore({ directory, clock })
  onTestFinished(() => store.close())
  return store
}

function insert(store: Store, name: string): Promise<'inserted' | 'taken'> {
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
  expect(JSON.parse(text)).toMatchObject({ format: 'barbell-store', version: 2, savedAtMs: nowMs })
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
  await store.touchKey(key.id, nowMs, auditRecord())
  const before = await stat(join(directory, 'barbell.json'))
  await insert(store, 'ada')
  await store.touchKey(key.id, nowMs + 60_000, auditRecord())

  expect((await stat(join(directory, 'barbell.json'))).ino).toBe(before.ino)
  expect(await store.latestAudit(10)).toHaveLength(2)
})

test('K12: a last use is on the disk half a minute later', async () => {
  const directory = await temporaryDirectory()
  const store = await openIn(directory)
  const account = accountRecord()
  const key = keyRecord({ accountId: account.id })
  await store.insertAccount({ account, firstKey: key }, auditRecord())
  await store.touchKey(key.id, nowMs, auditRecord())
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  await store.touchKey(key.id, nowMs + 60_000, auditRecord())
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
  ['{"format":"barbell-store","version":3}', /was written by a newer server \(version 3/],
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
