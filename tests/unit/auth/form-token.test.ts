import { expect, test } from 'vitest'
import { formToken, isFormToken } from '#auth/form-token.ts'
import { makeSecretsText, parseSecrets } from '#auth/secrets.ts'
import { systemRandom } from './start-auth.ts'

const secrets = parseSecrets(makeSecretsText(systemRandom))

test('S10: a form token is good for its session only', () => {
  const token = formToken(secrets, 'session-1')

  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(isFormToken(secrets, 'session-1', token)).toBe(true)
  expect(isFormToken(secrets, 'session-2', token)).toBe(false)
})

test.each(['', 'x', 'x'.repeat(43), '\0'])('S10: %j is no form token', (value) => {
  expect(isFormToken(secrets, 'session-1', value)).toBe(false)
})

test('S10: a form token of another server is none', () => {
  const other = parseSecrets(makeSecretsText(systemRandom))
  expect(isFormToken(secrets, 'session-1', formToken(other, 'session-1'))).toBe(false)
})
