import { openLowdbStore } from '#store/lowdb-store.ts'
import { type Experiment, outcomeOf, temporaryFolder } from './experiment.ts'
import { startWriter } from './writer-process.ts'

const longestWaitMs = 8000 // the lock of a dead process is stale after five seconds
const clock = { nowMs: () => Date.now() }

/** Two processes on one store, and one after another that was killed. */
export const twoProcesses: Experiment = {
  name: 'two-processes',
  claim:
    'a second process is refused and the first goes on; the lock of a killed one is known as stale',
  async run({ onProgress }) {
    await using folder = await temporaryFolder()
    const directory = folder.path
    const writer = startWriter({ directory, prefix: 'first', lanes: 1 })
    await writer.acknowledgement()
    onProgress('a second process tries to open the store')
    const refusal = await openLowdbStore({ directory, clock }).then(
      (store) => store.close().then(() => 'it was let in'),
      (error: unknown) => String(error),
    )
    await writer.acknowledgement()
    await writer.kill()
    onProgress('the first process is killed, a third one waits for its lock')
    const killedAt = performance.now()
    const store = await openLowdbStore({ directory, clock })
    const waitedMs = performance.now() - killedAt
    await store.close()
    const wrong: string[] = []
    if (!refusal.includes('is in use by another server process')) wrong.push(refusal)
    if (waitedMs > longestWaitMs) wrong.push(`the dead process's lock was held for ${waitedMs} ms`)
    return outcomeOf(wrong, `opened ${(waitedMs / 1000).toFixed(1)} s after the kill`)
  },
}
