import { expect, test } from 'vitest'
import { callerFrom, password, refusalOf, startAuth } from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

async function withSandbox() {
  const started = await startAuth()
  const sandbox = await started.auth.openSandboxAccount({}, caller)
  return { ...started, sandbox, id: sandbox.account.id }
}

test('a sandbox account that is kept signs in under its new name, and stays', async () => {
  const { auth, clock, id } = await withSandbox()
  const kept = await auth.keepAccount(id, { username: 'Ada', password }, caller)
  expect(kept).toMatchObject({ id, username: 'Ada', kind: 'own', expiresAtMs: null })
  clock.forward({ hours: 48 })
  const { account } = await auth.signIn({ username: 'ada', password }, caller)
  expect(account).toEqual(kept)
})

test('nothing that a script of the page knew of the sandbox account opens the kept one', async () => {
  const { auth, id, sandbox } = await withSandbox()
  const credentials = { username: sandbox.account.username, password: sandbox.password }
  const session = await auth.signIn(credentials, caller)
  await auth.keepAccount(id, { username: 'Ada', password }, caller)

  const refused = [
    auth.signIn(credentials, caller),
    auth.signIn({ username: 'Ada', password: sandbox.password }, caller),
    auth.checkToken(session.token),
    auth.checkApiKey(sandbox.apiKey, caller),
    auth.checkApiKey(sandbox.apiKey.replace(/^[^:]+/, 'Ada'), caller),
  ]
  const codes = await Promise.all(refused.map(async (call) => (await refusalOf(call)).code))
  expect(codes).toEqual([
    'invalid_grant',
    'invalid_grant',
    'invalid_token',
    'invalid_api_key',
    'invalid_api_key',
  ])
  const next = await auth.openSandboxAccount({ seed: sandbox.seed }, caller)
  expect(next.account.id).not.toBe(id)
})

test('name and password are held to what a registration is, and nothing has changed where they are refused', async () => {
  const { auth, id, sandbox } = await withSandbox()
  await auth.register({ username: 'Ada', password }, caller)
  const faults = await refusalOf(
    auth.keepAccount(id, { username: 'sandbox-x', password: 'short' }, caller),
  )
  expect(faults.facts.fields?.map(({ field }) => field)).toEqual(['username', 'password'])
  const taken = await refusalOf(auth.keepAccount(id, { username: 'ADA', password }, caller))
  expect(taken.code).toBe('username_taken')
  expect((await auth.checkApiKey(sandbox.apiKey, caller)).account.kind).toBe('sandbox')
})

test('R1: it counts as a registration', async () => {
  const { auth, id } = await withSandbox()
  for (let index = 0; index < 20; index += 1) {
    await auth.register({ username: `ada-${index}`, password }, caller)
  }
  const refusal = await refusalOf(auth.keepAccount(id, { username: 'Bea', password }, caller))
  expect(refusal).toMatchObject({
    code: 'too_many_requests',
    facts: { limit: { name: 'register_address' } },
  })
})

test('an own account, an ended one and nobody’s cannot be kept', async () => {
  const { auth, id, clock } = await withSandbox()
  const own = await auth.register({ username: 'Ada', password }, caller)
  clock.forward({ hours: 24 })
  for (const accountId of [own.id, id, 'nobody']) {
    const refusal = await refusalOf(
      auth.keepAccount(accountId, { username: 'Bea', password }, caller),
    )
    expect(refusal.code).toBe('invalid_token')
  }
})

test('it is in the account’s own history', async () => {
  const { auth, id } = await withSandbox()
  await auth.keepAccount(id, { username: 'Ada', password }, caller)
  const [latest] = await auth.recentActivity(id, 1)
  expect(latest).toMatchObject({ action: 'account_kept', ok: true })
})
