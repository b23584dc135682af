import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { refuseWithoutLocks, takeProcessLock } from '#store/process-lock.ts'
import { StoreRefused } from '#store/store.ts'

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'barbell-process-lock-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

/** A process that holds the lock and says so, without a word of warning. */
async function startHolder(path: string): Promise<{ kill: () => Promise<void> }> {
  const program = `
    import { refuseWithoutLocks, takeProcessLock } from '#store/process-lock.ts'
    console.log(await takeProcessLock(${JSON.stringify(path)}) === null ? 'refused' : 'held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const closed = once(child, 'close')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await closed
  }
  onTestFinished(kill)
  for await (const text of child.stdout) {
    said += String(text)
    break
  }
  expect(said).toBe('held\n')
  return { kill }
}

test('F2: the lock is given once in one process, and again when it was let go of', async () => {
  const path = join(await temporaryDirectory(), 'lock')
  const release = await takeProcessLock(path)
  expect(release).not.toBeNull()
  expect(await takeProcessLock(path)).toBeNull()
  expect(await takeProcessLock(path)).toBeNull()
  release?.()

  const again = await takeProcessLock(path)
  expect(again).not.toBeNull()
  again?.()
})

test('F2: another process has it until it is killed, and not a moment longer', async () => {
  const path = join(await temporaryDirectory(), 'lock')
  const holder = await startHolder(path)
  expect(await takeProcessLock(path)).toBeNull()
  expect(await takeProcessLock(path)).toBeNull() // the refused one took nothing away
  await holder.kill()

  const release = await takeProcessLock(path)
  expect(release).not.toBeNull()
  release?.()
})

test('F2: whoever is refused in the process of the holder takes nothing from it', async () => {
  const path = join(await temporaryDirectory(), 'lock')
  const release = await takeProcessLock(path)
  expect(await takeProcessLock(path)).toBeNull()
  await expect(startHolder(path)).rejects.toThrow('refused')
  release?.()
})

test('F6: the file is empty, alone, and for its owner only, whatever the umask', async () => {
  const directory = await temporaryDirectory()
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const path = join(directory, 'lock')
  const release = await takeProcessLock(path)

  const { mode, size } = await stat(path)
  expect([(mode & 0o777).toString(8), size]).toEqual(['600', 0])
  expect(await readdir(directory)).toEqual(['lock'])
  release?.()
  expect(await readdir(directory)).toEqual(['lock'])
  expect((await stat(path)).size).toBe(0)
})

test('F6: what is no lock file is refused with what to do, and left as it is', async () => {
  const directory = await temporaryDirectory()
  const [path, link, folder] = ['lock', 'link', 'folder'].map((name) => join(directory, name))
  const text = 'Somebody else’s notes. '.repeat(50)
  await writeFile(path ?? '', text)
  await symlink(path ?? '', link ?? '')
  await mkdir(folder ?? '')

  await expect(takeProcessLock(path ?? '')).rejects.toThrow(/is not the empty file .* move it away/)
  await expect(takeProcessLock(link ?? '')).rejects.toThrow(StoreRefused)
  await expect(takeProcessLock(folder ?? '')).rejects.toThrow(/is not a plain file/)
  expect(await readFile(path ?? '', 'utf8')).toBe(text)
})

test('F2: a file system without locks is told apart from a lock that is held', async () => {
  const directory = await temporaryDirectory()
  const release = await takeProcessLock(join(directory, 'lock'))
  await refuseWithoutLocks(directory) // somebody holds a lock there, so it has them
  release?.()

  // What SQLite makes of ENOLCK, for every file.
  const alwaysBusy = () => Promise.resolve(null)
  await expect(refuseWithoutLocks(directory, alwaysBusy)).rejects.toThrow(
    /gives no file locks .* network file system/,
  )
  expect(await readdir(directory)).toEqual(['lock'])
})
