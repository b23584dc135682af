import { expect, test } from 'vitest'
import { createLoginGuard } from '#auth/login-guard.ts'
import {
  callerFrom,
  clockAt,
  countingHasher,
  password,
  quickHasher,
  refusalOf,
  startAuth,
  windowLimiter,
} from './start-auth.ts'

async function withAda() {
  const hasher = countingHasher(quickHasher())
  const started = await startAuth({ hasher })
  await started.auth.register({ username: 'Ada', password }, callerFrom('192.0.2.1'))
  const wrong = (address: string) =>
    refusalOf(
      started.auth.signIn({ username: 'Ada', password: 'wrong password' }, callerFrom(address)),
    )
  const right = (address: string) =>
    started.auth.signIn({ username: 'Ada', password }, callerFrom(address))
  return { ...started, hasher, wrong, right }
}

test('R2: attempts from 50 addresses share the account’s ten, and the owner gets in afterwards', async () => {
  const { wrong, right, clock, hasher } = await withAda()
  const codes: string[] = []
  for (let address = 0; address < 50; address += 1) {
    codes.push((await wrong(`198.51.100.${address}`)).code)
  }
  expect(codes.filter((code) => code === 'invalid_grant')).toHaveLength(10)
  expect(hasher.compared).toBe(10)
  clock.forward({ seconds: 15 * 60 })
  await right('192.0.2.1')
})

test('R8: while locked, the right password gets the answer of a wrong one', async () => {
  const { wrong, right } = await withAda()
  for (let attempt = 0; attempt < 10; attempt += 1) await wrong('198.51.100.1')

  const [a, b] = [await wrong('198.51.100.1'), await refusalOf(right('198.51.100.1'))]
  expect(a.code).toBe('too_many_requests')
  expect({ code: b.code, facts: b.facts }).toEqual({ code: a.code, facts: a.facts })
})

test('R3: of 200 simultaneous wrong passwords at most ten reach the hash', async () => {
  const { wrong, hasher } = await withAda()
  const attempts = Array.from({ length: 200 }, (_, index) => wrong(`198.51.100.${index}`))
  const codes = (await Promise.all(attempts)).map(({ code }) => code)

  expect(hasher.compared).toBe(10)
  expect(codes.filter((code) => code === 'invalid_grant')).toHaveLength(10)
  expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(190)
})

test('R3: 40 simultaneous sign-ins of the owner all succeed', async () => {
  const { right } = await withAda()
  const sessions = await Promise.all(Array.from({ length: 40 }, () => right('192.0.2.1')))

  expect(new Set(sessions.map(({ session }) => session.id)).size).toBe(40)
})

test('R2: a success starts the account’s count anew, not the address’s', async () => {
  const { wrong, right } = await withAda()
  for (let round = 0; round < 4; round += 1) {
    for (let attempt = 0; attempt < 9; attempt += 1) await wrong('192.0.2.1')
    await right('192.0.2.1')
  }
  for (let attempt = 0; attempt < 9; attempt += 1) await wrong('192.0.2.1')
  await right('192.0.2.1')

  expect((await wrong('192.0.2.1')).facts.limit?.name).toBe('login_address')
})

test('R1: an address that is out of attempts uses up none of another account', async () => {
  const limiter = windowLimiter(clockAt('2026-03-01T12:00:00Z'))
  const guard = createLoginGuard(limiter)
  const wrong = () => Promise.resolve({ right: false })
  for (let index = 0; index < 50; index += 1) {
    await guard.attempt({ name: `name-${index}`, address: '198.51.100.1' }, wrong)
  }
  await refusalOf(guard.attempt({ name: 'ada', address: '198.51.100.1' }, wrong))

  expect((await limiter.peek('login_account', 'ada')).remaining).toBe(10)
})

test('R2: at most 100 failures in a row are compared in a day', async () => {
  const clock = clockAt('2026-03-01T00:00:00Z')
  const guard = createLoginGuard(windowLimiter(clock))
  let compared = 0
  const wrong = () => {
    compared += 1
    return Promise.resolve({ right: false })
  }
  for (let window = 0; window < 80; window += 1) {
    for (let attempt = 0; attempt < 11; attempt += 1) {
      const who = { name: 'ada', address: `address-${window}` }
      await guard.attempt(who, wrong).catch(() => undefined)
    }
    clock.forward({ seconds: 15 * 60 })
  }
  expect(compared).toBe(100)
})

test('E3: when the limiter fails nothing is compared', async () => {
  const broken = () => Promise.reject(new Error('limiter gone'))
  const guard = createLoginGuard({ consume: broken, peek: broken, reset: broken })
  let compared = 0
  const attempt = guard.attempt({ name: 'ada', address: '192.0.2.1' }, () => {
    compared += 1
    return Promise.resolve({ right: true })
  })
  await expect(attempt).rejects.toThrow('limiter gone')
  expect(compared).toBe(0)
})

test('a failed comparison leaves nobody waiting', async () => {
  const guard = createLoginGuard(windowLimiter(clockAt('2026-03-01T12:00:00Z')))
  const who = (index: number) => ({ name: 'ada', address: `address-${index}` })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 15 }, (_, index) =>
      guard.attempt(who(index), async () => {
        await Promise.resolve()
        throw new Error('hash worker gone')
      }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(15)
})
