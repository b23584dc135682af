import { expect, test } from 'vitest'
import { RecordCache } from '#store/postgres-cache.ts'

interface Row {
  id: string
  accountId: string
}

/** A cache over one row that the test changes, with a clock that stands still. */
function withRow(options: { maxEntries?: number } = {}) {
  const clock = { nowMs: 0 }
  const cache = new RecordCache({ nowMs: () => clock.nowMs, ...options })
  const medium: { row: Row | null; reads: number } = {
    row: { id: 'k', accountId: 'ada' },
    reads: 0,
  }
  const load = () => {
    medium.reads += 1
    return Promise.resolve(medium.row)
  }
  const read = (lookup = 'key:k') => cache.through(lookup, load, ({ accountId }) => accountId)
  return { cache, clock, medium, read }
}

test('nothing is remembered while nobody tells of changes', async () => {
  const { cache, medium, read } = withRow()
  await read()
  await read()
  expect(medium.reads).toBe(2)

  cache.serve(true)
  await read()
  await read()
  expect(medium.reads).toBe(3)
  cache.serve(false)
  await read()
  await read()
  expect(medium.reads).toBe(5)
})

test('K11: what was read is answered for 3 s, counted from before it was read', async () => {
  const { cache, clock, medium, read } = withRow()
  cache.serve(true)
  await read()
  clock.nowMs = 2999
  medium.row = null
  expect(await read()).toEqual({ id: 'k', accountId: 'ada' })
  clock.nowMs = 3000
  expect(await read()).toBeNull()
})

test('what is not there is looked for again each time', async () => {
  const { cache, medium, read } = withRow()
  cache.serve(true)
  medium.row = null
  expect(await read()).toBeNull()
  medium.row = { id: 'k', accountId: 'ada' }
  expect(await read()).toEqual(medium.row)
})

test('K11: a change of an account is seen at once, and leaves others as they are', async () => {
  const { cache, medium, read } = withRow()
  cache.serve(true)
  await read('key:k')
  await read('session:s')
  medium.row = { id: 'k', accountId: 'eve' }
  await read('key:eve')
  expect(medium.reads).toBe(3)

  cache.forget('ada')
  await read('key:k')
  await read('session:s')
  expect(medium.reads).toBe(5)
  await read('key:eve')
  expect(medium.reads).toBe(5)
  cache.forgetAll()
  await read('key:eve')
  expect(medium.reads).toBe(6)
})

test('K11: what was read before a change is not remembered after it, whosever the change was', async () => {
  const { cache, medium } = withRow()
  cache.serve(true)
  const { promise, resolve } = Promise.withResolvers<Row>()
  const slow = cache.through(
    'key:k',
    () => promise,
    ({ accountId }) => accountId,
  )
  cache.forget('ada')
  resolve({ id: 'k', accountId: 'ada' })
  expect(await slow).toEqual({ id: 'k', accountId: 'ada' })

  const load = () => Promise.resolve(medium.row)
  medium.row = null
  expect(await cache.through('key:k', load, ({ accountId }) => accountId)).toBeNull()
})

test('R9: no more is remembered than there is room for, and the oldest goes first', async () => {
  const { cache, medium, read } = withRow({ maxEntries: 100 })
  cache.serve(true)
  for (let index = 0; index < 1000; index += 1) await read(`key:${index}`)
  expect(cache.size).toBe(100)
  const reads = medium.reads
  await read('key:999')
  await read('key:900')
  expect(medium.reads).toBe(reads)
  await read('key:899')
  expect(medium.reads).toBe(reads + 1)
})
