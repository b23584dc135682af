import { closeSync, constants, openSync } from 'node:fs'
import { access, chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileMode, isOwnFile, temporaryPath } from './durable-file.ts'
import { StoreRefused } from './store.ts'

/** Its name in the data folder. It stays there, empty, also while nobody holds it. */
export const processLockName = 'process.lock'

const sqliteBusy = 5
const sqliteNotADatabase = 26
const primaryCode = 0xff // the rest of a result code says more of the same

/**
 * Takes the lock of a file from the kernel, which gives it to one process and takes it back when that process ends,
 * however it ends. Node has no call for it, but SQLite has: a transaction that is exclusive and never ends.
 *
 * Nothing else in this process may open the file: POSIX drops the locks of a process when it closes any descriptor
 * of it.
 * @returns lets go of it; null if it is held, by another process or in this one
 * @throws {StoreRefused} if the file is not one that this function made
 */
export async function takeProcessLock(path: string): Promise<(() => void) | null> {
  await makeLockFile(path)
  const holder = openEmpty(path)
  try {
    holder.exec('PRAGMA journal_mode = MEMORY') // no second file
    holder.exec('BEGIN EXCLUSIVE')
    return () => holder.close()
  } catch (error) {
    holder.close()
    if (codeOf(error) === sqliteBusy) return null
    throw explained(error, path)
  }
}

/**
 * Whether somebody holds the lock. Changes nothing, and keeps nobody from taking it for longer than a moment.
 * @throws {StoreRefused} if the file is not one that `takeProcessLock` made
 */
export async function isProcessLockHeld(path: string): Promise<boolean> {
  if (!(await isOwnFile(path))) return false
  const looker = openEmpty(path, { readOnly: true })
  try {
    looker.exec('SELECT * FROM sqlite_schema') // reading wants a shared lock
    return false
  } catch (error) {
    if (codeOf(error) === sqliteBusy) return true
    throw explained(error, path)
  } finally {
    looker.close()
  }
}

/**
 * SQLite says that a lock is held also where the kernel has none to give (ENOLCK), as on NFS without its lock service.
 * A new file, which nobody can hold, tells the two apart.
 * @param take for tests
 * @throws {StoreRefused} if there are no locks on the file system of the directory
 */
export async function refuseWithoutLocks(directory: string, take = takeProcessLock): Promise<void> {
  const path = temporaryPath(join(directory, processLockName))
  try {
    const release = await take(path)
    release?.()
    if (release !== null) return
  } finally {
    await rm(path, { force: true })
  }
  throw new StoreRefused(
    `The file system of ${directory} gives no file locks (ENOLCK), so nothing keeps two servers apart: on a network file system turn on its locks (for NFS its lock service), or set BARBELL_DATA_DIR to a folder on a local disk. Nothing was started.`,
  )
}

async function makeLockFile(path: string): Promise<void> {
  if (!(await isOwnFile(path))) createEmpty(path)
  await chmod(path, fileMode)
  await access(path, constants.R_OK | constants.W_OK) // says what is wrong better than SQLite does
}

/** Closes the descriptor before anybody in this process can have locked the new file. */
function createEmpty(path: string): void {
  try {
    closeSync(openSync(path, 'wx', fileMode))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

function openEmpty(path: string, options: { readOnly?: boolean } = {}): DatabaseSync {
  try {
    return new DatabaseSync(path, options)
  } catch (error) {
    throw explained(error, path)
  }
}

function explained(error: unknown, path: string): unknown {
  const code = codeOf(error)
  if (code === null) return error
  const why =
    code === sqliteNotADatabase
      ? 'is not the empty file that a server makes: move it away.'
      : `cannot be locked (${String(error)}): the data folder must be on a file system that has file locks.`
  return new StoreRefused(`${path} ${why} Nothing was started.`, { cause: error })
}

/** SQLite's own code of what went wrong; null if it was something else. */
function codeOf(error: unknown): number | null {
  if (!(error instanceof Error && 'errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode & primaryCode : null
}
