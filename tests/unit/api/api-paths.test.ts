import fc from 'fast-check'
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

test.each([
  '/%61pi/v1/me',
  '//api/v1/me',
  '/API/v1/me',
  '/./api/v1/me',
  '/api;x/v1/me',
  '/api/../internal/v1/batches',
  '/api/v1/me/.',
  '/api/%2e%2E/internal/v1/batches',
  '/api/v1/.%2e/v1/me',
  '/api/v1\\me',
  '/api/v1/me#x',
])('I6: %s is no other spelling of it', (path) => {
  expect(isApiPath(path)).toBe(false)
})

/** Paths that are nearly the API's. */
const nearlyApiPath = fc
  .tuple(
    fc.constantFrom(
      '/api',
      '/auth',
      '/internal',
      '/openapi.json',
      '/API',
      '/%61pi',
      '//api',
      '/docs',
      '',
    ),
    fc.array(
      fc.constantFrom(
        '/v1',
        '/me',
        '/',
        '//',
        '/.',
        '/..',
        '/%2e',
        '/%2E%2e',
        '/.%2e',
        '/...',
        '%2f',
        '%5c',
        '\\',
        ';x',
        '#',
        '%00',
        '@',
        ':',
        '/api',
      ),
    ),
  )
  .map(([start, rest]) => start + rest.join(''))

test('I6: a path of the API is the same path to every parser', () => {
  fc.assert(
    fc.property(nearlyApiPath, (path) => {
      if (!isApiPath(path)) return
      expect(new URL(`http://localhost${path}`).pathname).toBe(path)
    }),
    { numRuns: 2_000 },
  )
})

test('I6: what a parser makes a path of the API is one of it as it was sent', () => {
  fc.assert(
    fc.property(nearlyApiPath, (path) => {
      const url = URL.parse(`http://localhost${path}`)
      if (url === null || url.pathname !== path || !/^\/(?:api|auth|internal)\//.test(path)) return
      expect(isApiPath(path)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
