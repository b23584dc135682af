/** Loaded into a process by `--import`: tells whoever started it, at its end, what it has used. */
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const toParent = 3 // the first descriptor after the standard three

if (isMainThread) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage() // kilobytes, microseconds
    const used = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: maxRSS / 1024 }
    writeSync(toParent, JSON.stringify(used))
  })
}
