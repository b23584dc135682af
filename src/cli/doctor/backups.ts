import { join } from 'node:path'
import { refuseHalfRestored } from '#store/backup.ts'
import { backupsName, newestGoodBackup, ringSize } from '#store/backup-ring.ts'
import { refuseHalfCopiedFolder } from '#store/unfinished-copy.ts'
import { about, type Finding, reasonOf } from './finding.ts'

/** Whether a restore, and a copy from a database, came to their end. */
export async function checkRestore(dataDir: string): Promise<Finding[]> {
  try {
    await refuseHalfRestored(dataDir)
    await refuseHalfCopiedFolder(dataDir)
    return []
  } catch (error) {
    return [about('store').mend(reasonOf(error))]
  }
}

/** A server makes one a day, and tries again every hour where it could not. */
const longestGapMs = 2 * 24 * 60 * 60 * 1000 // two days

/** From when the newest good backup is that the server made by itself. */
export async function checkRing(dataDir: string, nowMs: number): Promise<Finding> {
  const { ok, note, mend } = about('backups')
  const newest = await newestGoodBackup(dataDir)
  if (newest !== null) {
    const which = `the newest is ${newest.path}, of ${new Date(newest.madeAtMs).toISOString()}`
    if (nowMs - newest.madeAtMs <= longestGapMs) return ok(which)
    return note(`${which}: if a server has run since, its log says why it made no other.`)
  }
  const bad = await ringSize(dataDir)
  if (bad === 0) return note('there is none yet: a server makes one a day while it runs.')
  return mend(
    `none of the ${bad} in ${join(dataDir, backupsName)} can be restored: check the disk, move them away, and make one elsewhere with "backup FILE".`,
  )
}
