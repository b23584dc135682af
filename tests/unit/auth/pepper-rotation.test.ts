import { expect, test } from 'vitest'
import { createAuth } from '#auth/create-auth.ts'
import { makeSecretsText, parseSecrets } from '#auth/secrets.ts'
import {
  callerFrom,
  clockAt,
  password,
  quickHasher,
  systemRandom,
  temporaryStore,
  testSettings,
  windowLimiter,
} from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

interface SecretsFile {
  peppers: { id: string; secret: string }[]
}

test('L5: after a new pepper old keys, passwords, tokens and forms still work, and hashes move on', async () => {
  const clock = clockAt('2026-03-01T12:00:00Z')
  const { store } = await temporaryStore(clock)
  const before = JSON.parse(makeSecretsText(systemRandom)) as SecretsFile
  const fresh = JSON.parse(makeSecretsText(systemRandom)) as SecretsFile
  const newest = fresh.peppers.map(({ secret }) => ({ id: 'p2', secret }))
  const after = { ...before, peppers: [...newest, ...before.peppers] }
  const outside = {
    store,
    clock,
    random: systemRandom,
    limiter: windowLimiter(clock),
    hasher: quickHasher(),
    settings: testSettings,
  }
  const old = await createAuth({ ...outside, secrets: parseSecrets(JSON.stringify(before)) })
  const account = await old.register({ username: 'Ada', password }, caller)
  const { apiKey } = await old.issueApiKey(account.id, {}, caller)
  const { token, session } = await old.signIn({ username: 'Ada', password }, caller)
  const form = old.formToken(session.id)

  const rotated = await createAuth({ ...outside, secrets: parseSecrets(JSON.stringify(after)) })
  await rotated.checkApiKey(apiKey, caller)
  await rotated.checkToken(token)
  expect(rotated.isFormToken(session.id, form)).toBe(true)
  await rotated.signIn({ username: 'Ada', password }, caller)
  expect((await store.accountById(account.id))?.passwordHash).toMatch(/^p2:/)
  await rotated.signIn({ username: 'Ada', password }, caller)
})
