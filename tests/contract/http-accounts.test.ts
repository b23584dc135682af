import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, postJson } from '../support/call.ts'
import { clockAt, type TestClock } from '../support/clock.ts'
import { signIn } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let clock: TestClock

beforeAll(async () => {
  clock = clockAt('2026-03-01T12:00:00Z')
  server = await startServer({ clock })
})
afterAll(() => server.stop())

function register(value: unknown) {
  return postJson(`${server.url}/auth/v1/register`, value)
}

function registerText(body: string | Buffer, type = 'application/json') {
  return call(`${server.url}/auth/v1/register`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
}

describe('register', () => {
  test('opens an account that can sign in', async () => {
    const reader = { username: 'Ada', password: 'a quiet frozen lake' }
    const answer = await register(reader)
    expect([answer.status, answer.json]).toEqual([
      201,
      { username: 'Ada', created_at: '2026-03-01T12:00:00.000Z' },
    ])
    expect(answer.cookies).toEqual([])
    expect((await signIn(server.url, reader)).status).toBe(200)
  })

  test('U8: a name is taken in any case', async () => {
    const answer = await register({ username: 'aDA', password: 'another frozen lake' })
    expect([answer.status, answer.json['code']]).toEqual([409, 'username_taken'])
  })

  test('U9: of 20 at the same time one gets the name', async () => {
    const same = { username: 'contested', password: 'a quiet frozen lake' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(same)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array<number>(19).fill(409)])
  })

  test('every bad field has its entry', async () => {
    const { status, json } = await register({ username: 'a:b', password: 'short', role: 'admin' })
    expect([status, json['code']]).toEqual([422, 'validation_failed'])
    const unknown = json['errors'] as { field: string }[]
    expect(unknown.map(({ field }) => field)).toEqual(['role'])
    const known = await register({ username: 'a:b', password: 'short' })
    const fields = (known.json['errors'] as { field: string }[]).map(({ field }) => field)
    expect(fields).toEqual(['username', 'password'])
  })

  test.each([
    'a:b',
    'ünï',
    'a\u202eb',
    'a\u200bb',
    'ａdmin',
    'admin ',
    'ad',
    '-ab',
    'sandbox-abc',
    '',
    'a\0b',
  ])('K9, U8: "%s" is no username', async (username) => {
    const { status, json } = await register({ username, password: 'a quiet frozen lake' })
    expect([status, json['code']]).toEqual([422, 'validation_failed'])
  })

  test.each([
    ['an array', '[]'],
    ['a text', '"x"'],
    ['half of it', '{"username":"a"'],
    ['a member twice', '{"username":"abc","username":"abd","password":"a quiet frozen lake"}'],
    ['__proto__', '{"username":"abc","password":"a quiet frozen lake","__proto__":{"x":1}}'],
    ['a lone surrogate', '{"username":"abc","password":"\\ud800 quiet frozen lake"}'],
    ['a byte order mark', '\ufeff{"username":"abc","password":"a quiet frozen lake"}'],
    ['nothing', ''],
  ])('I4: %s is a 400', async (_, body) => {
    const { status, json } = await registerText(body)
    expect([status, json['code']]).toEqual([400, 'malformed_request'])
  })

  test('I4: bytes that are no UTF-8 are a 400', async () => {
    const body = Buffer.from('{"username":"abc","password":"quiet frozen lake \xff"}', 'latin1')
    expect((await registerText(body)).status).toBe(400)
    const utf16 = Buffer.from('{"username":"abc","password":"quiet frozen lake"}', 'utf16le')
    expect((await registerText(utf16)).status).toBe(400)
  })

  test.each([
    ['a number for a text', { username: 123, password: 'a quiet frozen lake' }],
    ['an object for a text', { username: { $ne: '' }, password: 'a quiet frozen lake' }],
    ['nothing for a text', { username: 'abc' }],
  ])('I4: %s is a 422', async (_, value) => {
    expect((await register(value)).status).toBe(422)
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/json; charset=utf-16',
    '',
  ])('content type "%s" is a 415', async (type) => {
    const body = '{"username":"abcde","password":"a quiet frozen lake"}'
    const { status, json } = await registerText(body, type)
    expect([status, json['code']]).toEqual([415, 'unsupported_media_type'])
  })
})

describe('sandbox', () => {
  function open(headers: Record<string, string> = {}) {
    return call(`${server.url}/auth/v1/sandbox`, { method: 'POST', headers })
  }

  function seedOf(cookies: string[]): string {
    return cookies[0]?.split(';')[0] ?? ''
  }

  test('gives all that a sample needs, for 24 hours', async () => {
    const { status, json, cookies } = await open()
    expect(status).toBe(201)
    expect(json).toEqual({
      username: expect.stringMatching(/^sandbox-/) as string,
      password: expect.any(String) as string,
      api_key: expect.stringMatching(/^sandbox-\w+:\w{16}$/) as string,
      expires_at: new Date(clock.nowMs() + 24 * 60 * 60 * 1000).toISOString(),
    })
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toMatch(
      /^sandbox_seed=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/auth\/v1\/sandbox; Max-Age=86400$/,
    )
    const me = await call(`${server.url}/api/v1/me`, {
      headers: { 'x-api-auth': String(json['api_key']) },
    })
    expect(me.json['username']).toBe(json['username'])
    const reader = { username: String(json['username']), password: String(json['password']) }
    expect((await signIn(server.url, reader)).status).toBe(200)
  })

  test('the same browser gets the same account again, and its cookie ends with the account', async () => {
    const first = await open()
    clock.pass(60 * 60)
    const again = await open({ cookie: seedOf(first.cookies) })
    expect(again.json).toEqual(first.json)
    expect(again.cookies[0]).toContain('Max-Age=82800')
  })

  test('another browser gets another', async () => {
    const [one, other] = await Promise.all([open(), open()])
    expect(one.json['username']).not.toBe(other.json['username'])
  })

  test.each(['sandbox_seed=nonsense', `sandbox_seed=${'A'.repeat(43)}`, 'sandbox_seed='])(
    'a seed of nobody (%s) gets a new account',
    async (cookie) => {
      expect((await open({ cookie })).status).toBe(201)
    },
  )

  test('two seeds are nobody’s', async () => {
    const [one, other] = await Promise.all([open(), open()])
    const both = await open({ cookie: `${seedOf(one.cookies)}; ${seedOf(other.cookies)}` })
    expect([one.json['username'], other.json['username']]).not.toContain(both.json['username'])
  })

  test('after 24 hours account, key and password are refused, and its seed gets a new one', async () => {
    const { json, cookies } = await open()
    clock.pass(24 * 60 * 60)
    const headers = { 'x-api-auth': String(json['api_key']) }
    expect((await call(`${server.url}/api/v1/me`, { headers })).status).toBe(401)
    const reader = { username: String(json['username']), password: String(json['password']) }
    expect((await signIn(server.url, reader)).json['error']).toBe('invalid_grant')
    const next = await open({ cookie: seedOf(cookies) })
    expect(next.json['username']).not.toBe(json['username'])
  })
})
