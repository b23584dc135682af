/** Loaded into a process by `--import`: tells whoever started it, at its end, the most memory that it had in RAM. */
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const toParent = 3 // the first descriptor after the standard three

if (isMainThread) {
  process.on('exit', () => {
    writeSync(toParent, String(process.resourceUsage().maxRSS)) // kilobytes
  })
}
