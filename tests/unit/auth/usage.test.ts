import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type UsageBearer, UsageCounter, type UsageSubject, noUsage } from '#auth/usage.ts'
import { StoreUnavailable, type UsageRecord, type UsageStore } from '#store/store.ts'
import { clockAt } from './start-auth.ts'

const named = { accountId: 'account-1', id: 'key-1' }
const token = { accountId: 'account-1', id: null }
const noon = Date.parse('2026-03-01T12:00:00Z')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Keeps what it is given, and can be out of order. */
function started() {
  const written: (readonly UsageRecord[])[] = []
  const medium = { works: true }
  const store: UsageStore = {
    addUsage(records) {
      if (!medium.works) return Promise.reject(new StoreUnavailable('full'))
      written.push(records)
      return Promise.resolve()
    },
    usageOf: () => Promise.resolve([]),
    sweepUsage: () => Promise.resolve(),
  }
  const clock = clockAt('2026-03-01T12:30:00Z')
  return { usage: new UsageCounter({ store, clock }), written, medium, clock }
}

describe.each([
  ['a key by its names', (): UsageSubject => ({ ...named })],
  [
    'a key that bears its count',
    (): UsageBearer => ({ ...named, ...noUsage, usageSpan: undefined }),
  ],
])('%s:', (_, newKey) => {
  let key: UsageSubject | UsageBearer
  beforeEach(() => void (key = newKey()))

  test('a thousand calls are one write, a minute after the first', async () => {
    const { usage, written } = started()
    for (let calls = 0; calls < 1000; calls += 1) usage.count(key, 200)
    await vi.advanceTimersByTimeAsync(59_999)
    expect(written).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    const counts = { accepted: 1000, refused: 0, limited: 0, failed: 0 }
    expect(written).toEqual([[{ accountId: 'account-1', keyId: 'key-1', hourMs: noon, counts }]])
    await vi.advanceTimersByTimeAsync(600_000)
    expect(written).toHaveLength(1)
  })

  test('calls are told apart by key, token, hour and answer', async () => {
    const { usage, clock } = started()
    for (const status of [200, 204, 304, 401, 404, 429, 500, 503]) usage.count(key, status)
    usage.count(token, 200)
    clock.forward({ hours: 1 })
    usage.count(key, 200)
    const records = await usage.usageOf('account-1', 0)
    expect(
      records.map(({ keyId, hourMs, counts }) => [keyId, hourMs - noon, Object.values(counts)]),
    ).toEqual([
      ['key-1', 0, [3, 2, 1, 2]],
      [null, 0, [1, 0, 0, 0]],
      ['key-1', 3_600_000, [1, 0, 0, 0]],
    ])
    expect(await usage.usageOf('account-2', 0)).toEqual([])
    expect(await usage.usageOf('account-1', noon + 1)).toHaveLength(1)
  })

  test('no call of a subject is counted into what was written, nor into another hour', async () => {
    const { usage, written, clock } = started()
    for (let write = 0; write < 2; write += 1) {
      usage.count(key, 200)
      usage.count({ ...named }, 200)
      await vi.advanceTimersByTimeAsync(60_000)
    }
    usage.count(key, 200)
    clock.forward({ hours: 1 })
    usage.count(key, 200)
    clock.forward({ hours: -1 })
    usage.count(key, 200)
    await usage.close()
    expect(
      written.map((records) =>
        records.map(({ hourMs, counts }) => [hourMs - noon, counts.accepted]),
      ),
    ).toEqual([
      [[0, 2]],
      [[0, 2]],
      [
        [0, 2],
        [3_600_000, 1],
      ],
    ])
  })

  test('what cannot be written is counted on, and written when that works again', async () => {
    const { usage, written, medium } = started()
    medium.works = false
    usage.count(key, 200)
    await vi.advanceTimersByTimeAsync(60_000)
    usage.count(key, 200)
    medium.works = true
    await vi.advanceTimersByTimeAsync(60_000)
    expect(written.map((records) => records.map(({ counts }) => counts.accepted))).toEqual([[2]])
  })

  test('a key that goes on calling is counted anew after each write', async () => {
    const { usage, written } = started()
    for (const calls of [1, 2, 3]) {
      for (let call = 0; call < calls; call += 1) usage.count(key, 200)
      await vi.advanceTimersByTimeAsync(60_000)
    }
    expect(written.map(([record]) => record?.counts.accepted)).toEqual([1, 2, 3])
  })

  test('one key is counted as one, in whichever objects its calls name it', async () => {
    const { usage } = started()
    for (const subject of [key, { ...named }, key, { ...named }]) usage.count(subject, 200)
    const records = await usage.usageOf('account-1', 0)
    expect(records.map(({ counts }) => counts.accepted)).toEqual([4])
  })

  test('what was told of the usage does not change with a later call', async () => {
    const { usage } = started()
    usage.count(key, 200)
    const told = await usage.usageOf('account-1', 0)
    usage.count(key, 200)
    const counts = { accepted: 1, refused: 0, limited: 0, failed: 0 }
    expect(told).toStrictEqual([{ accountId: 'account-1', keyId: 'key-1', hourMs: noon, counts }])
  })

  test('closing writes what is not written yet', async () => {
    const { usage, written } = started()
    usage.count(key, 200)
    await usage.close()
    await usage.close()
    expect(written).toHaveLength(1)
  })
})

test('it holds 20,000 keys, and counts on for those', async () => {
  const { usage, written } = started()
  for (let number = 0; number < 20_010; number += 1) {
    usage.count({ accountId: 'account-1', id: `key-${number}` }, 200)
  }
  usage.count({ accountId: 'account-1', id: 'key-0' }, 200)
  await usage.close()
  expect(written[0]).toHaveLength(20_000)
  expect(written[0]?.[0]?.counts.accepted).toBe(2)
})
