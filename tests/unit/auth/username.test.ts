import { expect, test } from 'vitest'
import { canonicalName, usernameProblem } from '#auth/username.ts'

test.each(['ada', 'Ada_L-1815', '007', 'a'.repeat(32), 'constructor', 'toString'])(
  'K9: %j is a username',
  (username) => expect(usernameProblem(username)).toBeNull(),
)

test.each([
  '',
  'ab',
  'a'.repeat(33),
  'a:bc',
  'ünï',
  'abc\u202E',
  'a\u200Bbc',
  'аdmin', // Cyrillic
  'ａdmin', // full width
  'admin.',
  'admin ',
  ' admin',
  'admin\n',
  '__proto__',
  '-ada',
])('K9, U8: %j is no username', (username) => {
  expect(canonicalName(username)).toBeNull()
  expect(usernameProblem(username)).toMatch(/^Use 3 to 32 characters/)
})

test('U8: names that differ in case only are one name', () => {
  expect(canonicalName('AdMin')).toBe(canonicalName('admin'))
})

test('a name of a sandbox account cannot be registered, in no case', () => {
  expect(usernameProblem('Sandbox-7f3k9q2m')).toMatch(/kept for sandbox accounts/)
})
