import { expect, test } from 'vitest'
import { limits } from '#auth/limits.ts'
import {
  callerFrom,
  countingHasher,
  password,
  quickHasher,
  refusalOf,
  startAuth,
} from './start-auth.ts'

const caller = callerFrom('192.0.2.1')
const newPassword = 'a green barbell hums'
const wrong = 'no violet barbell sings'

/** Ada, signed in twice, with a key. */
async function withAda() {
  const hasher = countingHasher(quickHasher())
  const started = await startAuth({ hasher })
  const { auth } = started
  const account = await auth.register({ username: 'Ada', password }, caller)
  const here = await auth.signIn({ username: 'Ada', password }, caller)
  const there = await auth.signIn({ username: 'Ada', password }, caller)
  const { apiKey } = await auth.issueApiKey(account.id, {}, caller)

  const change = (
    given: { currentPassword?: string; newPassword?: string; revokeKeys?: boolean } = {},
  ) =>
    auth.changePassword(
      account.id,
      {
        currentPassword: password,
        newPassword,
        sessionId: here.session.id,
        revokeKeys: false,
        ...given,
      },
      caller,
    )
  const confirm = (given = password) =>
    auth.confirmPassword(account.id, here.session.id, given, caller)
  return { ...started, hasher, account, here, there, apiKey, change, confirm }
}

async function eventsOf(
  { store, account }: Pick<Awaited<ReturnType<typeof withAda>>, 'store' | 'account'>,
  count: number,
): Promise<string[]> {
  const events = await store.auditOf(account.id, count)
  return events.map(({ action, outcome }) => `${action} ${outcome}`)
}

test('K13: a password that was given stands for 15 minutes, and may be given again', async () => {
  const { auth, clock, here, confirm } = await withAda()
  const session = async () => (await auth.checkToken(here.token)).session
  expect(auth.isRecentlyConfirmed(await session())).toBe(true)
  clock.forward({ seconds: 15 * 60 })
  expect(auth.isRecentlyConfirmed(await session())).toBe(true)
  clock.forward({ ms: 1 })
  expect(auth.isRecentlyConfirmed(await session())).toBe(false)

  await confirm()
  expect(auth.isRecentlyConfirmed(await session())).toBe(true)
})

test('K13: one session’s password does not stand for another', async () => {
  const { auth, clock, there, confirm } = await withAda()
  clock.forward({ seconds: 16 * 60 })
  await confirm()
  const { session } = await auth.checkToken(there.token)
  expect(auth.isRecentlyConfirmed(session)).toBe(false)
})

test('K13: a wrong password confirms nothing, and neither does an ended session', async () => {
  const { auth, clock, account, here, confirm } = await withAda()
  clock.forward({ seconds: 16 * 60 })
  expect((await refusalOf(confirm(wrong))).code).toBe('invalid_grant')
  expect(auth.isRecentlyConfirmed((await auth.checkToken(here.token)).session)).toBe(false)

  await auth.endSession(account.id, here.session.id, caller)
  expect((await refusalOf(confirm())).code).toBe('invalid_token')
})

test('U11: after a change the other sessions are over, this one goes on, and so do the keys', async () => {
  const { auth, here, there, apiKey, change } = await withAda()
  await change()

  expect((await refusalOf(auth.checkToken(there.token))).code).toBe('invalid_token')
  await auth.checkToken(here.token)
  await auth.checkApiKey(apiKey, caller)
  const old = auth.signIn({ username: 'Ada', password }, caller)
  expect((await refusalOf(old)).code).toBe('invalid_grant')
  await auth.signIn({ username: 'Ada', password: newPassword }, caller)
})

test('U11: keys end with the old password where that is asked', async () => {
  const { auth, account, apiKey, change } = await withAda()
  await change({ revokeKeys: true })

  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
  expect(await auth.listApiKeys(account.id)).toEqual([])
})

test('U11: a wrong current password, or a new one that is unfit, changes nothing', async () => {
  const { auth, here, there, apiKey, change } = await withAda()
  const all = { revokeKeys: true }

  expect((await refusalOf(change({ ...all, currentPassword: wrong }))).code).toBe('invalid_grant')
  for (const unfit of ['short', 'password123', 'ada-barbell']) {
    const refusal = await refusalOf(change({ ...all, newPassword: unfit }))
    expect(refusal.code).toBe('validation_failed')
    expect(refusal.facts.fields?.map(({ field }) => field)).toEqual(['new_password'])
  }
  for (const { token } of [here, there]) await auth.checkToken(token)
  await auth.checkApiKey(apiKey, caller)
  await auth.signIn({ username: 'Ada', password }, caller)
})

test('U11: a sign-in with the old password does not outlive a change at the same moment', async () => {
  const { auth, change } = await withAda()
  const signingIn = Array.from({ length: 8 }, () =>
    auth.signIn({ username: 'Ada', password }, caller),
  )
  const [, ...outcomes] = await Promise.allSettled([change(), ...signingIn])
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'invalid_grant' })
    else expect((await refusalOf(auth.checkToken(outcome.value.token))).code).toBe('invalid_token')
  }
})

test('a sandbox account keeps the password that its reader’s browser derives', async () => {
  const { auth } = await startAuth()
  const { account, password: derived, seed } = await auth.openSandboxAccount({}, caller)
  const change = { currentPassword: derived, newPassword, sessionId: 'x', revokeKeys: false }

  const refusal = await refusalOf(auth.changePassword(account.id, change, caller))
  expect(refusal.code).toBe('validation_failed')
  expect((await auth.openSandboxAccount({ seed }, caller)).password).toBe(derived)
  await auth.signIn({ username: account.username, password: derived }, caller)
})

test('U13: after a deletion tokens and keys are refused, and the password opens nothing', async () => {
  const { auth, account, here, there, apiKey } = await withAda()
  await auth.deleteAccount(account.id, password, caller)

  for (const { token } of [here, there]) {
    expect((await refusalOf(auth.checkToken(token))).code).toBe('invalid_token')
  }
  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
  const signIn = auth.signIn({ username: 'Ada', password }, caller)
  expect((await refusalOf(signIn)).code).toBe('invalid_grant')
  const late = await Promise.all(
    [
      auth.deleteAccount(account.id, password, caller),
      auth.confirmPassword(account.id, here.session.id, password, caller),
      auth.issueApiKey(account.id, {}, caller),
    ].map(refusalOf),
  )
  for (const { code } of late) expect(code).toBe('invalid_token')
})

test('U13: whoever registers the name next inherits nothing', async () => {
  const { auth, account, here, apiKey } = await withAda()
  await auth.deleteAccount(account.id, password, caller)
  const next = await auth.register({ username: 'Ada', password }, caller)

  expect(next.id).not.toBe(account.id)
  expect((await refusalOf(auth.checkToken(here.token))).code).toBe('invalid_token')
  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
  expect(await auth.listApiKeys(next.id)).toEqual([])
  expect(await auth.listSessions(next.id)).toEqual([])
  const activity = await auth.recentActivity(next.id, 100)
  expect(activity.map(({ action }) => action)).toEqual(['account_registered'])
})

test('U13: a wrong password deletes nothing', async () => {
  const { auth, account, here } = await withAda()
  const deletion = auth.deleteAccount(account.id, wrong, caller)

  expect((await refusalOf(deletion)).code).toBe('invalid_grant')
  await auth.checkToken(here.token)
})

test('R1: whoever holds a session has the guesses of the sign-in and no others', async () => {
  const { auth, account, hasher, clock, change, confirm } = await withAda()
  const guesses = [
    () => auth.signIn({ username: 'Ada', password: wrong }, caller),
    () => confirm(wrong),
    () => change({ currentPassword: wrong }),
    () => auth.deleteAccount(account.id, wrong, caller),
  ]
  hasher.compared = 0
  const codes: string[] = []
  for (let guess = 0; guess < 16; guess += 1) {
    codes.push((await refusalOf(guesses[guess % 4]?.() ?? Promise.resolve())).code)
  }
  const { limit, windowSeconds } = limits.login_account
  expect(hasher.compared).toBe(limit)
  expect(codes.slice(limit)).toEqual(Array<string>(16 - limit).fill('too_many_requests'))
  // Also with the right password, and for the other ways in.
  expect((await refusalOf(confirm())).code).toBe('too_many_requests')
  clock.forward({ seconds: windowSeconds })
  await auth.signIn({ username: 'Ada', password }, caller)
})

test('L3: each of them leaves its event, done or refused, in the account’s own history', async () => {
  const { auth, store, account, here, change, confirm } = await withAda()
  await refusalOf(confirm(wrong))
  await confirm()
  await refusalOf(change({ currentPassword: wrong }))
  await auth.endOtherSessions(account.id, here.session.id, caller)
  await change({ revokeKeys: true })
  await refusalOf(auth.deleteAccount(account.id, wrong, caller))

  expect(await eventsOf({ store, account }, 7)).toEqual([
    'account_deleted refused',
    'all_keys_revoked done',
    'password_changed done',
    'other_sessions_ended done',
    'password_changed refused',
    'password_confirmed done',
    'password_confirmed refused',
  ])
  await auth.deleteAccount(account.id, newPassword, caller)
  const [last] = await store.latestAudit(1)
  expect(last).toMatchObject({ action: 'account_deleted', outcome: 'done', accountId: account.id })
})

test('E3: while the store is gone, nothing of it happens', async () => {
  const { auth, store, account, here, change, confirm } = await withAda()
  await store.close()
  const refusals = await Promise.all(
    [
      confirm(),
      change(),
      auth.deleteAccount(account.id, password, caller),
      auth.endOtherSessions(account.id, here.session.id, caller),
      auth.recentActivity(account.id, 20),
    ].map(refusalOf),
  )
  for (const { code } of refusals) expect(code).toBe('store_unavailable')
  await auth.checkToken(here.token)
})
