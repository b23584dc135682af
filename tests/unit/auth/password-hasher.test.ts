import { expect, onTestFinished, test } from 'vitest'
import { createPasswordHasher } from '#auth/password-hasher.ts'
import { quickHasher, refusalOf } from './start-auth.ts'

test('a hash matches its text only, and says its cost', async () => {
  const hasher = quickHasher()
  const hash = await hasher.hash('text')

  expect(hash).toMatch(/^\$2b\$04\$/)
  expect(await hasher.matches('text', hash)).toBe(true)
  expect(await hasher.matches('test', hash)).toBe(false)
})

test('U7: what does not fit into the queue is refused at once, the rest is done', async () => {
  const hasher = quickHasher({ maxQueue: 4 })
  await hasher.hash('the thread is up')
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => hasher.hash(`text ${index}`)),
  )
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')

  expect(outcomes.length - refused.length).toBeGreaterThanOrEqual(4)
  expect(refused.length).toBeGreaterThan(0)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'overloaded' })
})

/** @see https://github.com/piscinajs/piscina/issues/1031 */
test('U7: while a thread stays busy, no job loses its turn to later ones', async () => {
  const hasher = quickHasher()
  await hasher.hash('the thread is up')
  const clients = 4
  let begun = 0
  let ended = 0
  let mostOvertaking = 0
  const client = async (): Promise<void> => {
    while (begun < 200) {
      const before = begun++
      await hasher.hash('text')
      mostOvertaking = Math.max(mostOvertaking, ended++ - before)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  expect(mostOvertaking).toBeLessThan(clients)
})

/** By processor time, which a busy machine does not lengthen as it does a wait. */
test('U7: 20 hashes of cost 8 leave the event loop free', async () => {
  const hasher = quickHasher({ cost: 8 })
  await hasher.hash('the thread is up')
  const [ofThread, ofProcess] = [process.threadCpuUsage(), process.cpuUsage()]
  await Promise.all(Array.from({ length: 20 }, () => hasher.hash('text')))
  const inThisThread = microseconds(process.threadCpuUsage(ofThread))
  expect(inThisThread / microseconds(process.cpuUsage(ofProcess))).toBeLessThan(0.2)
})

function microseconds({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}

test('U7: a thread that dies fails its job as overloaded and is replaced', async () => {
  const hasher = createPasswordHasher({
    workerUrl: new URL('./dying-worker.ts', import.meta.url),
    threads: 1,
  })
  onTestFinished(() => hasher.close())

  expect((await refusalOf(hasher.hash('die'))).code).toBe('overloaded')
  expect(await hasher.hash('live')).toBe('live')
})

test('a worker that is not where it should be is a fault, not a refusal', async () => {
  const hasher = createPasswordHasher({
    workerUrl: new URL('./no-worker.ts', import.meta.url),
    threads: 1,
  })
  onTestFinished(() => hasher.close())

  await expect(hasher.hash('text')).rejects.toThrow(/no-worker/)
})
