import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Endpoint } from '#api/endpoint.ts'
import { type Answer, call } from '../support/call.ts'
import { sandboxed, signedInCookie } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let credentials: Record<string, Record<string, string>>

beforeAll(async () => {
  server = await startServer()
  const reader = await sandboxed(server.url)
  credentials = {
    none: {},
    api_key: { 'x-api-auth': reader.apiKey },
    token: { cookie: await signedInCookie(server.url, reader) },
  }
})
afterAll(() => server.stop())

/** Calls an endpoint as it wants to be called, as far as no body is needed. */
function visit(endpoint: Endpoint, sent: { path?: string; method?: string } = {}): Promise<Answer> {
  const path = sent.path ?? pathOf(endpoint)
  const method = sent.method ?? endpoint.method
  return call(`${server.url}${path}`, { method, headers: credentials[endpoint.lane] ?? {} })
}

function pathOf({ path }: Endpoint): string {
  return path
    .replace('/images/{id}', '/images/img_00001')
    .replace('/batches/{id}', '/batches/batch_001')
}

/** The documents that may be kept, and how; every other answer is kept by nobody. */
const keptDocuments: Readonly<Record<string, string>> = {
  '/openapi.json': 'no-cache',
  '/.well-known/jwks.json': 'public, max-age=300',
}

/** Every endpoint but the one that ends the session of the others. */
function table(): Endpoint[] {
  return server.barbell.api.endpoints.filter(({ path }) => path !== '/auth/v1/logout')
}

test('the table has every call of the contract', () => {
  const calls = server.barbell.api.endpoints.map(({ method, path }) => `${method} ${path}`)
  expect(calls.sort()).toEqual([
    'GET /.well-known/jwks.json',
    'GET /.well-known/oauth-authorization-server',
    'GET /api/v1/categories',
    'GET /api/v1/images',
    'GET /api/v1/images/{id}',
    'GET /api/v1/me',
    'GET /api/v1/ping',
    'GET /api/v1/stats',
    'GET /auth/v1/.well-known/jwks.json',
    'GET /auth/v1/users/me',
    'GET /healthz',
    'GET /internal/v1/batches',
    'GET /internal/v1/batches/{id}',
    'GET /internal/v1/review-queue',
    'GET /openapi.json',
    'GET /readyz',
    'POST /auth/v1/logout',
    'POST /auth/v1/register',
    'POST /auth/v1/sandbox',
    'POST /auth/v1/token',
  ])
})

describe('every path', () => {
  test('answers the same with and without one slash at its end', async () => {
    for (const endpoint of table()) {
      const [bare, slashed] = [
        await visit(endpoint),
        await visit(endpoint, { path: `${pathOf(endpoint)}/` }),
      ]
      expect(slashed.status, endpoint.path).toBe(bare.status)
      expect(slashed.headers['content-type'], endpoint.path).toBe(bare.headers['content-type'])
      expect(bare.status, endpoint.path).toBeOneOf([200, 201, 415])
    }
  })

  test('S8: never answers with a redirect, whatever method, slash or credential', async () => {
    for (const endpoint of table()) {
      for (const path of [
        pathOf(endpoint),
        `${pathOf(endpoint)}/`,
        `${pathOf(endpoint)}//`,
        `${pathOf(endpoint)}/.`,
      ]) {
        for (const method of ['GET', 'POST', 'DELETE']) {
          const { status, headers } = await call(`${server.url}${path}`, { method })
          expect([Math.floor(status / 100) === 3, headers.location], `${method} ${path}`).toEqual([
            false,
            undefined,
          ])
        }
      }
    }
  })

  test('X6: answers 405 with Allow to every other method', async () => {
    for (const endpoint of table()) {
      const allowed = endpoint.method === 'GET' ? ['GET', 'HEAD'] : [endpoint.method]
      for (const method of [
        'GET',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
      ]) {
        if (allowed.includes(method)) continue
        const { status, headers } = await visit(endpoint, { method })
        expect([status, headers.allow], `${method} ${endpoint.path}`).toEqual([
          405,
          allowed.join(', '),
        ])
      }
    }
  })

  test('answers HEAD as GET, without the body', async () => {
    for (const endpoint of table()) {
      const head = await visit(endpoint, { method: 'HEAD' })
      const expected = endpoint.method === 'GET' ? 200 : 405
      expect([head.status, head.text], endpoint.path).toEqual([expected, ''])
      expect(head.headers['x-request-id']).toBeDefined()
    }
  })

  test('H1, H4: has the security headers, a request id of its own, and is kept only where it may be', async () => {
    const ids = new Set<unknown>()
    for (const endpoint of table()) {
      for (const method of [endpoint.method, 'PUT']) {
        const { headers } = await call(`${server.url}${pathOf(endpoint)}`, {
          method,
          headers: { 'x-request-id': 'mine' },
        })
        expect(headers, endpoint.path).toMatchObject({
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'strict-origin-when-cross-origin',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
          'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        })
        const kept = method === 'GET' ? keptDocuments[endpoint.path] : undefined
        expect(headers['cache-control'], endpoint.path).toBe(kept ?? 'no-store')
        expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined()
        ids.add(headers['x-request-id'])
      }
    }
    expect(ids.size).toBe(table().length * 2)
  })

  test('X7: allows no other origin to read it, and takes no preflight', async () => {
    for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`]) {
      for (const endpoint of table()) {
        const headers = {
          origin,
          'access-control-request-method': 'POST',
          ...credentials[endpoint.lane],
        }
        for (const method of ['OPTIONS', endpoint.method]) {
          const answer = await call(`${server.url}${pathOf(endpoint)}`, { method, headers })
          const names = Object.keys(answer.headers)
          expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([])
          expect(answer.headers.vary).toBe('Origin')
        }
      }
    }
  })

  test('O3: errors of the token endpoint are OAuth’s, all others are problems', async () => {
    for (const { path, oauthErrors } of table()) {
      const { headers, json, status } = await call(`${server.url}${path}`, { method: 'PUT' })
      if (oauthErrors) expect(json).toMatchObject({ error: 'invalid_request' })
      else
        expect(json).toMatchObject({
          code: 'method_not_allowed',
          status,
          request_id: headers['x-request-id'],
        })
      const type = oauthErrors ? 'application/json' : 'application/problem+json'
      expect(headers['content-type'], path).toBe(type)
    }
  })
})

describe('I6: a path has one spelling', () => {
  test.each([
    '/api/v1/%6de',
    '/api/v1/me%2f',
    '/api//v1/me',
    '/api/v1/me;x',
    '/api/v1/me.',
    '/api/V1/me',
    '/api/v1/me%00',
    '/api/v1/me%20',
    '/api/v1/me//',
    '/api/v1/me/x.css',
    '/api',
    '/api/',
    '/api/v2/me',
    '/internal/v1',
    '/auth/v1/token.json',
  ])('%s is a 404, with key and token in hand', async (path) => {
    const headers = { ...credentials['api_key'], ...credentials['token'] }
    const { status, json } = await call(`${server.url}${path}`, { headers })
    expect([status, json['code'], json['type']]).toEqual([
      404,
      'not_found',
      `${server.url}/docs/errors#not_found`,
    ])
  })

  test.each([
    '/api/v1/../v1/me',
    '/internal/%2e%2e/api/v1/me',
    '/api/%2e%2e/internal/v1/batches',
    '/internal/../api/v1/me',
    '/api/v1/./me',
    '\\api\\v1\\me',
    '/api/v1\\me',
  ])('%s is never a 200 without a key', async (path) => {
    const { status } = await call(`${server.url}${path}`)
    expect(status).toBeOneOf([400, 401, 404])
  })

  test('I8: a Host of anybody else changes no link in an answer', async () => {
    const { json } = await call(`${server.url}/api/v1/me`, { headers: { host: 'evil.example' } })
    expect(json['type']).toBe(`${server.url}/docs/errors#missing_api_key`)
    const document = await call(`${server.url}/openapi.json`, { headers: { host: 'evil.example' } })
    expect(document.text).not.toContain('evil.example')
  })

  test.each([
    'GET /api/v1/ping HTTP/1.1\r\nHost: a/b?c#d\r\n',
    'GET /api/v1/ping HTTP/1.1\r\nHost:\r\n',
    'GET /api/v1/ping HTTP/1.1\r\n',
  ])('I8: a Host that is none is a 400: %j', async (head) => {
    const { port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`${head}Connection: close\r\n\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
  })
})
