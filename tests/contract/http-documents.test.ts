import { rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorCodes } from '#api/error-codes.ts'
import { call } from '../support/call.ts'
import { registered, sandboxed, signedInCookie, tokenOf } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

interface Operation {
  tags: string[]
  summary: string
  description: string
  security: object[]
  responses: Record<string, { description: string; content?: object }>
  'x-barbell-lane': string
}

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

describe('/openapi.json', () => {
  async function operations() {
    const { json } = await call(`${server.url}/openapi.json`)
    const paths = json['paths'] as Record<string, Record<string, Operation>>
    return Object.entries(paths).flatMap(([path, ofPath]) =>
      Object.entries(ofPath).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    )
  }

  test('is OpenAPI 3.1 for the public origin', async () => {
    const { json, headers } = await call(`${server.url}/openapi.json`)
    expect(json).toMatchObject({ openapi: '3.1.0', servers: [{ url: server.url }] })
    expect(headers['content-type']).toBe('application/json')
  })

  test('lists every call under /api, /auth and /internal, and no other', async () => {
    const listed = (await operations()).map(({ name }) => name)
    const all = server.barbell.api.endpoints
      .filter(({ path }) => /^\/(?:api|auth|internal)\//.test(path))
      .map(({ method, path }) => `${method} ${path}`)
    expect(listed.sort()).toEqual(all.sort())
  })

  test('says of each call in words what it does, its lane and what it is refused with', async () => {
    for (const { name, operation } of await operations()) {
      expect(operation.tags, name).toHaveLength(1)
      expect(operation.summary, name).toMatch(/^[A-Z].*[^.]$/)
      expect(operation.description, name).toMatch(/\.$/)
      const wanted = { none: 0, api_key: 1, token: 2 }[operation['x-barbell-lane']]
      expect(operation.security, name).toHaveLength(wanted ?? -1)
      expect(Object.keys(operation.responses), name).toContain('500')
    }
  })

  test('names the codes of each refusal', async () => {
    const all = await operations()
    const stats = all.find(({ name }) => name === 'GET /api/v1/stats')?.operation
    expect(stats?.responses['401']?.description).toContain('`missing_api_key`')
    expect(stats?.responses['401']?.description).toContain('`invalid_api_key`')
    const token = all.find(({ name }) => name === 'POST /auth/v1/token')?.operation
    expect(token?.responses['400']?.description).toContain('`invalid_grant`')
    expect(Object.keys(token?.responses ?? {})).not.toContain('422')
  })

  test('every reference in it leads somewhere', async () => {
    const { text, json } = await call(`${server.url}/openapi.json`)
    const schemas = (json['components'] as { schemas: object }).schemas
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(10)
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(names))
  })
})

test('RFC 8414: the authorization server says where its endpoints are', async () => {
  const { json } = await call(`${server.url}/.well-known/oauth-authorization-server`)
  expect(json).toMatchObject({
    issuer: server.url,
    token_endpoint: `${server.url}/auth/v1/token`,
    jwks_uri: `${server.url}/.well-known/jwks.json`,
    grant_types_supported: ['password'],
    response_types_supported: [],
  })
})

test('T9: the key set has the key of the tokens, and nothing private', async () => {
  const { json } = await call(`${server.url}/auth/v1/.well-known/jwks.json`)
  const keys = json['keys'] as Record<string, string>[]
  const cookie = await signedInCookie(server.url, await registered(server.url))
  const [header = ''] = tokenOf(cookie).split('.')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
  expect(keys.map((key) => key['kid'])).toContain(kid)
  for (const key of keys)
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
})

test('T9: verifiers elsewhere may keep the key set for five minutes, callers of the API may not', async () => {
  const [kept, fresh] = await Promise.all([
    call(`${server.url}/.well-known/jwks.json`),
    call(`${server.url}/auth/v1/.well-known/jwks.json`),
  ])
  expect(kept.json).toEqual(fresh.json)
  expect(kept.headers['content-type']).toBe('application/json')
  expect(kept.headers['cache-control']).toBe('public, max-age=300')
  expect(fresh.headers['cache-control']).toBe('no-store')
})

test('T8: a rotated key signs at once, and the key set has it beside the one before', async () => {
  const cookie = await signedInCookie(server.url, await registered(server.url))
  const { keyId } = await server.barbell.auth.rotateSigningKey({ address: 'x', requestId: 'x' })
  const { json } = await call(`${server.url}/.well-known/jwks.json`)
  const kids = (json['keys'] as Record<string, string>[]).map((key) => key['kid'])

  expect(kids).toHaveLength(2)
  expect(kids[0]).toBe(keyId)
  expect((await call(`${server.url}/internal/v1/batches`, { headers: { cookie } })).status).toBe(
    200,
  )
})

describe('health', () => {
  test('F12: says that the server lives and is ready, and nothing else', async () => {
    expect((await call(`${server.url}/healthz`)).json).toEqual({ status: 'ok' })
    expect((await call(`${server.url}/readyz`)).json).toEqual({ status: 'ready' })
  })

  test('F11: a server that drains refuses what is new, lives, and is not ready', async () => {
    const draining = await startServer()
    const { apiKey } = await sandboxed(draining.url)
    draining.barbell.startDraining()
    const refused = await call(`${draining.url}/api/v1/me`, { headers: { 'x-api-auth': apiKey } })
    expect([refused.status, refused.json['code']]).toEqual([503, 'draining'])
    expect(refused.headers).toMatchObject({ 'retry-after': '2', connection: 'close' })
    const grant = await call(`${draining.url}/auth/v1/token`, {
      body: { username: 'a', password: 'b' },
    })
    expect([grant.status, grant.json['error']]).toEqual([503, 'temporarily_unavailable'])
    expect((await call(`${draining.url}/readyz`)).status).toBe(503)
    expect((await call(`${draining.url}/healthz`)).status).toBe(200)
    await draining.stop()
  })

  test('F3, E3: a store that cannot write answers 503, is read on, and nothing is let in', async () => {
    const broken = await startServer()
    const reader = await registered(broken.url)
    const cookie = await signedInCookie(broken.url, reader)
    // A file where the folder was: every write fails from now on.
    const { dataDir } = broken.barbell.config
    rmSync(dataDir, { recursive: true })
    writeFileSync(dataDir, '')
    const answer = await call(`${broken.url}/auth/v1/sandbox`, { method: 'POST' })
    expect([answer.status, answer.json['code']]).toEqual([503, 'store_unavailable'])
    expect(answer.headers['retry-after']).toBe('5')
    const grant = await call(`${broken.url}/auth/v1/token`, { body: { ...reader } })
    expect([grant.status, grant.json['error'], grant.cookies]).toEqual([
      503,
      'temporarily_unavailable',
      [],
    ])
    const read = await call(`${broken.url}/internal/v1/batches`, { headers: { cookie } })
    expect(read.status).toBe(200)
    await broken.stop().catch(() => undefined)
  })
})

test('every code of the API has a status that an answer can have', () => {
  for (const { status } of Object.values(errorCodes)) expect(status).toBeGreaterThanOrEqual(400)
})
