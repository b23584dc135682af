import { expect, test } from 'vitest'
import { summarizeAccount } from '#elements/account-summary.ts'
import type { CookieOwner } from '#elements/cookie-owner.ts'
import type { Reader } from '#runner/reader.ts'

const sandbox: Reader = {
  kind: 'sandbox',
  username: 'sandbox-1',
  password: 'p',
  apiKey: 'sandbox-1:0123456789abcdef',
  expiresAt: '2026-03-01T12:00:00Z',
}
const own: Reader = { ...sandbox, kind: 'own', username: 'alice', apiKey: null, expiresAt: null }
const owner: CookieOwner = { username: 'bob', isSandbox: false, expiresAtMs: 1 }

test.each([
  [null, null, 'none', 'Not signed in', 'no credentials'],
  [sandbox, null, 'sandbox', 'sandbox-1', 'API key'],
  [own, null, 'own', 'alice', 'password'],
  [null, owner, 'own', 'bob', 'token cookie'],
  [null, { ...owner, isSandbox: true }, 'sandbox', 'bob', 'token cookie'],
  [sandbox, owner, 'sandbox', 'sandbox-1', 'API key'],
] as const)('%j and the cookie of %j are %s: %s, %s', (reader, cookie, kind, who, lane) => {
  expect(summarizeAccount(reader, cookie)).toMatchObject({ kind, who, lane })
})

test('the sentences name both, and no secret', () => {
  const { sentences } = summarizeAccount(sandbox, owner)
  expect(sentences.join(' ')).toContain('sandbox-1')
  expect(sentences.join(' ')).toContain('speaks for bob')
  expect(sentences.join(' ')).not.toContain('0123456789abcdef')
})
