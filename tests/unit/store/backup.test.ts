import { execFileSync } from 'node:child_process'
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type BackupSummary, checkBackup, makeBackup, restoreBackup } from '#store/backup.ts'
import { writeBackupFile } from '#store/backup-file.ts'
import { addToRing, newestGoodBackup, startRing } from '#store/backup-ring.ts'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { type PortableStore, StoreRefused } from '#store/store.ts'
import { accountRecord, auditRecord, keyRecord, nowMs } from '../../contract/records.ts'

const clock = { nowMs: () => nowMs }
const dayMs = 24 * 60 * 60 * 1000

interface Place {
  directory: string
  to: string
}

/** A data folder, and the name of a backup outside it. */
async function place(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'barbell-backup-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const directory = join(root, 'data')
  await mkdir(directory)
  return { directory, to: join(root, 'a.backup') }
}

async function openIn(directory: string): Promise<PortableStore> {
  const store = await openLowdbStore({ directory, clock })
  onTestFinished(() => store.close())
  return store
}

function insert(store: PortableStore, name: string): Promise<'inserted' | 'taken'> {
  const account = accountRecord({ id: `id of ${name}`, canonicalName: name })
  const event = auditRecord({ id: `event of ${name}`, accountId: account.id })
  return store.insertAccount({ account, firstKey: null }, event)
}

/** A closed store with one account and secrets, and a backup of it all. */
async function backedUp(): Promise<Place> {
  const at = await place()
  const store = await openIn(at.directory)
  await insert(store, 'ada')
  await store.close()
  await writeFile(join(at.directory, 'secrets.json'), 'secrets of then', { mode: 0o600 })
  await makeBackup({ ...at, clock })
  return at
}

describe('a backup', () => {
  test('F7: brings an empty disk back: records, log and secrets, for their owner only', async () => {
    const { directory, to } = await backedUp()
    await rm(directory, { recursive: true })
    const restored = await restoreBackup({ from: to, directory, clock })

    expect(restored).toEqual({
      madeAtMs: nowMs,
      restored: ['secrets.json', 'audit.jsonl', 'barbell.json'],
      keptAside: null,
    })
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o777, name).toBe(0o600)
    }
    expect((await stat(to)).mode & 0o777).toBe(0o600)
    expect(await readFile(join(directory, 'secrets.json'), 'utf8')).toBe('secrets of then')
    const store = await openIn(directory)
    expect(await store.accountByName('ada')).not.toBeNull()
    expect(await store.latestAudit(9)).toHaveLength(1)
  })

  test('F7: is consistent while the server writes: each account has its event, each event its account', async () => {
    const { directory, to } = await place()
    const store = await openIn(directory)
    await insert(store, 'first')
    const stop = new AbortController()
    const writing = (async () => {
      for (let index = 0; !stop.signal.aborted; index += 1) await insert(store, `name-${index}`)
    })()
    const copies = Array.from({ length: 10 }, (_, index) => `${to}-${index}`)
    for (const copy of copies) await makeBackup({ directory, to: copy, clock })
    stop.abort()
    await writing

    const there = await place()
    await writeFile(join(there.directory, 'secrets.json'), '')
    for (const from of copies) {
      await restoreBackup({ from, directory: there.directory, clock: { nowMs: () => Date.now() } })
      const copy = await openIn(there.directory)
      const accounts = await copy.readTable('accounts', { afterId: null, limit: 10_000 })
      const events = await copy.readTable('audit', { afterId: null, limit: 10_000 })
      await copy.close()
      expect(events.map(({ accountId }) => accountId).sort()).toEqual(accounts.map(({ id }) => id))
    }
  })

  test('F7: K11: a key that was revoked after the backup is as it was then, and the summary tells when', async () => {
    const { directory, to } = await place()
    const account = accountRecord()
    const key = keyRecord({ accountId: account.id })
    const store = await openIn(directory)
    await store.insertAccount({ account, firstKey: key }, auditRecord())
    await writeFile(join(directory, 'secrets.json'), '')
    await makeBackup({ directory, to, clock })
    await store.revokeKey({ accountId: account.id, keyId: key.id, nowMs }, auditRecord())
    await store.close()
    const { madeAtMs } = await restoreBackup({ from: to, directory, clock })

    expect(madeAtMs).toBe(nowMs)
    expect(await (await openIn(directory)).keyByDigest(key.digest)).toEqual(key)
  })

  test('keeps what it replaces in a folder of its own', async () => {
    const { directory, to } = await backedUp()
    const store = await openIn(directory)
    await insert(store, 'eve')
    await store.close()
    const before = await readFile(join(directory, 'barbell.json'), 'utf8')
    const { keptAside } = await restoreBackup({ from: to, directory, clock })

    expect(keptAside).toMatch(/replaced-20260301T120000000Z$/)
    expect((await readdir(keptAside ?? '')).sort()).toEqual([
      'audit.jsonl',
      'barbell.json',
      'secrets.json',
    ])
    expect(await readFile(join(keptAside ?? '', 'barbell.json'), 'utf8')).toBe(before)
    expect(await (await openIn(directory)).accountByName('eve')).toBeNull()
  })

  test('F2: is not restored under a running server, which goes on', async () => {
    const { directory, to } = await backedUp()
    const store = await openIn(directory)

    await expect(restoreBackup({ from: to, directory, clock })).rejects.toThrow(
      /stop it first\. Nothing was restored/,
    )
    expect(await insert(store, 'eve')).toBe('inserted')
  })

  test('F8: interrupted, a restore keeps the server from starting until it is run again', async () => {
    const { directory, to } = await backedUp()
    await mkdir(join(directory, 'restoring'))
    await writeFile(join(directory, 'restoring', 'barbell.json'), 'half')

    await expect(openIn(directory)).rejects.toThrow(/run that restore again/)
    await restoreBackup({ from: to, directory, clock })
    expect(await (await openIn(directory)).accountByName('ada')).not.toBeNull()
  })

  test('without secrets is refused where there are none', async () => {
    const { directory, to } = await backedUp()
    const records = `${to}-records`
    await makeBackup({ directory, to: records, clock, what: 'records' })
    const empty = (await place()).directory

    await expect(restoreBackup({ from: records, directory: empty, clock })).rejects.toThrow(
      /holds no secrets/,
    )
    expect(await readdir(empty)).toEqual(['process.lock'])
    await writeFile(join(empty, 'secrets.json'), 'kept')
    await restoreBackup({ from: records, directory: empty, clock })
    expect(await readFile(join(empty, 'secrets.json'), 'utf8')).toBe('kept')
  })

  test('of the secrets alone holds nothing else', async () => {
    const { directory, to } = await backedUp()
    const made = await makeBackup({ directory, to: `${to}-secrets`, clock, what: 'secrets' })

    expect(made.files).toEqual([{ name: 'secrets.json', bytes: 15 }])
    expect((await checkBackup(made.path)).files).toEqual(made.files)
  })

  test('is not made of nothing, of damaged records, or over something', async () => {
    const { directory, to } = await place()
    await expect(makeBackup({ directory, to, clock })).rejects.toThrow(/nothing to back up/)
    await writeFile(join(directory, 'barbell.json'), '{"format":"barb')
    await expect(makeBackup({ directory, to, clock })).rejects.toThrow(/is damaged/)
    const { directory: good } = await backedUp()
    await writeFile(to, 'something')
    await expect(makeBackup({ directory: good, to, clock })).rejects.toThrow(/exists already/)
    await expect(makeBackup({ directory: good, to: `${to}/none`, clock })).rejects.toThrow(
      /cannot be written/,
    )
    expect(await readFile(to, 'utf8')).toBe('something')
  })

  test('F6: takes no file that a symlink stands for', async () => {
    const { directory, to } = await backedUp()
    await rm(join(directory, 'secrets.json'))
    await symlink(to, join(directory, 'secrets.json'))

    await expect(makeBackup({ directory, to: `${to}-2`, clock })).rejects.toThrow(/ELOOP/)
  })
})

const damages: [string, (backup: Buffer) => Buffer, RegExp][] = [
  ['empty', () => Buffer.alloc(0), /is damaged/],
  ['something else', () => Buffer.from('hello'), /is damaged/],
  ['another gzip file', () => gzipSync('hello\n'), /is not a backup of Barbell/],
  ['cut short', (backup) => backup.subarray(0, backup.length - 20), /is damaged/],
  ['changed', (backup) => repack(backup, (text) => text.replace('"ada"', '"eve"')), /is damaged/],
  ['longer', (backup) => repack(backup, (text) => `${text}more`), /is damaged/],
  ['newer', (backup) => repack(backup, (text) => text.replace(':1,', ':2,')), /another version/],
  [
    'of a path',
    (backup) => repack(backup, (text) => text.replace('secrets.json', '../escape.x')),
    /is not a backup of Barbell/,
  ],
]

function repack(backup: Buffer, change: (text: string) => string): Buffer {
  return gzipSync(change(gunzipSync(backup).toString('latin1')))
}

test.each(damages)('F4: a backup that is %s is refused, and nothing changes', async (...damage) => {
  const [, harm, message] = damage
  const { directory, to } = await backedUp()
  await writeFile(to, harm(await readFile(to)))
  const before = await readdir(directory)

  await expect(restoreBackup({ from: to, directory, clock })).rejects.toThrow(message)
  await expect(restoreBackup({ from: `${to}-none`, directory, clock })).rejects.toThrow(
    StoreRefused,
  )
  expect(await readdir(directory)).toEqual(before)
})

test('F4: a backup that comes through a pipe is refused before a byte of it is taken, and nothing changes', async () => {
  const { directory, to } = await backedUp()
  const before = await readdir(directory)
  const pipe = `${to}-pipe`
  execFileSync('mkfifo', [pipe])

  await expect(restoreBackup({ from: pipe, directory, clock })).rejects.toThrow(
    /-pipe is no file that can be read twice: .* Nothing was changed\.$/,
  )
  expect(await readdir(directory)).toEqual(before)
})

test('F7: a file that gets shorter while it is packed is told, and leaves no backup', async () => {
  const { directory, to } = await place()
  const read = async function* (): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from('half'))
  }
  const parts = [{ name: 'audit.jsonl', bytes: 8, read }] as const
  const packed = writeBackupFile(to, { madeAtMs: nowMs, parts })
  await expect(packed).rejects.toThrow(StoreRefused)
  await expect(packed).rejects.toThrow(/changed while .* once more\. Nothing was written\.$/)
  expect(await readdir(dirname(directory))).toEqual(['data'])
})

describe('the ring', () => {
  test('F7: F6: keeps the newest backups, for their owner only, and the last one is the best', async () => {
    const { directory } = await backedUp()
    const umask = process.umask(0)
    onTestFinished(() => void process.umask(umask))
    for (let day = 0; day < 9; day += 1) {
      await addToRing({ directory, clock: { nowMs: () => nowMs + day * dayMs }, kept: 3 })
    }
    const folder = join(directory, 'backups')

    expect((await readdir(folder)).sort()).toEqual([
      'barbell-20260307T120000000Z.backup',
      'barbell-20260308T120000000Z.backup',
      'barbell-20260309T120000000Z.backup',
    ])
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect((await newestGoodBackup(directory))?.madeAtMs).toBe(nowMs + 8 * dayMs)
  })

  test('F4: a damaged store takes no place in it, and its good backups stay', async () => {
    const { directory } = await backedUp()
    await addToRing({ directory, clock, kept: 1 })
    await truncate(join(directory, 'barbell.json'), 100)

    await expect(
      addToRing({ directory, clock: { nowMs: () => nowMs + 1 }, kept: 1 }),
    ).rejects.toThrow(/is damaged/)
    expect(await readdir(join(directory, 'backups'))).toHaveLength(1)
  })

  test('F4: a bad store is refused with the newest good backup, which brings it back', async () => {
    const { directory } = await backedUp()
    const good = await addToRing({ directory, clock })
    const bad = await addToRing({ directory, clock: { nowMs: () => nowMs + 1 } })
    await truncate(bad.path, 100)
    await writeFile(join(directory, 'barbell.json'), '')

    await expect(openIn(directory)).rejects.toThrow(`npm run barbell -- restore ${good.path}`)
    const { keptAside } = await restoreBackup({ from: good.path, directory, clock })
    expect(await readFile(join(keptAside ?? '', 'barbell.json'), 'utf8')).toBe('')
    expect(await (await openIn(directory)).accountByName('ada')).not.toBeNull()
  })

  test('F8: has the file as it was before a newer server gave it another shape', async () => {
    const { directory } = await place()
    const text = JSON.stringify({
      format: 'barbell-store',
      version: 2,
      savedAtMs: nowMs,
      accounts: [],
      keys: [],
      sessions: [],
      signingKeys: [],
    })
    await writeFile(join(directory, 'barbell.json'), text)
    await (await openIn(directory)).close()
    await (await openIn(directory)).close()
    const [name = '', ...others] = await readdir(join(directory, 'backups'))

    expect(others).toEqual([])
    expect(gunzipSync(await readFile(join(directory, 'backups', name))).toString()).toContain(text)
  })

  test('F7: goes on after a clock that was far ahead is put right', async () => {
    const { directory } = await backedUp()
    const ahead = { nowMs: () => nowMs + 1000 * dayMs }
    const tooNew = await addToRing({ directory, clock: ahead, kept: 2 })
    let time = nowMs
    const told: unknown[] = []
    const ring = { directory, clock: { nowMs: () => time }, kept: 2 }
    const tell = (outcome: BackupSummary | Error) => {
      told.push(outcome instanceof Error ? outcome.message : outcome.path)
    }
    for (const day of [0, 1, 2]) {
      time = nowMs + day * dayMs
      await startRing({ ...ring, tell })()
      await startRing({ ...ring, tell })() // the same day: there is one
      expect(told).toHaveLength(day + 1)
    }
    const left = await readdir(join(directory, 'backups'))
    expect(left.map((name) => join(directory, 'backups', name)).sort()).toEqual(told.slice(1))
    expect(left).not.toContain(basename(tooNew.path))
  })

  test('F7: a server adds to it when a day is over, at its start too, and tells', async () => {
    const { directory } = await backedUp()
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    let time = nowMs
    const told: (number | string)[] = []
    const stop = startRing({
      directory,
      clock: { nowMs: () => time },
      tell: (outcome) => told.push(outcome instanceof Error ? outcome.message : outcome.madeAtMs),
    })
    await vi.waitFor(() => expect(told).toEqual([nowMs]))
    vi.advanceTimersByTime(60 * 60 * 1000)
    time += dayMs
    vi.advanceTimersByTime(60 * 60 * 1000)
    await vi.waitFor(() => expect(told).toEqual([nowMs, nowMs + dayMs]))
    await rm(join(directory, 'barbell.json'))
    time += dayMs
    vi.advanceTimersByTime(60 * 60 * 1000)
    await vi.waitFor(() => expect(told[2]).toMatch(/nothing to back up/))
    await stop()
  })
})

test('F3: a folder where nothing can be written is refused with what to do', async () => {
  const { directory } = await place()
  await writeFile(join(directory, 'file'), '')
  await expect(openIn(join(directory, 'file', 'data'))).rejects.toThrow(
    /must be able to write there/,
  )
})
