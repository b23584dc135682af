import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { createAuth } from '#auth/create-auth.ts'
import {
  callerFrom,
  countingHasher,
  password,
  quickHasher,
  refusalOf,
  startAuth,
  systemRandom,
  testSettings,
  windowLimiter,
} from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

async function withAda(given: Parameters<typeof startAuth>[0] = {}) {
  const started = await startAuth(given)
  const account = await started.auth.register({ username: 'Ada', password }, caller)
  return { ...started, account }
}

test('the right password signs in, under the name in any case', async () => {
  const { auth, account } = await withAda()
  const signedIn = await auth.signIn({ username: 'ADA', password }, caller)

  expect(signedIn.account).toEqual(account)
  expect(signedIn.expiresInSeconds).toBe(1800)
  expect(signedIn.bodyToken).toBeUndefined()
  expect((await auth.checkToken(signedIn.token)).account).toEqual(account)
})

test('A5 6.3.8: unknown account, wrong password and a malformed name get the same answer', async () => {
  const { auth } = await withAda()
  const inputs = [
    { username: 'nobody', password },
    { username: 'ada', password: 'wrong password' },
    { username: 'a:b', password },
    { username: '', password: '' },
    { username: 'x'.repeat(10_000), password: 'x'.repeat(10_000) },
  ]
  for (const input of inputs) {
    const refusal = await refusalOf(auth.signIn(input, caller))
    expect(refusal).toMatchObject({ code: 'invalid_grant', message: 'invalid_grant' })
  }
})

test('U3, U4: a missing account costs one hash, as does a present one, and as does any length', async () => {
  const hasher = countingHasher(quickHasher())
  const { auth } = await withAda({ hasher })
  for (const username of ['ada', 'nobody', 'a:b']) {
    for (const length of [1, 73, 10_000]) {
      const before = hasher.compared
      await refusalOf(auth.signIn({ username, password: 'x'.repeat(length) }, caller))
      expect(hasher.compared - before).toBe(1)
    }
  }
})

test('D5: a token for a body is another token of the same session', async () => {
  const { auth } = await withAda()
  const { token, bodyToken } = await auth.signIn(
    { username: 'Ada', password, withBodyToken: true },
    caller,
  )
  const [cookie, body] = [token, bodyToken ?? ''].map((text) => decodeJwt(text))

  expect(body?.jti).not.toBe(cookie?.jti)
  expect(body?.['sid']).toBe(cookie?.['sid'])
})

test('T7: a sign-in ends the session of the token that was presented', async () => {
  const { auth } = await withAda()
  const first = await auth.signIn({ username: 'Ada', password }, caller)
  const second = await auth.signIn({ username: 'Ada', password, replaces: first.token }, caller)

  expect((await refusalOf(auth.checkToken(first.token))).code).toBe('invalid_token')
  await auth.checkToken(second.token)
  await auth.signIn({ username: 'Ada', password, replaces: 'no token at all' }, caller)
})

test('S16: an own account gets nothing where only sandbox accounts may sign in', async () => {
  const { auth, store, account } = await withAda()
  const input = { username: 'Ada', password, sandboxOnly: true }

  expect((await refusalOf(auth.signIn(input, caller))).code).toBe('sandbox_only')
  const wrong = auth.signIn({ ...input, password: 'wrong password' }, caller)
  expect((await refusalOf(wrong)).code).toBe('invalid_grant')
  const [, event] = await store.latestAudit(2)
  expect(event).toMatchObject({
    outcome: 'refused',
    accountId: account.id,
    because: 'sandbox_only',
  })
})

test('U6: a sign-in renews a hash of a lower cost', async () => {
  const { auth, store, clock, secrets, account } = await withAda()
  const hasher = quickHasher({ cost: 5 })
  const limiter = windowLimiter(clock)
  const settings = testSettings
  const stricter = await createAuth({
    store,
    clock,
    secrets,
    random: systemRandom,
    limiter,
    hasher,
    settings,
  })

  expect((await store.accountById(account.id))?.passwordHash).toMatch(/^p1:\$2b\$04\$/)
  await stricter.signIn({ username: 'Ada', password }, caller)
  expect((await store.accountById(account.id))?.passwordHash).toMatch(/^p1:\$2b\$05\$/)
  await auth.signIn({ username: 'Ada', password }, caller)
})

test('L3: success, failure, lock and sign-out leave one event each', async () => {
  const { auth, store, account } = await withAda()
  const { session } = await auth.signIn({ username: 'Ada', password }, caller)
  await auth.endSession(account.id, session.id, caller)
  await auth.endSession(account.id, session.id, caller)
  for (let attempt = 0; attempt < 12; attempt += 1) {
    await refusalOf(auth.signIn({ username: 'Ada', password: 'wrong password' }, caller))
  }
  const actions = (await store.latestAudit(100)).map(
    ({ action, outcome }) => `${action} ${outcome}`,
  )

  expect(actions).toEqual([
    'sign_in_locked done',
    ...Array<string>(10).fill('signed_in refused'),
    'session_ended done',
    'signed_in done',
    'account_registered done',
    'signing_key_made done',
  ])
})
