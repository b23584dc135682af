import { setTimeout as sleep } from 'node:timers/promises'
import { openLowdbStore } from '#store/lowdb-store.ts'
import { type Experiment, outcomeOf, temporaryFolder } from './experiment.ts'
import { checkLife, readWorld, strangersIn } from './life.ts'
import { removeLock, startWriter, type WriterProcess } from './writer-process.ts'

const starterCount = 8
const refusal = 'is in use by another server process'
const longestWaitMs = 8000 // the lock of a dead process is stale after five seconds, or six
const clock = { nowMs: () => Date.now() }

/** Two processes on one store, and many after one that was killed. */
export const twoProcesses: Experiment = {
  name: 'two-processes',
  claim:
    'a second process is refused and the first goes on; of many that find the lock of a killed one, one gets it and all promises hold',
  async run({ onProgress }) {
    await using folder = await temporaryFolder()
    const directory = folder.path
    const first = startWriter({ directory, prefix: 'first', lanes: 1 })
    await first.acknowledgement()
    onProgress('a second process tries to open the store')
    const answer = await openLowdbStore({ directory, clock }).then(
      (store) => store.close().then(() => 'it was let in'),
      (error: unknown) => String(error),
    )
    await first.acknowledgement()
    await first.kill()
    onProgress(`the first process is killed, ${starterCount} others want its lock`)
    const killedAt = performance.now()
    const starters = Array.from({ length: starterCount }, (_, index) =>
      startWriter({ directory, prefix: `starter-${index}`, lanes: 1 }),
    )
    const waitedMs = await Promise.any(starters.map((starter) => starter.acknowledgement())).then(
      () => performance.now() - killedAt,
    )
    const wrong = await complaintsOfAllButOne(starters)
    await Promise.all(starters.map((starter) => starter.kill()))
    await removeLock(directory)
    wrong.push(...(await differences(directory, [first, ...starters])))
    if (!answer.includes(refusal)) wrong.push(answer)
    if (waitedMs > longestWaitMs) wrong.push(`the dead process's lock was held for ${waitedMs} ms`)
    return outcomeOf(wrong, `opened ${(waitedMs / 1000).toFixed(1)} s after the kill, by one`)
  },
}

/** Resolves when all of them were refused but the last. @returns in words, who ended for another reason */
async function complaintsOfAllButOne(starters: readonly WriterProcess[]): Promise<string[]> {
  const complaints: string[] = []
  const { promise, resolve } = Promise.withResolvers<undefined>()
  for (const starter of starters) {
    void starter.ended().then((complaint) => {
      complaints.push(complaint)
      if (complaints.length === starters.length - 1) resolve(undefined)
    })
  }
  const tooLong = sleep(2 * longestWaitMs, 'too long', { ref: false })
  const isLong = (await Promise.race([promise, tooLong])) !== undefined
  const wrong = complaints.filter((complaint) => !complaint.includes(refusal))
  return isLong
    ? [`of ${starters.length} starters ${complaints.length} were refused`, ...wrong]
    : wrong
}

/** In words, where the store does not hold what the processes were promised. */
async function differences(
  directory: string,
  writers: readonly WriterProcess[],
): Promise<string[]> {
  const known = new Map(writers.flatMap((writer) => [...writer.lives()]))
  const store = await openLowdbStore({ directory, clock })
  const world = await readWorld(store)
  await store.close()
  const lives = [...known].map(([id, life]) => checkLife(world, id, life))
  return [...strangersIn(world, known), ...lives.filter((life) => typeof life === 'string')]
}
