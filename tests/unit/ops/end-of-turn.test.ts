import { expect, test } from 'vitest'
import { atEndOfTurn } from '#ops/end-of-turn.ts'

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Jobs that note their numbers when they are done. */
function numbered() {
  const done: number[] = []
  return { done, ask: (number: number) => atEndOfTurn(() => done.push(number)) }
}

test('what is asked for is done when the turn ends, in its order', async () => {
  const { done, ask } = numbered()
  ask(1)
  await Promise.resolve()
  ask(2)
  expect(done).toEqual([])
  await turnOver()
  expect(done).toEqual([1, 2])
})

test('nothing waits for more than 63 others', async () => {
  const { done, ask } = numbered()
  const numbers = Array.from({ length: 65 }, (_, index) => index)
  for (const number of numbers) ask(number)
  expect(done).toEqual(numbers.slice(0, 64))
  await turnOver()
  expect(done).toEqual(numbers)
})

test('what a job asks for is done in the next turn', async () => {
  const { done, ask } = numbered()
  atEndOfTurn(() => ask(1))
  await turnOver()
  expect(done).toEqual([])
  await turnOver()
  expect(done).toEqual([1])
})

test('a job that fails ends the process like any other fault, and the next turn is no worse for it', async () => {
  const { done, ask } = numbered()
  const failed = new Promise((resolve) => process.once('uncaughtException', resolve))
  atEndOfTurn(() => {
    throw new Error('from a job')
  })
  await expect(failed).resolves.toMatchObject({ message: 'from a job' })
  ask(1)
  await turnOver()
  expect(done).toEqual([1])
})
