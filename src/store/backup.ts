import { constants } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  backedUpNames,
  type BackedUpName,
  type BackupHead,
  type BackupPart,
  type BackupSink,
  readBackupFile,
  writeBackupFile,
} from './backup-file.ts'
import { auditBytesOf } from './audit-log.ts'
import { directoryMode, lockFile, prepareDirectory, StoreInUse } from './data-directory.ts'
import { fileMode, nullIfMissing, syncDirectory } from './durable-file.ts'
import { StoreRefused } from './store.ts'
import { parseStoreFile } from './store-file.ts'
import { fileCopyMark } from './unfinished-copy.ts'

/** Stands in the data folder while a restore is under way. A server does not start beside it. */
export const restoringName = 'restoring'

/** What went into a backup. */
export interface BackupSummary {
  path: string
  madeAtMs: number
  files: { name: BackedUpName; bytes: number }[]
}

/** What a restore did. */
export interface RestoreSummary {
  /** When the backup was made. */
  madeAtMs: number
  restored: BackedUpName[]
  /** The folder with what was replaced; null if there was nothing. */
  keptAside: string | null
}

/**
 * Packs what is in a data folder into one file, for the owner only. A server may go on writing meanwhile, in
 * this process or another: the tables are as after one write, and the audit log ends with that write.
 *
 * `everything` is enough to start anew on an empty disk, so it holds the secrets too: keep it as safe as the
 * server. `records` leaves them out: a backup beside the secrets needs them not, and whoever gets hold of it can
 * neither check guesses nor sign tokens. `secrets` is for servers whose records are in PostgreSQL.
 * @param options.to must not exist yet
 * @throws {StoreRefused} if there is nothing to back up, if the records are damaged, or if `to` exists
 */
export async function makeBackup(options: {
  directory: string
  to: string
  clock: { nowMs(): number }
  what?: 'everything' | 'records' | 'secrets'
}): Promise<BackupSummary> {
  const { directory, to, clock, what = 'everything' } = options
  await using files = new AsyncDisposableStack()
  const parts: BackupPart[] = []
  if (what !== 'records') parts.push(...(await secretsPart(directory, files)))
  if (what !== 'secrets') parts.push(...(await recordParts(directory, files)))
  if (parts.length === 0) {
    throw new StoreRefused(`${directory} holds nothing to back up. Nothing was written.`)
  }
  const madeAtMs = clock.nowMs()
  await writeBackupFile(to, { madeAtMs, parts })
  return { path: to, madeAtMs, files: parts.map(({ name, bytes }) => ({ name, bytes })) }
}

/**
 * Reads a backup whole and checks it, without changing anything.
 * @throws {StoreRefused} if a restore would refuse it
 */
export async function checkBackup(path: string): Promise<BackupHead> {
  const pieces: Buffer[] = []
  const head = await readBackupFile(path, (name) => ({
    write: (piece) => {
      if (name === 'barbell.json') pieces.push(piece)
      return Promise.resolve()
    },
    end: () => Promise.resolve(),
  }))
  if (head.files.some(({ name }) => name === 'barbell.json')) {
    parseStoreFile(Buffer.concat(pieces).toString('utf8'), `barbell.json in ${path}`)
  }
  return head
}

/**
 * Puts the files of a backup into a data folder, after the whole backup was checked. What is replaced is kept in
 * a folder of its own. Interrupted, it can be run again; no server starts in between.
 * @throws {StoreRefused} if a server uses the folder, if the backup is bad, or if the folder would have records
 * without the secrets that they need
 */
export async function restoreBackup(options: {
  from: string
  directory: string
  clock: { nowMs(): number }
}): Promise<RestoreSummary> {
  const { from, directory, clock } = options
  const { madeAtMs, files } = await checkBackup(from)
  await prepareDirectory(directory)
  await using undo = new AsyncDisposableStack()
  const release = await lockFile(join(directory, 'barbell.json'), () => undefined).catch(
    (error: unknown) => {
      throw error instanceof StoreInUse ? new StoreRefused(serverRuns(directory)) : error
    },
  )
  undo.defer(release)
  const names = backedUpNames.filter((name) => files.some((file) => file.name === name))
  await refuseWithoutSecrets(directory, { from, names })
  await stage(from, directory).catch(async (error: unknown) => {
    await rm(join(directory, restoringName), { recursive: true, force: true })
    throw error
  })
  const aside = join(directory, `replaced-${stampOf(clock.nowMs())}`)
  const replaced = await keepAside({ directory, aside, names })
  for (const name of names)
    await rename(join(directory, restoringName, name), join(directory, name))
  if (names.includes('barbell.json')) await fileCopyMark(directory).remove() // it is whole again
  await syncDirectory(directory)
  await rm(join(directory, restoringName), { recursive: true })
  await syncDirectory(directory)
  return { madeAtMs, restored: names, keptAside: replaced ? aside : null }
}

/**
 * @throws {StoreRefused} if a restore was interrupted in this folder
 */
export async function refuseHalfRestored(directory: string): Promise<void> {
  const path = join(directory, restoringName)
  if ((await lstat(path).catch(nullIfMissing)) === null) return
  throw new StoreRefused(
    `${path} was left by a restore that was interrupted: run that restore again. Nothing was started.`,
  )
}

/** A moment as part of a file's name: names sort as the moments do. */
export function stampOf(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:.]/g, '')
}

async function secretsPart(directory: string, files: AsyncDisposableStack): Promise<BackupPart[]> {
  const file = await openPart(directory, 'secrets.json', files)
  return file === null ? [] : [partOf('secrets.json', file, (await file.stat()).size)]
}

/** The tables first: whatever the log says of later writes is cut off by the write that they are of. */
async function recordParts(directory: string, files: AsyncDisposableStack): Promise<BackupPart[]> {
  const store = await openPart(directory, 'barbell.json', files)
  if (store === null) return []
  const bytes = await store.readFile()
  const { tables } = parseStoreFile(bytes.toString('utf8'), join(directory, 'barbell.json'))
  const parts = [partOf('barbell.json', store, bytes.length)]
  const audit = await openPart(directory, 'audit.jsonl', files)
  if (audit !== null)
    parts.unshift(partOf('audit.jsonl', audit, await auditBytesOf(audit, tables.writes)))
  return parts
}

async function openPart(
  directory: string,
  name: BackedUpName,
  files: AsyncDisposableStack,
): Promise<FileHandle | null> {
  const path = join(directory, name)
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(nullIfMissing)
  if (file !== null) files.defer(() => file.close())
  return file
}

function partOf(name: BackedUpName, file: FileHandle, bytes: number): BackupPart {
  return { name, bytes, read: () => piecesOf(file, bytes) }
}

async function* piecesOf(file: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes;) {
    const piece = Buffer.alloc(Math.min(bytes - at, 256 * 1024))
    const { bytesRead } = await file.read(piece, 0, piece.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}

async function refuseWithoutSecrets(
  directory: string,
  backup: { from: string; names: readonly BackedUpName[] },
): Promise<void> {
  if (backup.names.includes('secrets.json')) return
  if ((await lstat(join(directory, 'secrets.json')).catch(nullIfMissing)) !== null) return
  throw new StoreRefused(
    `${backup.from} holds no secrets, and ${directory} has none: no password and no key would be known. Put the secrets.json of that time there first, or use a backup made by command. Nothing was restored.`,
  )
}

async function stage(from: string, directory: string): Promise<void> {
  const staging = join(directory, restoringName)
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { mode: directoryMode })
  await syncDirectory(directory)
  await readBackupFile(from, async (name) =>
    sinkInto(await open(join(staging, name), 'wx', fileMode)),
  )
  await syncDirectory(staging)
}

function sinkInto(file: FileHandle): BackupSink {
  return {
    write: (piece) => file.writeFile(piece), // goes on where the last one ended
    end: async () => {
      await file.chmod(fileMode)
      await file.sync()
      await file.close()
    },
  }
}

function serverRuns(directory: string): string {
  return `A server uses ${directory}: stop it first. Nothing was restored.`
}

/** A second name for each file that is about to be replaced. @returns whether there was one */
async function keepAside(what: {
  directory: string
  aside: string
  names: readonly BackedUpName[]
}): Promise<boolean> {
  const { directory, aside, names } = what
  await mkdir(aside, { mode: directoryMode })
  let kept = 0
  for (const name of names) {
    const isThere = (await lstat(join(directory, name)).catch(nullIfMissing)) !== null
    if (!isThere) continue
    await link(join(directory, name), join(aside, name))
    kept += 1
  }
  await syncDirectory(aside)
  if (kept === 0) await rm(aside, { recursive: true })
  return kept > 0
}
