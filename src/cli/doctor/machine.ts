import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { ownFiles } from './folder.ts'
import { about, type Finding } from './finding.ts'

const mebibyte = 1024 * 1024
const leastFreeBytes = 256 * mebibyte
/** A write stands beside the file that it replaces, and the backups beside both. */
const freeTimesStore = 10
/** Records of two nodes may be a minute apart. */
const clockToleranceMs = 60 * 1000

/** Whether the disk has room for the store to grow. */
export async function checkDisk(dataDir: string): Promise<Finding[]> {
  const { ok, mend } = about('disk space')
  const disk = await statfs(dataDir).catch(() => null)
  if (disk === null) return []
  const freeBytes = disk.bavail * disk.bsize
  const neededBytes = Math.max(leastFreeBytes, freeTimesStore * (await storeBytes(dataDir)))
  const free = `${Math.floor(freeBytes / mebibyte)} MiB are free where ${dataDir} is`
  if (freeBytes >= neededBytes) return [ok(free)]
  const needed = Math.ceil(neededBytes / mebibyte)
  return [mend(`${free}, and ${needed} MiB ought to be: make room before writes are refused.`)]
}

/**
 * Whether the clock goes right, as far as that can be seen from here: nothing that is stored may be of the future.
 * @param newestMs the newest moment that is stored; null where nothing is
 */
export function checkClock(nowMs: number, newestMs: number | null): Finding {
  const { ok, mend } = about('clock')
  const now = new Date(nowMs).toISOString()
  if (newestMs === null || newestMs <= nowMs + clockToleranceMs) return ok(`it is ${now}`)
  const behind = Math.round((newestMs - nowMs) / 1000)
  return mend(
    `it is ${now} here, ${behind} s before what was stored last: set the clock, and let it be kept right by NTP. Tokens and limits go by it.`,
  )
}

/** Whether the clocks of this machine and of the database agree. */
export function checkClocks(nowMs: number, databaseMs: number): Finding {
  const { ok, mend } = about('clock')
  const apart = Math.round(Math.abs(nowMs - databaseMs) / 1000)
  const text = `it is ${new Date(nowMs).toISOString()}, ${apart} s from the database's`
  if (apart * 1000 <= clockToleranceMs) return ok(text)
  return mend(`${text}: set both clocks, and let them be kept right by NTP. Tokens go by them.`)
}

async function storeBytes(dataDir: string): Promise<number> {
  const sizes = ownFiles.map((name) =>
    stat(join(dataDir, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
