import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lock } from 'proper-lockfile'
import { nullIfMissing, syncDirectory } from './durable-file.ts'
import { processLockName, refuseWithoutLocks, takeProcessLock } from './process-lock.ts'
import { StoreRefused } from './store.ts'

/** Folders are for their owner only, whatever the umask. */
export const directoryMode = 0o700
const lockRefreshMs = 1000
const lockStaleMs = 5000
/**
 * A directory that a killed process left is free after `lockStaleMs`, and a second later if it was killed in its first
 * one, for which the time is set ahead: a restart waits that long, not longer.
 */
const lockAttempts = 29
const lockAttemptMs = 250
const processLockAttempts = 61 // a server that ends gets six seconds for it
const processLockAttemptMs = 100

/**
 * Makes the data directory, or takes away what others may do in it.
 * @throws {StoreRefused} if it is no directory, or a shared one such as /tmp
 */
export async function prepareDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(nullIfMissing)
  if (found === null) {
    await mkdir(path, { recursive: true, mode: directoryMode })
    await chmod(path, directoryMode)
    await syncDirectory(dirname(path))
    return
  }
  if (!found.isDirectory())
    throw new StoreRefused(`${path} is not a directory. Nothing was started.`)
  const isShared = (found.mode & 0o1000) !== 0 // the sticky bit: chmod would break it for others
  if (isShared) {
    throw new StoreRefused(
      `${path} is shared with other users: choose a directory of its own. Nothing was started.`,
    )
  }
  await chmod(path, directoryMode)
}

/** Another living process holds the lock. The message is for a server; a command has other ways out. */
export class StoreInUse extends StoreRefused {
  readonly file: string

  constructor(file: string, options?: ErrorOptions) {
    super(
      `${file} is in use by another server process: stop that one, or give this one its own BARBELL_DATA_DIR (several servers on one store need PostgreSQL). Nothing was started.`,
      options,
    )
    this.file = file
  }
}

/**
 * Takes the lock that keeps a second process away from `file`: the kernel's, and inside of it a directory whose time
 * is set anew every second. The kernel's knows at once whether a process lives, and decides between any number that
 * come at the same moment; the directory is for machines that share a folder and not their locks.
 * @param onLost called if another process took it: then nothing may be written any more
 * @returns lets go of the lock, or of what is left of it
 * @throws {StoreInUse} if a living process holds it
 * @throws {StoreRefused} if the file system gives no locks
 */
export async function lockFile(
  file: string,
  onLost: (error: Error) => void,
): Promise<() => Promise<void>> {
  await using undo = new AsyncDisposableStack()
  undo.defer(await waitForProcessLock(file))
  undo.defer(await lockDirectory(file, onLost))
  const held = undo.move()
  return () => held.disposeAsync()
}

async function waitForProcessLock(file: string): Promise<() => void> {
  const path = join(dirname(file), processLockName)
  for (let attempt = 1; attempt <= processLockAttempts; attempt += 1) {
    const release = await takeProcessLock(path)
    if (release !== null) return release
    await sleep(processLockAttemptMs)
  }
  await refuseWithoutLocks(dirname(file))
  throw new StoreInUse(file)
}

async function lockDirectory(
  file: string,
  onLost: (error: Error) => void,
): Promise<() => Promise<void>> {
  const lockfilePath = `${file}.lock`
  let isLost = false
  const release = await lock(file, {
    lockfilePath,
    realpath: false,
    stale: lockStaleMs,
    update: lockRefreshMs,
    retries: {
      retries: lockAttempts - 1,
      factor: 1,
      minTimeout: lockAttemptMs,
      maxTimeout: lockAttemptMs,
    },
    onCompromised: (error) => {
      isLost = true
      onLost(error)
    },
  }).catch((error: unknown) => {
    throw isLocked(error) ? new StoreInUse(file, { cause: error }) : error
  })
  await chmod(lockfilePath, directoryMode)
  return () => (isLost ? Promise.resolve() : release())
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED'
}
