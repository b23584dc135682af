import { expect, test } from 'vitest'
import { isApiPath } from '#api/api-paths.ts'

test.each([
  '/api',
  '/api/',
  '/api/v1/ping',
  '/auth/v1/token/',
  '/internal',
  '/openapi.json',
  '/healthz',
  '/healthz/',
  '/readyz',
  '/.well-known/oauth-authorization-server',
])('%s is the API’s', (path) => {
  expect(isApiPath(path)).toBe(true)
})

test.each([
  '/',
  '/apix',
  '/docs/api',
  '/authors',
  '/openapi.json.br',
  '/internals',
  '/dashboard/settings',
  '/.well-known/security.txt',
  '/healthz//',
])('%s is not', (path) => {
  expect(isApiPath(path)).toBe(false)
})

test.each(['/%61pi/v1/me', '//api/v1/me', '/API/v1/me', '/./api/v1/me', '/api;x/v1/me'])(
  'I6: %s is no other spelling of it',
  (path) => {
    expect(isApiPath(path)).toBe(false)
  },
)
