import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../support/call.ts'
import {
  registered,
  sandboxed,
  type SandboxReader,
  signedInCookie,
  tokenOf,
} from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let reader: SandboxReader

beforeAll(async () => {
  server = await startServer()
  reader = await sandboxed(server.url)
})
afterAll(() => server.stop())

function get(path: string, headers: Record<string, string | string[]> = {}) {
  return call(`${server.url}${path}`, { headers: { 'x-api-auth': reader.apiKey, ...headers } })
}

describe('what a key gets', () => {
  test('ping answers without a key', async () => {
    const answer = await call(`${server.url}/api/v1/ping`)
    expect([answer.status, answer.json]).toEqual([200, { ping: 'pong!' }])
  })

  test('me names the owner and the last four characters of the key, never the key', async () => {
    const { status, json, text } = await get('/api/v1/me')
    expect(status).toBe(200)
    expect(json).toEqual({
      username: reader.username,
      key: {
        hint: reader.apiKey.slice(-4),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/) as string,
        last_used_at: null,
      },
    })
    expect(text).not.toContain(reader.apiKey.split(':')[1])
    const again = await get('/api/v1/me')
    expect(again.json['key']).toMatchObject({ last_used_at: expect.any(String) as string })
  })

  test('stats counts images, those un-reviewed, teams, and seconds', async () => {
    const { json } = await get('/api/v1/stats')
    expect(Object.keys(json)).toEqual([
      'image_count',
      'un_reviewed_image_count',
      'team_count',
      'uptime',
    ])
    expect(Object.values(json).every((count) => typeof count === 'number' && count > 0)).toBe(true)
  })

  test('categories are families of labels', async () => {
    const { json } = await get('/api/v1/categories')
    const [family] = json['items'] as { categories: object[] }[]
    expect(family).toMatchObject({ name: expect.any(String) as string })
    expect(family?.categories.length).toBeGreaterThan(0)
  })

  test('images come in pages, each once, until next_cursor is null', async () => {
    const seen = new Set<string>()
    let cursor: string | null = ''
    let total = 0
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { json } = await get(`/api/v1/images?limit=100&status=un_reviewed${query}`)
      const items = json['items'] as { id: string; status: string }[]
      for (const { id, status } of items) {
        seen.add(id)
        expect(status).toBe('un_reviewed')
      }
      total += items.length
      cursor = json['next_cursor'] as string | null
    }
    const stats = await get('/api/v1/stats')
    expect([seen.size, total]).toEqual([stats.json['un_reviewed_image_count'], total])
  })

  test('a page has 20 images unless more are asked for', async () => {
    const { json } = await get('/api/v1/images')
    expect(json['items']).toHaveLength(20)
  })

  test('one image has its boxes in pixels', async () => {
    const { json } = await get('/api/v1/images/img_00001')
    const [box] = json['annotations'] as object[]
    expect(json).toMatchObject({ id: 'img_00001' })
    expect(box).toMatchObject({
      x: expect.any(Number) as number,
      y: expect.any(Number) as number,
      width: expect.any(Number) as number,
      height: expect.any(Number) as number,
    })
  })

  test.each(['/api/v1/images/nowhere', '/api/v1/images/img_00001%2f', '/api/v1/images/..%2fstats'])(
    '%s is a 404',
    async (path) => {
      const answer = await get(path)
      expect([answer.status, answer.json['code']]).toEqual([404, 'not_found'])
    },
  )

  test.each([
    ['limit=0', ['limit']],
    ['limit=101', ['limit']],
    ['limit=1.5', ['limit']],
    ['limit=ten', ['limit']],
    ['limit=', ['limit']],
    ['limit=1&limit=2', ['limit']],
    ['status=lost', ['status']],
    ['category=nothing', ['category']],
    ['category=a&category=b', ['category']],
    ['cursor=nonsense', ['cursor']],
    ['categroy=coral', ['categroy']],
    ['limit=0&status=lost', ['limit', 'status']],
  ])('?%s is a 422 with one entry per bad field', async (query, fields) => {
    const { status, json } = await get(`/api/v1/images?${query}`)
    expect([status, json['code']]).toEqual([422, 'validation_failed'])
    const errors = json['errors'] as { field: string; message: string }[]
    expect(errors.map(({ field }) => field).sort()).toEqual(fields)
    for (const { message } of errors) expect(message).toMatch(/^[A-Z].*\.$/)
  })

  test('a cursor of one list is refused on another', async () => {
    const { json } = await get('/api/v1/images?status=reviewed')
    const other = await get(`/api/v1/images?cursor=${String(json['next_cursor'])}`)
    expect(other.status).toBe(422)
  })
})

describe('K5, E1: what no key gets', () => {
  const paths = [
    '/api/v1/me',
    '/api/v1/stats',
    '/api/v1/categories',
    '/api/v1/images',
    '/api/v1/images/img_00001',
  ]

  test.each(paths)('%s without a key is a 401 that says which header it wants', async (path) => {
    const { status, headers, json } = await call(`${server.url}${path}`)
    expect([status, json['code']]).toEqual([401, 'missing_api_key'])
    expect(headers['www-authenticate']).toBe('ApiKey realm="barbell", header="x-api-auth"')
  })

  test('K5: unknown user, wrong key and revoked key get the same answer, byte for byte', async () => {
    const { auth } = server.barbell
    const caller = { address: 'test', requestId: 'test' }
    const owner = await auth.register({ username: 'Ida', password: 'a quiet frozen lake' }, caller)
    const { apiKey, key } = await auth.issueApiKey(owner.id, {}, caller)
    await auth.revokeApiKey(owner.id, key.id, caller)
    const answers = await Promise.all(
      [
        apiKey,
        'Ida:0123456789abcdef',
        'nobody:0123456789abcdef',
        '__proto__:0123456789abcdef',
        ':',
      ].map((value) => get('/api/v1/me', { 'x-api-auth': value })),
    )
    const shapes = answers.map(({ status, headers, json }) => {
      const { 'x-request-id': id, date, ...rest } = headers
      expect([json['request_id'], typeof date]).toEqual([id, 'string'])
      return JSON.stringify([status, rest, { ...json, request_id: '' }])
    })
    expect(new Set(shapes).size).toBe(1)
    expect(shapes[0]).toContain('invalid_api_key')
  })

  test('K6: a key is bound to its username', async () => {
    const other = await sandboxed(server.url)
    const mixed = `${other.username}:${reader.apiKey.split(':')[1] ?? ''}`
    expect((await get('/api/v1/me', { 'x-api-auth': mixed })).status).toBe(401)
  })

  test.each([
    '',
    ':',
    'a:',
    ':k',
    'a:b:c',
    ' ',
    '\t',
    '"a:b"',
    'ida:0123456789abcde',
    'ida:0123456789abcdefg',
    'ida:0123456789abcde ',
    `ida:${'x'.repeat(8 * 1024)}`,
    'ïda:0123456789abcdef',
    'Bearer ida:0123456789abcdef',
  ])('K8: x-api-auth "%s" is a 401', async (value) => {
    expect((await get('/api/v1/me', { 'x-api-auth': value })).status).toBe(401)
  })

  test('K8: two headers are a 401, even if both hold the key', async () => {
    const { apiKey } = reader
    expect((await get('/api/v1/me', { 'x-api-auth': [apiKey, apiKey] })).status).toBe(401)
    expect((await get('/api/v1/me', { 'x-api-auth': `${apiKey}, ${apiKey}` })).status).toBe(401)
    expect((await get('/api/v1/me', { 'x-api-auth': `${apiKey},` })).status).toBe(401)
  })

  test('K15: a key in the URL, the cookie or Authorization opens nothing', async () => {
    const { apiKey } = reader
    const tries = [
      call(`${server.url}/api/v1/me?api_key=${apiKey}&x-api-auth=${apiKey}`),
      call(`${server.url}/api/v1/me`, { headers: { cookie: `x-api-auth=${apiKey}` } }),
      call(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${apiKey}` } }),
    ]
    for (const { status, json } of await Promise.all(tries)) {
      expect([status, json['code']]).toEqual([401, 'missing_api_key'])
    }
    expect(server.logLines.join('')).not.toContain(apiKey.split(':')[1])
  })

  test('a token does not open the public API', async () => {
    const cookie = await signedInCookie(server.url, await registered(server.url))
    const answer = await call(`${server.url}/api/v1/me`, { headers: { cookie } })
    expect(answer.json['code']).toBe('missing_api_key')
  })

  test('T11: a key beside a Bearer token is a 400; beside a cookie, which a browser always sends, it works', async () => {
    const cookie = await signedInCookie(server.url, await registered(server.url))
    const both = await get('/api/v1/me', { authorization: `Bearer ${tokenOf(cookie)}` })
    expect([both.status, both.json['code']]).toEqual([400, 'ambiguous_credentials'])
    const ambient = await get('/api/v1/me', { cookie })
    expect(ambient.json['username']).toBe(reader.username)
  })

  test('K11: a revoked key is refused from the next request on', async () => {
    const { auth } = server.barbell
    const caller = { address: 'test', requestId: 'test' }
    const owner = await auth.register({ username: 'Eve', password: 'a quiet frozen lake' }, caller)
    const { apiKey, key } = await auth.issueApiKey(owner.id, {}, caller)
    expect((await get('/api/v1/me', { 'x-api-auth': apiKey })).status).toBe(200)
    await auth.revokeApiKey(owner.id, key.id, caller)
    expect((await get('/api/v1/me', { 'x-api-auth': apiKey })).status).toBe(401)
  })
})
