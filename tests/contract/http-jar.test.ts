import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../support/call.ts'
import {
  type Reader,
  registered,
  sandboxed,
  type SandboxReader,
  signedInCookie,
  signIn,
  tokenOf,
} from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

const jar = { 'barbell-jar': 'program' }

let server: TestServer
let own: Reader
let guest: SandboxReader

beforeAll(async () => {
  server = await startServer()
  own = await registered(server.url)
  guest = await sandboxed(server.url)
})
afterAll(() => server.stop())

function users(headers: Record<string, string>) {
  return call(`${server.url}/auth/v1/users/me`, { headers })
}

/** The cookie that a program was handed, as it sends it back. */
async function programCookie(reader: Reader): Promise<string> {
  const { headers } = await signIn(server.url, reader, jar)
  return String(headers['barbell-set-cookie']).split(';')[0] ?? ''
}

describe('a program with a sandbox account', () => {
  test('is handed its cookie in a header that it can read, and none goes to the browser', async () => {
    const answer = await signIn(server.url, guest, jar)
    expect(answer.status).toBe(200)
    expect(answer.cookies).toEqual([])
    expect(answer.headers['barbell-set-cookie']).toMatch(
      /^access_token=[\w.-]+; HttpOnly; SameSite=Lax; Path=\/; Max-Age=1800$/,
    )
    expect(answer.json).not.toHaveProperty('access_token')
  })

  test('sends it back in Barbell-Cookie, or as Bearer', async () => {
    const cookie = await programCookie(guest)
    const kept = await users({ ...jar, 'barbell-cookie': cookie })
    expect(kept.json['username']).toBe(guest.username)
    const bearer = await users({ ...jar, authorization: `Bearer ${tokenOf(cookie)}` })
    expect(bearer.json['username']).toBe(guest.username)
  })

  test('S16: does not act as the browser that it runs in', async () => {
    const browser = await signedInCookie(server.url, own)
    expect((await users({ ...jar, cookie: browser })).json['code']).toBe('missing_token')
    const cookie = await programCookie(guest)
    const both = await users({ ...jar, cookie: browser, 'barbell-cookie': cookie })
    expect(both.json['username']).toBe(guest.username)
  })

  test('S16: its sign-in and its logout leave the browser signed in', async () => {
    const browser = await signedInCookie(server.url, own)
    const inside = await signIn(server.url, guest, { ...jar, cookie: browser })
    const cookie = String(inside.headers['barbell-set-cookie']).split(';')[0] ?? ''
    const out = await call(`${server.url}/auth/v1/logout`, {
      method: 'POST',
      headers: { ...jar, cookie: browser, 'barbell-cookie': cookie },
    })
    expect([out.status, out.cookies]).toEqual([204, []])
    expect(out.headers['barbell-set-cookie']).toMatch(/^access_token=;.*Max-Age=0$/)
    expect((await users({ ...jar, 'barbell-cookie': cookie })).status).toBe(401)
    expect((await users({ cookie: browser })).status).toBe(200)
  })

  test('C3: two tokens in its jar are refused, and the browser’s are left alone', async () => {
    const cookie = await programCookie(guest)
    const answer = await users({ ...jar, 'barbell-cookie': `${cookie}; ${cookie}` })
    expect([answer.status, answer.cookies]).toEqual([401, []])
  })

  test('T11: its cookie and a Bearer token are two credentials', async () => {
    const cookie = await programCookie(guest)
    const headers = { ...jar, 'barbell-cookie': cookie, authorization: `Bearer ${tokenOf(cookie)}` }
    expect((await users(headers)).json['code']).toBe('ambiguous_credentials')
  })

  test('uses its key as anybody', async () => {
    const headers = { ...jar, 'x-api-auth': guest.apiKey }
    expect((await call(`${server.url}/api/v1/me`, { headers })).status).toBe(200)
  })
})

describe('S16: a program with an account that lasts', () => {
  test('gets no token: nothing is set and nothing returned', async () => {
    const answer = await signIn(server.url, own, jar)
    expect([answer.status, answer.json['error']]).toEqual([403, 'sandbox_only'])
    expect(answer.cookies).toEqual([])
    expect(answer.headers['barbell-set-cookie']).toBeUndefined()
    expect(answer.text).not.toMatch(/eyJ/)
  })

  test('is told so only after the right password', async () => {
    const answer = await signIn(server.url, { ...own, password: 'wrong' }, jar)
    expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_grant'])
  })

  test('cannot use a token that the account got elsewhere', async () => {
    const cookie = await signedInCookie(server.url, own)
    for (const headers of [
      { 'barbell-cookie': cookie },
      { authorization: `Bearer ${tokenOf(cookie)}` },
    ]) {
      const answer = await users({ ...jar, ...headers })
      expect([answer.status, answer.json['code']]).toEqual([403, 'sandbox_only'])
    }
  })

  test('signed in as such, every call with the header gets 401, 403 or what is public, and no token', async () => {
    const cookie = await signedInCookie(server.url, own)
    for (const { method, path, lane } of server.barbell.api.endpoints) {
      const answer = await call(`${server.url}${path}`, { method, headers: { ...jar, cookie } })
      if (lane !== 'none') expect(answer.status, path).toBeOneOf([401, 403])
      expect(JSON.stringify(answer.headers) + answer.text, path).not.toMatch(/eyJ|access_token=\w/)
    }
    expect((await users({ cookie })).status).toBe(200)
  })
})

describe('the header', () => {
  test.each(['browser', '', 'program, program', 'Program'])('"%s" is a 400', async (value) => {
    const answer = await users({ 'barbell-jar': value })
    expect([answer.status, answer.json['code']]).toEqual([400, 'malformed_request'])
  })

  test('without it Barbell-Cookie is nothing', async () => {
    const cookie = await programCookie(guest)
    expect((await users({ 'barbell-cookie': cookie })).json['code']).toBe('missing_token')
  })

  test('S16: a program neither gets nor reads the seed of the browser’s sandbox account', async () => {
    const first = await call(`${server.url}/auth/v1/sandbox`, { method: 'POST' })
    const seed = first.cookies[0]?.split(';')[0] ?? ''
    for (const name of ['cookie', 'barbell-cookie']) {
      const answer = await call(`${server.url}/auth/v1/sandbox`, {
        method: 'POST',
        headers: { ...jar, [name]: seed },
      })
      expect(answer.status).toBe(201)
      expect(answer.json['username']).not.toBe(first.json['username'])
      expect([answer.cookies, answer.headers['barbell-set-cookie']]).toEqual([[], undefined])
    }
  })
})
