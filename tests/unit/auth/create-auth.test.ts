import { expect, test } from 'vitest'
import { callerFrom, password, refusalOf, startAuth } from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

test('E3: while the store cannot write, every change is refused as store_unavailable', async () => {
  const { auth, store } = await startAuth()
  const account = await auth.register({ username: 'Ada', password }, caller)
  const { key } = await auth.issueApiKey(account.id, {}, caller)
  const { session } = await auth.signIn({ username: 'Ada', password }, caller)
  await store.close()

  const changes = [
    auth.register({ username: 'Eve', password }, caller),
    auth.openSandboxAccount({}, caller),
    auth.signIn({ username: 'Ada', password }, caller),
    auth.signIn({ username: 'Ada', password: 'wrong password' }, caller),
    auth.issueApiKey(account.id, {}, caller),
    auth.replaceApiKey(account.id, key.id, { overlapSeconds: 0 }, caller),
    auth.revokeApiKey(account.id, key.id, caller),
    auth.endSession(account.id, session.id, caller),
  ]
  const refusals = await Promise.all(changes.map(refusalOf))
  for (const { code } of refusals) expect(code).toBe('store_unavailable')
})

test('F3: while the store cannot write, keys and tokens are still checked', async () => {
  const { auth, store } = await startAuth()
  const account = await auth.register({ username: 'Ada', password }, caller)
  const { apiKey } = await auth.issueApiKey(account.id, {}, caller)
  const { token } = await auth.signIn({ username: 'Ada', password }, caller)
  await store.close()

  expect((await auth.checkApiKey(apiKey, caller)).account).toEqual(account)
  expect((await auth.checkToken(token)).account).toEqual(account)
  expect((await refusalOf(auth.checkApiKey('ada:0123456789abcdef', caller))).code).toBe(
    'invalid_api_key',
  )
})
