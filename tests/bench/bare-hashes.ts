/** A thread that does nothing but compare a password with its bcrypt hash, for as long as it is told. */
import { parentPort, workerData } from 'node:worker_threads'
import { compareSync, hashSync } from 'bcryptjs'

/** What the thread reports in the end. */
export interface BareHashes {
  hashes: number
  seconds: number
  cpuSeconds: number
}

const { cost, seconds } = workerData as { cost: number; seconds: number }
const text = 'p'.repeat(64) // as long as what the product hashes
const hash = hashSync(text, cost)

const startedAtMs = performance.now()
const secondsGone = (): number => (performance.now() - startedAtMs) / 1000
const cpuBefore = process.threadCpuUsage()
let hashes = 0
while (secondsGone() < seconds) {
  compareSync(text, hash)
  hashes += 1
}
const { user, system } = process.threadCpuUsage(cpuBefore)
const report: BareHashes = { hashes, seconds: secondsGone(), cpuSeconds: (user + system) / 1e6 }
parentPort?.postMessage(report)
