import { expect, test } from 'vitest'
import {
  accessTokenClearedEverywhere,
  accessTokenCookie,
  clearedAccessTokenCookie,
  readAccessTokenCookie,
} from '#api/access-token-cookie.ts'

test('C1: the cookie has the attributes of the contract, in its order', () => {
  expect(accessTokenCookie('t', 1800, { secure: false })).toBe(
    'access_token=t; HttpOnly; SameSite=Lax; Path=/; Max-Age=1800',
  )
  expect(accessTokenCookie('t', 1800, { secure: true })).toMatch(/; Secure$/)
})

test('C2: it is cleared with the same attributes', () => {
  const set = accessTokenCookie('t', 1800, { secure: true })
  const cleared = clearedAccessTokenCookie({ secure: true })
  expect(cleared).toBe(set.replace('=t;', '=;').replace('1800', '0'))
})

test.each([
  [null, { kind: 'none' }],
  ['', { kind: 'none' }],
  ['other=1; access_token_2=x', { kind: 'none' }],
  ['xaccess_token=x', { kind: 'none' }],
  ['access_token=', { kind: 'none' }],
  ['access_token=a.b.c', { kind: 'one', value: 'a.b.c' }],
  ['x=1;access_token=a.b.c ; y=2', { kind: 'one', value: 'a.b.c' }],
  ['access_token=a; access_token=b', { kind: 'several' }],
  ['access_token=; access_token=b', { kind: 'several' }],
])('C3: of "%s" the token is %o', (header, expected) => {
  expect(readAccessTokenCookie(header)).toEqual(expected)
})

test('C3: two cookies are cleared at every folder and domain that can have planted one', () => {
  const place = { path: '/internal/v1/batches', host: 'docs.barbell.example' }
  const cleared = accessTokenClearedEverywhere(place, { secure: true })
  const paths = ['/', '/internal', '/internal/v1', '/internal/v1/batches']
  const ends = ['', '; Domain=docs.barbell.example', '; Domain=barbell.example']
  expect(cleared).toHaveLength(paths.length * ends.length)
  for (const path of paths) {
    for (const end of ends) {
      expect(cleared).toContain(
        `access_token=; HttpOnly; SameSite=Lax; Path=${path}; Max-Age=0; Secure${end}`,
      )
    }
  }
})

test.each(['localhost', '127.0.0.1', '[::1]'])('%s has no domain above it', (host) => {
  const cleared = accessTokenClearedEverywhere({ path: '/', host }, { secure: false })
  expect(cleared).toEqual([clearedAccessTokenCookie({ secure: false })])
})
