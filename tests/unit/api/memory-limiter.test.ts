import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryLimiter, noLimits } from '#api/memory-limiter.ts'
import type { LimitBearer } from '#auth/limiter.ts'
import { limits } from '#auth/limits.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout'] }))
afterEach(() => vi.useRealTimers())

function limiter(limit: number, windowSeconds = 60, maxKeysPerLimit = 1000) {
  return createMemoryLimiter({ ...limits, api_key: { limit, windowSeconds } }, { maxKeysPerLimit })
}

test('as many calls as the limit says are allowed, and each says what remains', async () => {
  const counting = limiter(2)
  const first = await counting.consume('api_key', 'k')
  expect(first).toEqual({
    name: 'api_key',
    limit: 2,
    remaining: 1,
    windowSeconds: 60,
    retryAfterSeconds: 60,
    allowed: true,
  })
  expect(await counting.consume('api_key', 'k')).toMatchObject({ allowed: true, remaining: 0 })
  expect(await counting.consume('api_key', 'k')).toMatchObject({ allowed: false, remaining: 0 })
})

test('R7: no call has longer to wait than the window is, at whatever fraction of a millisecond', async () => {
  const counting = limiter(10)
  const now = vi.spyOn(performance, 'now')
  for (let i = 0; i < 1000; i += 1) {
    now.mockReturnValue(1_000_000 + i * 0.137_913)
    const { retryAfterSeconds } = await counting.consume('api_key', `key-${i}`)
    expect(retryAfterSeconds).toBe(60)
  }
  now.mockRestore()
})

test('R3: of 200 simultaneous calls exactly as many pass as the limit says', async () => {
  const counting = limiter(10)
  const decisions = await Promise.all(
    Array.from({ length: 200 }, async () => counting.consume('api_key', 'k')),
  )
  expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10)
})

test('R7: a call succeeds again after the time that was stated', async () => {
  const counting = limiter(1, 1)
  await counting.consume('api_key', 'k')
  const refused = await counting.consume('api_key', 'k')
  expect(refused).toMatchObject({ allowed: false, retryAfterSeconds: 1 })
  await vi.advanceTimersByTimeAsync(refused.retryAfterSeconds * 1000)
  expect(await counting.consume('api_key', 'k')).toMatchObject({ allowed: true })
})

test('keys and limits are counted apart', async () => {
  const counting = limiter(1)
  await counting.consume('api_key', 'a')
  expect(await counting.consume('api_key', 'b')).toMatchObject({ allowed: true })
  expect(await counting.consume('api_address', 'a')).toMatchObject({ allowed: true })
})

test('peek decides as consume would and counts nothing', async () => {
  const counting = limiter(1)
  expect(await counting.peek('api_key', 'k')).toMatchObject({ allowed: true, remaining: 1 })
  await counting.consume('api_key', 'k')
  expect(await counting.peek('api_key', 'k')).toMatchObject({ allowed: false, remaining: 0 })
})

test('a reset starts the count anew', async () => {
  const counting = limiter(1)
  await counting.consume('api_key', 'k')
  await counting.reset('api_key', 'k')
  expect(await counting.consume('api_key', 'k')).toMatchObject({ allowed: true })
})

test('R9: a flood of keys makes the oldest go, and does not free one that is used up', async () => {
  const counting = limiter(2, 60, 100)
  await counting.consume('api_key', 'guest')
  for (let i = 0; i < 3; i += 1) await counting.consume('api_key', 'attacker')
  for (let i = 0; i < 200; i += 1) await counting.consume('api_key', `made-up-${i}`)
  expect(await counting.peek('api_key', 'guest')).toMatchObject({ remaining: 2 })
  expect(await counting.peek('api_key', 'attacker')).toMatchObject({ allowed: false })
  expect(await counting.peek('api_key', 'made-up-199')).toMatchObject({ remaining: 1 })
})

test('R9: a used-up key whose window has ended goes before any that is counted', async () => {
  const counting = limiter(2, 1, 2)
  for (let i = 0; i < 3; i += 1) await counting.consume('api_key', 'ended')
  await vi.advanceTimersByTimeAsync(1000)
  await counting.consume('api_key', 'first')
  await counting.consume('api_key', 'second')
  expect(await counting.peek('api_key', 'first')).toMatchObject({ remaining: 1 })
  expect(await counting.peek('api_key', 'second')).toMatchObject({ remaining: 1 })
})

function newBearer(): LimitBearer {
  return { limitCounter: undefined, limitCalls: 0, limitEndsAtMs: 0 }
}

test('a bearer of a key is counted with all others of that key', async () => {
  const counting = limiter(4)
  const [bearer, other] = [newBearer(), newBearer()]
  const remaining: number[] = []
  for (const by of [bearer, undefined, other, bearer]) {
    remaining.push((await counting.consume('api_key', 'k', by)).remaining)
  }
  expect(remaining).toEqual([3, 2, 1, 0])
  for (const by of [bearer, other, undefined]) {
    expect(await counting.consume('api_key', 'k', by)).toMatchObject({ allowed: false })
  }
})

test('a bearer is counted apart under each limit', async () => {
  const counting = limiter(1)
  const bearer = newBearer()
  await counting.consume('api_key', 'k', bearer)
  expect(await counting.consume('api_address', 'k', bearer)).toMatchObject({ allowed: true })
})

test('a bearer that calls two servers is counted by each of them', async () => {
  const [one, other] = [limiter(2), limiter(2)]
  const bearer = newBearer()
  for (const counting of [one, other, one, other]) {
    expect(await counting.consume('api_key', 'k', bearer)).toMatchObject({ allowed: true })
  }
  for (const counting of [one, other]) {
    expect(await counting.consume('api_key', 'k', bearer)).toMatchObject({ allowed: false })
  }
})

test('R7: the window of a bearer ends as it does for all', async () => {
  const counting = limiter(1)
  const bearer = newBearer()
  await counting.consume('api_key', 'k', bearer)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await counting.consume('api_key', 'k')).toMatchObject({ allowed: true })
  expect(await counting.consume('api_key', 'k', bearer)).toMatchObject({ allowed: false })
})

test('a bearer’s count starts anew with a reset', async () => {
  const counting = limiter(3)
  const bearer = newBearer()
  for (let i = 0; i < 2; i += 1) await counting.consume('api_key', 'k', bearer)
  await counting.reset('api_key', 'k')
  expect(await counting.consume('api_key', 'k', bearer)).toMatchObject({ remaining: 2 })
  expect(await counting.consume('api_key', 'k')).toMatchObject({ remaining: 1 })
})

test('R9: a bearer whose count had to make room is counted with all others of its key again', async () => {
  const counting = limiter(5, 60, 1)
  const bearer = newBearer()
  for (let i = 0; i < 3; i += 1) await counting.consume('api_key', 'k', bearer)
  await counting.consume('api_key', 'another')
  expect(await counting.consume('api_key', 'k', bearer)).toMatchObject({ remaining: 4 })
  expect(await counting.consume('api_key', 'k')).toMatchObject({ remaining: 3 })
})

test('a clock that is set back or forward prolongs or ends no window', async () => {
  const counting = limiter(1)
  await counting.consume('api_key', 'k')
  vi.setSystemTime(Date.now() + 3_600_000)
  expect(await counting.consume('api_key', 'k')).toMatchObject({ allowed: false })
  vi.setSystemTime(Date.now() - 7_200_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await counting.consume('api_key', 'k')).toMatchObject({ allowed: true })
})

test('without limits everything passes', async () => {
  for (let i = 0; i < 100; i += 1) {
    expect(await noLimits.consume('login_account', 'k')).toMatchObject({ allowed: true })
  }
})
