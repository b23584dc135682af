import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callerFrom, refusalOf, startAuth } from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

test('a sandbox account signs in and calls the API at once', async () => {
  const { auth, clock } = await startAuth()
  const sandbox = await auth.openSandboxAccount({}, caller)
  const { username } = sandbox.account

  expect(username).toMatch(/^sandbox-[2-9b-z]{8}$/)
  expect(sandbox.password).toMatch(/^[0-9A-Za-z]{24}$/)
  expect(sandbox.seed).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(sandbox.account.expiresAtMs).toBe(clock.nowMs() + 24 * 60 * 60 * 1000)
  const input = { username, password: sandbox.password, sandboxOnly: true }
  expect((await auth.signIn(input, caller)).account).toEqual(sandbox.account)
  expect((await auth.checkApiKey(sandbox.apiKey, caller)).account).toEqual(sandbox.account)
})

test('the seed finds the same account, password and key again, and counts nothing', async () => {
  const { auth } = await startAuth()
  const first = await auth.openSandboxAccount({}, caller)
  for (let page = 0; page < 40; page += 1) {
    expect(await auth.openSandboxAccount({ seed: first.seed }, caller)).toEqual(first)
  }
})

test.each(['', 'short', 'x'.repeat(43), '__proto__'])(
  'seed %j of nobody opens a new account with a new seed',
  async (seed) => {
    const { auth } = await startAuth()
    expect((await auth.openSandboxAccount({ seed }, caller)).seed).not.toBe(seed)
  },
)

test('K3: the store has neither seed, password nor key', async () => {
  const { auth, store, directory } = await startAuth()
  const { seed, password, apiKey } = await auth.openSandboxAccount({}, caller)
  await store.close()
  const text = await readFile(join(directory, 'barbell.json'), 'utf8')

  for (const secret of [seed, password, apiKey.split(':')[1] ?? ''])
    expect(text).not.toContain(secret)
})

test('after 24 hours the account is gone, with key, token and seed', async () => {
  const { auth, clock } = await startAuth()
  const { account, password, apiKey, seed } = await auth.openSandboxAccount({}, caller)
  clock.forward({ hours: 23.75 })
  const { token } = await auth.signIn({ username: account.username, password }, caller)
  clock.forward({ hours: 0.25 })

  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
  expect((await refusalOf(auth.checkToken(token))).code).toBe('invalid_token')
  const login = auth.signIn({ username: account.username, password }, caller)
  expect((await refusalOf(login)).code).toBe('invalid_grant')
  expect((await auth.openSandboxAccount({ seed }, caller)).account.id).not.toBe(account.id)
})

test('K12: a key that the reader revoked never comes back; the seed gives another', async () => {
  const { auth } = await startAuth()
  const first = await auth.openSandboxAccount({}, caller)
  const [key] = await auth.listApiKeys(first.account.id)
  await auth.revokeApiKey(first.account.id, key?.id ?? '', caller)
  const again = await auth.openSandboxAccount({ seed: first.seed }, caller)

  expect(again.account).toEqual(first.account)
  expect(again.apiKey).not.toBe(first.apiKey)
  expect((await refusalOf(auth.checkApiKey(first.apiKey, caller))).code).toBe('invalid_api_key')
  await auth.checkApiKey(again.apiKey, caller)
  expect(await auth.openSandboxAccount({ seed: first.seed }, caller)).toEqual(again)
})

test('an account without room for a working key is left, and a new one is opened', async () => {
  const { auth } = await startAuth()
  const first = await auth.openSandboxAccount({}, caller)
  const [key] = await auth.listApiKeys(first.account.id)
  await auth.revokeApiKey(first.account.id, key?.id ?? '', caller)
  for (let more = 0; more < 5; more += 1) await auth.issueApiKey(first.account.id, {}, caller)

  const again = await auth.openSandboxAccount({ seed: first.seed }, caller)
  expect(again.account.id).not.toBe(first.account.id)
})

test('R1: an address opens 30 sandbox accounts in an hour', async () => {
  const { auth } = await startAuth()
  for (let count = 0; count < 30; count += 1) await auth.openSandboxAccount({}, caller)

  const refusal = await refusalOf(auth.openSandboxAccount({}, caller))
  expect(refusal.facts.limit).toMatchObject({ name: 'sandbox_address', limit: 30 })
})
