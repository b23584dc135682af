import { expect, test } from 'vitest'
import type { Exchange } from '#runner/contract.ts'
import { signInChange } from '#runner/sign-in-change.ts'

function call(method: string, path: string, status: number, body = ''): Exchange {
  return {
    request: { method, url: `https://docs.example${path}`, headers: [], body: null },
    response: { status, statusText: '', headers: [], body, truncated: false },
    error: null,
    startedAtMs: 0,
    durationMs: 0,
  }
}

const signIn = call('POST', '/auth/v1/token', 200, '{"username":"u"}')
const signOut = call('POST', '/auth/v1/logout/', 204)

test.each([
  ['nothing was called', [], undefined],
  ['a sign-in', [signIn], 'u'],
  [
    'a sign-in with a trailing slash',
    [call('POST', '/auth/v1/token/', 200, '{"username":"u"}')],
    'u',
  ],
  ['a refused sign-in', [call('POST', '/auth/v1/token', 400, '{"username":"u"}')], undefined],
  ['a sign-in that hides its name', [call('POST', '/auth/v1/token', 200, '[')], 'another account'],
  ['in, then out', [signIn, signOut], null],
  ['out, then in', [signOut, signIn], 'u'],
  ['another call after it', [signIn, call('GET', '/internal/v1/batches', 200)], 'u'],
])('S12: %s', (_, exchanges, expected) => {
  expect(signInChange(exchanges)).toBe(expected)
})
