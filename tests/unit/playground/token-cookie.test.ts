import { expect, test } from 'vitest'
import { documentedCookie, lifeOf, readSetCookie } from '#playground/token-cookie.ts'
import { startServer } from '../../support/server.ts'

test('a cookie is read from the words of a trace, with what each attribute does', () => {
  const cookie = readSetCookie(
    'access_token=<449 characters>; HttpOnly; SameSite=Lax; Path=/; Max-Age=1800; Secure',
  )
  expect(cookie).toMatchObject({ name: 'access_token', valueCharacters: 449, maxAgeSeconds: 1800 })
  expect(cookie?.attributes.map(({ text }) => text)).toEqual([
    'HttpOnly',
    'SameSite=Lax',
    'Path=/',
    'Max-Age=1800',
    'Secure',
  ])
  expect(cookie?.attributes.every(({ meaning }) => meaning !== '')).toBe(true)
})

test('a cookie that is taken away has no time left', () => {
  const cookie = readSetCookie('access_token=<0 characters>; Path=/; Max-Age=0')
  expect(cookie).toMatchObject({ valueCharacters: 0, maxAgeSeconds: 0 })
})

test('an attribute that this page does not know is shown without words', () => {
  const cookie = readSetCookie('a=b; Partitioned')
  expect(cookie).toEqual({
    name: 'a',
    valueCharacters: null,
    maxAgeSeconds: null,
    attributes: [{ text: 'Partitioned', meaning: '' }],
  })
})

test.each(['', 'access_token', '=x; Path=/'])('%j is no cookie', (field) => {
  expect(readSetCookie(field)).toBeNull()
})

test('what is shown without a trace is what the API document says, and what the server sets', async () => {
  const server = await startServer()
  const document = JSON.stringify(await (await fetch(`${server.url}/openapi.json`)).json())
  const opened = await fetch(`${server.url}/auth/v1/sandbox`, { method: 'POST' })
  const { username, password } = (await opened.json()) as Record<string, string>
  const body = new URLSearchParams({ username: username ?? '', password: password ?? '' })
  const signedIn = await fetch(`${server.url}/auth/v1/token`, { method: 'POST', body })
  await server.stop()
  const shown = documentedCookie(1800, { secure: false })
  expect(document).toContain(JSON.stringify(shown))
  expect(signedIn.headers.getSetCookie()[0]?.replace(/=[^;]+/, '=<JWT>')).toBe(shown)
  expect(documentedCookie(5, { secure: true })).toMatch(/Max-Age=5; Secure$/)
})

test.each([
  [1800, '30 minutes'],
  [3600, '1 hour'],
  [5, '5 seconds'],
  [1, '1 second'],
  [90, '90 seconds'],
  [0, '0 seconds'],
])('%i seconds are %s', (seconds, words) => {
  expect(lifeOf(seconds)).toBe(words)
})
