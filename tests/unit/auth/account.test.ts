import { expect, test } from 'vitest'
import { callerFrom, password, refusalOf, startAuth } from './start-auth.ts'

test('U12: a fresh store has no account', async () => {
  const { store } = await startAuth()
  for (const name of ['admin', 'root', 'barbell', 'test']) {
    expect(await store.accountByName(name)).toBeNull()
  }
})

test('all faults of a registration are told at once, by field', async () => {
  const { auth } = await startAuth()
  const input = { username: 'a:b', password: 'short' }
  const refusal = await refusalOf(auth.register(input, callerFrom('192.0.2.1')))

  expect(refusal.code).toBe('validation_failed')
  expect(refusal.facts.fields?.map(({ field }) => field)).toEqual(['username', 'password'])
})

test('U9: of 20 simultaneous registrations of one name, in any case, one succeeds', async () => {
  const { auth } = await startAuth()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      auth.register(
        { username: index % 2 === 0 ? 'Ada' : 'ada', password },
        callerFrom('192.0.2.1'),
      ),
    ),
  )
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(19)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'username_taken' })
})

test('I4: names of object members are ordinary names', async () => {
  const { auth } = await startAuth()
  for (const username of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    const login = auth.signIn({ username, password }, callerFrom('192.0.2.1'))
    expect((await refusalOf(login)).code).toBe('invalid_grant')
    await auth.register({ username, password }, callerFrom('192.0.2.1'))
    await auth.signIn({ username, password }, callerFrom('192.0.2.1'))
  }
  const proto = auth.signIn({ username: '__proto__', password }, callerFrom('192.0.2.1'))
  expect((await refusalOf(proto)).code).toBe('invalid_grant')
})

test('U10, R1: an address registers 20 accounts in an hour', async () => {
  const { auth, clock } = await startAuth()
  const register = (index: number) =>
    auth.register({ username: `ada-${index}`, password }, callerFrom('192.0.2.1'))
  for (let index = 0; index < 20; index += 1) await register(index)

  expect(await refusalOf(register(20))).toMatchObject({
    code: 'too_many_requests',
    facts: { limit: { name: 'register_address', limit: 20, windowSeconds: 3600 } },
  })
  clock.forward({ hours: 1 })
  await register(20)
})

test('L1: what was typed as a username is in no event', async () => {
  const { auth, store } = await startAuth()
  const canary = 'my secret typed too early'
  await refusalOf(auth.signIn({ username: canary, password }, callerFrom('192.0.2.1')))

  const events = await store.latestAudit(10)
  expect(events[0]).toMatchObject({ action: 'signed_in', outcome: 'refused', accountId: null })
  expect(JSON.stringify(events)).not.toContain(canary)
})

test('L2: a user agent with line breaks stays one line, and is cut', async () => {
  const { auth, store } = await startAuth()
  const userAgent = `a\r\nb\u2028c\u001b${'x'.repeat(500)}`
  await auth.register({ username: 'Ada', password }, { ...callerFrom('192.0.2.1'), userAgent })

  const [event] = await store.latestAudit(1)
  expect(event?.userAgent).toMatch(/^a\uFFFD\uFFFDb\uFFFDc\uFFFDx+$/)
  expect(event?.userAgent).toHaveLength(256)
})

test('a name is free until somebody has it, in whatever case', async () => {
  const { auth } = await startAuth()
  const caller = callerFrom('192.0.2.1')
  expect(await auth.isNameFree('Ada', caller)).toBe(true)
  await auth.register({ username: 'ada', password }, caller)
  expect(await auth.isNameFree('Ada', caller)).toBe(false)
  expect(await auth.isNameFree('Bea', caller)).toBe(true)
})

test('a name that nobody can have is told so, and costs nothing', async () => {
  const { auth } = await startAuth()
  const caller = callerFrom('192.0.2.1')
  for (let round = 0; round < 30; round += 1) {
    for (const username of ['a:b', 'sandbox-abc']) {
      const { code, facts } = await refusalOf(auth.isNameFree(username, caller))
      expect([code, facts.fields?.[0]?.field]).toEqual(['validation_failed', 'username'])
    }
  }
  await auth.register({ username: 'ada', password }, caller)
})

test('U10: asking for names and registering them draw on the same 20 an hour', async () => {
  const { auth, clock } = await startAuth()
  const caller = callerFrom('192.0.2.1')
  for (let index = 0; index < 10; index += 1) {
    await auth.isNameFree(`ada-${index}`, caller)
    await auth.register({ username: `ada-${index}`, password }, caller)
  }
  const refused = [
    auth.isNameFree('ada-0', caller),
    auth.register({ username: 'bea', password }, caller),
  ]
  for (const call of refused) {
    expect(await refusalOf(call)).toMatchObject({
      code: 'too_many_requests',
      facts: { limit: { name: 'register_address' } },
    })
  }
  clock.forward({ hours: 1 })
  expect(await auth.isNameFree('bea', caller)).toBe(true)
})
