import { expect, test } from 'vitest'
import { callerFrom, password, refusalOf, startAuth } from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

async function withAda() {
  const started = await startAuth()
  const account = await started.auth.register({ username: 'Ada', password }, caller)
  const signIn = (address: string) =>
    started.auth.signIn({ username: 'Ada', password }, callerFrom(address))
  return { ...started, account, signIn }
}

test('U14: sessions that go on are listed, newest first, with where they were opened', async () => {
  const { auth, clock, account, signIn } = await withAda()
  await signIn('192.0.2.1')
  clock.forward({ seconds: 20 * 60 })
  const second = await signIn('192.0.2.2')
  const third = await signIn('192.0.2.3')
  expect(await auth.listSessions(account.id)).toHaveLength(3)
  clock.forward({ seconds: 10 * 60 })

  const sessions = await auth.listSessions(account.id)
  expect(sessions).toEqual([third.session, second.session])
  expect(sessions[0]).toMatchObject({ address: '192.0.2.3', userAgent: 'vitest' })
})

test('U14: ending all others ends them for all their tokens, and this one goes on', async () => {
  const { auth, account, signIn } = await withAda()
  const [here, ...others] = [
    await signIn('192.0.2.1'),
    await signIn('192.0.2.2'),
    await signIn('192.0.2.3'),
  ]

  expect(await auth.endOtherSessions(account.id, here.session.id, caller)).toBe(2)
  expect(await auth.endOtherSessions(account.id, here.session.id, caller)).toBe(0)
  for (const { token } of others) {
    expect((await refusalOf(auth.checkToken(token))).code).toBe('invalid_token')
  }
  await auth.checkToken(here.token)
})

test('K6: nobody ends the sessions of another account', async () => {
  const { auth, signIn } = await withAda()
  const eve = await auth.register({ username: 'Eve', password }, caller)
  const { session, token } = await signIn('192.0.2.1')
  await auth.endSession(eve.id, session.id, caller)

  expect(await auth.endOtherSessions(eve.id, session.id, caller)).toBe(0)
  await auth.checkToken(token)
})

test('L3: an account sees its own events, newest first, and no others', async () => {
  const { auth, clock, account, signIn } = await withAda()
  await auth.register({ username: 'Eve', password }, caller)
  clock.forward({ seconds: 1 })
  await refusalOf(
    auth.signIn({ username: 'Ada', password: 'wrong password' }, callerFrom('198.51.100.1')),
  )
  await signIn('192.0.2.2')
  const atMs = clock.nowMs()

  expect(await auth.recentActivity(account.id, 100)).toEqual([
    { atMs, action: 'signed_in', ok: true, address: '192.0.2.2' },
    { atMs, action: 'signed_in', ok: false, address: '198.51.100.1' },
    { atMs: atMs - 1000, action: 'account_registered', ok: true, address: '192.0.2.1' },
  ])
  expect(await auth.recentActivity(account.id, 1)).toHaveLength(1)
})
