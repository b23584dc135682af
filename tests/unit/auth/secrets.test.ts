import { expect, test } from 'vitest'
import { createAuth } from '#auth/create-auth.ts'
import { makeSecretsText, parseSecrets } from '#auth/secrets.ts'
import { quickHasher, startAuth, systemRandom, testSettings, windowLimiter } from './start-auth.ts'

function textWith(secret: string): string {
  return JSON.stringify({ format: 'barbell-secrets', version: 1, peppers: [{ id: 'p1', secret }] })
}

test('L4: a new secret has 256 bits, and no two are alike', () => {
  const texts = [makeSecretsText(systemRandom), makeSecretsText(systemRandom)]
  expect(texts[0]).not.toBe(texts[1])
  expect(texts[0]).toMatch(/"secret": "[A-Za-z0-9_-]{43}"/)
})

test.each([
  ['empty', ''],
  ['a word', 'secret'],
  ['31 bytes', Buffer.from(systemRandom.bytes(31)).toString('base64url')],
  ['32 equal bytes', Buffer.alloc(32, 7).toString('base64url')],
  ['a short phrase, repeated', Buffer.from('changeme'.repeat(8)).toString('base64url')],
])('T4: a secret that is %s is refused without being told', (_, secret) => {
  expect(() => parseSecrets(textWith(secret))).toThrow(/too weak.*Nothing was started/)
})

test.each(['', '{', '[]', '{}', 'null', textWith('not base64url!')])(
  'T4: %j is not a secrets.json',
  (text) => expect(() => parseSecrets(text)).toThrow(/secrets\.json is damaged or not ours/),
)

test('each purpose has its own key', () => {
  const secrets = parseSecrets(makeSecretsText(systemRandom))
  const keys = (['api-key', 'password', 'form-token', 'signing-key'] as const).map((purpose) =>
    secrets.key(purpose, 'p1').export().toString('hex'),
  )
  expect(new Set(keys).size).toBe(4)
})

test('L5: a store with the secrets of another is refused at start, not at every request', async () => {
  const { store, clock } = await startAuth()
  const opening = createAuth({
    store,
    clock,
    random: systemRandom,
    limiter: windowLimiter(clock),
    secrets: parseSecrets(makeSecretsText(systemRandom)),
    hasher: quickHasher(),
    settings: testSettings,
  })
  await expect(opening).rejects.toThrow(/secrets\.json does not belong to this store/)
})
