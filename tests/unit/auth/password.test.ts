import { expect, test } from 'vitest'
import { isCommonPassword } from '#auth/common-passwords.ts'
import { hashPassword, isOutdatedHash, passwordMatches, passwordProblem } from '#auth/password.ts'
import { makeSecretsText, parseSecrets } from '#auth/secrets.ts'
import { password, quickHasher, systemRandom } from './start-auth.ts'

function freshParts() {
  return { hasher: quickHasher(), secrets: parseSecrets(makeSecretsText(systemRandom)) }
}

test.each([
  ['64 emoji', '🏋️'.repeat(32)],
  ['spaces between words', 'seven loud robots'],
  ['64 times é', 'é'.repeat(64)],
  ['1,024 characters', 'xy'.repeat(512)],
  ['a username as one word of many', 'ada keeps seven robots'],
])('U1: %s make a password', (_, text) => expect(passwordProblem(text, 'ada')).toBeNull())

test.each([
  ['7 characters', 'robots!', /at least 8 characters/],
  ['7 characters that are 14 code units', '🏋'.repeat(7), /at least 8 characters/],
  ['7 characters that are 14 before NFC', 'e\u0301'.repeat(7), /at least 8 characters/],
  ['1,025 characters', 'x'.repeat(1025), /at most 1024 characters/],
  ['half a surrogate pair', 'robots and \uD800', /valid Unicode/],
  ['a NUL, which no form may hold', 'robots and \0 more', /NUL/],
])('U1: %s make no password', (_, text, message) => {
  expect(passwordProblem(text, 'ada')).toMatch(message)
})

test.each([
  'password',
  'PASSWORD',
  'password123456789',
  '123456789',
  '!!monkey2024!!',
  'qwertyuiop',
  'barbell2026!',
  'barbellbarbell',
  'barbell-password',
  'Ada-Lovelace1',
  '2026ada-lovelace',
])('U5: %j is refused', (text) => {
  expect(passwordProblem(text, 'ada-lovelace')).toMatch(/common|username/)
})

test('U5: the list has the most common passwords that the length rule lets through', () => {
  const known = ['password', '12345678', 'qwertyuiop', 'iloveyou', 'trustno1', 'sunshine']
  expect(known.every(isCommonPassword)).toBe(true)
  expect(isCommonPassword('a violet barbell sings')).toBe(false)
})

test('U2: every character of a long password counts', async () => {
  const parts = freshParts()
  const long = 'correct horse battery staple '.repeat(4).slice(0, 100)
  const hash = await hashPassword(parts, long)

  expect(await passwordMatches(parts, long, hash)).toBe(true)
  for (const other of [long.slice(0, 72), long.slice(0, 99), `${long}x`]) {
    expect(await passwordMatches(parts, other, hash)).toBe(false)
  }
})

test('D7: both ways to write an accent are one password', async () => {
  const parts = freshParts()
  const hash = await hashPassword(parts, 'cafe\u0301 at noon')

  expect(await passwordMatches(parts, 'caf\u00E9 at noon', hash)).toBe(true)
})

test('L5: a hash without its pepper matches nothing', async () => {
  const hash = await hashPassword(freshParts(), password)

  expect(await passwordMatches(freshParts(), password, hash)).toBe(false)
})

test('U6: a hash of a lower cost or of an older pepper is outdated', async () => {
  const parts = freshParts()
  const hash = await hashPassword(parts, password)
  const strict = { ...parts, hasher: quickHasher({ cost: 5 }) }

  expect(isOutdatedHash(parts, hash)).toBe(false)
  expect(isOutdatedHash(strict, hash)).toBe(true)
  expect(isOutdatedHash(parts, hash.replace('p1:', 'p0:'))).toBe(true)
})
