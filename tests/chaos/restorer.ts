/** A process that restores a backup, to be killed while it does: `node tests/chaos/restorer.ts FOLDER BACKUP`. */
import { writeSync } from 'node:fs'
import { restoreBackup } from '#store/backup.ts'

const [directory = '', from = ''] = process.argv.slice(2)
writeSync(1, 'begun\n')
await restoreBackup({ from, directory, clock: { nowMs: () => Date.now() } })
