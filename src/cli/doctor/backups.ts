import { refuseHalfRestored } from '#store/backup.ts'
import { newestGoodBackup } from '#store/backup-ring.ts'
import { about, type Finding, reasonOf } from './finding.ts'

/** Whether a restore came to its end. */
export async function checkRestore(dataDir: string): Promise<Finding[]> {
  try {
    await refuseHalfRestored(dataDir)
    return []
  } catch (error) {
    return [about('store').mend(reasonOf(error))]
  }
}

/** From when the newest backup is that the server made by itself. */
export async function checkRing(dataDir: string): Promise<Finding> {
  const { ok, note } = about('backups')
  const newest = await newestGoodBackup(dataDir)
  if (newest === null) return note('there is none yet: a server makes one a day while it runs.')
  return ok(`the newest is ${newest.path}, of ${new Date(newest.madeAtMs).toISOString()}`)
}
