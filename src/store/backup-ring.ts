import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackupSummary, checkBackup, makeBackup, stampOf } from './backup.ts'
import { directoryMode } from './data-directory.ts'
import { nullIfMissing, removeLeftovers, syncDirectory } from './durable-file.ts'
import { StoreRefused } from './store.ts'

/** Where the server keeps its own backups in the data folder. */
export const backupsName = 'backups'

/** How many of them stay, where nothing else is said: a week of days. */
export const backupsKept = 7

const nameShape = /^barbell-\d{8}T\d{9}Z\.backup$/
const dayMs = 24 * 60 * 60 * 1000
const lookEveryMs = 60 * 60 * 1000 // an hour: what failed is tried again then

/**
 * Adds a backup of the records to the ring, and then removes the oldest beyond `kept`: never before the new one
 * is on the disk. The secrets stand beside the ring and need no second place there.
 * @throws {StoreRefused} if the records are damaged, so that the good backups stay
 */
export async function addToRing(ring: {
  directory: string
  clock: { nowMs(): number }
  kept?: number
}): Promise<BackupSummary> {
  const { directory, clock, kept = backupsKept } = ring
  const folder = join(directory, backupsName)
  await mkdir(folder, { mode: directoryMode }).catch(nothingIfThere)
  await syncDirectory(directory)
  await removeLeftovers(folder, (name) => nameShape.test(name))
  const to = join(folder, nameAt(clock.nowMs()))
  const made = await makeBackup({ directory, to, clock, what: 'records' })
  const { past, future } = parted(await namesIn(directory), made.madeAtMs)
  for (const name of [...past, ...future].slice(kept)) await rm(join(folder, name))
  await syncDirectory(folder)
  return made
}

/** How many backups there are in the ring, good or not. */
export async function ringSize(directory: string): Promise<number> {
  return (await namesIn(directory)).length
}

/** The newest backup of the ring that a restore would take. */
export async function newestGoodBackup(
  directory: string,
): Promise<{ path: string; madeAtMs: number } | null> {
  for (const name of await namesIn(directory)) {
    const path = join(directory, backupsName, name)
    try {
      const { madeAtMs } = await checkBackup(path)
      return { path, madeAtMs }
    } catch (error) {
      if (!(error instanceof StoreRefused)) throw error
    }
  }
  return null
}

/**
 * Backs up the records every day while a server runs, and at its start if the last backup is older than that.
 * @param ring.tell learns of every backup, and of every one that failed
 * @returns ends it, after the backup that is under way
 */
export function startRing(ring: {
  directory: string
  clock: { nowMs(): number }
  kept?: number
  tell: (outcome: BackupSummary | Error) => void
}): () => Promise<void> {
  let underWay = Promise.resolve()
  const look = (): void => {
    underWay = underWay
      .then(async () => {
        if (await isDue(ring)) ring.tell(await addToRing(ring))
      })
      .catch((error: unknown) => {
        ring.tell(error instanceof Error ? error : new Error(String(error)))
      })
  }
  look()
  const timer = setInterval(look, lookEveryMs).unref()
  return async () => {
    clearInterval(timer)
    await underWay
  }
}

async function isDue(ring: { directory: string; clock: { nowMs(): number } }): Promise<boolean> {
  const nowMs = ring.clock.nowMs()
  const [newest] = parted(await namesIn(ring.directory), nowMs).past
  return newest === undefined || newest <= nameAt(nowMs - dayMs)
}

/** A clock that was far ahead has made names of the future: they neither put off a backup nor push one out. */
function parted(names: readonly string[], nowMs: number): { past: string[]; future: string[] } {
  const now = nameAt(nowMs)
  return { past: names.filter((name) => name <= now), future: names.filter((name) => name > now) }
}

function nameAt(ms: number): string {
  return `barbell-${stampOf(ms)}.backup`
}

/** The newest first. */
async function namesIn(directory: string): Promise<string[]> {
  const names = (await readdir(join(directory, backupsName)).catch(nullIfMissing)) ?? []
  return names
    .filter((name) => nameShape.test(name))
    .sort()
    .reverse()
}

function nothingIfThere(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined
  throw error
}
