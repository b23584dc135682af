import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call, postJson } from '../support/call.ts'
import { clockAt, type TestClock } from '../support/clock.ts'
import {
  type Reader,
  registered,
  sandboxed,
  signedInCookie,
  signIn,
  tokenOf,
} from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let clock: TestClock
let reader: Reader

beforeAll(async () => {
  clock = clockAt('2026-03-01T12:00:00Z')
  server = await startServer({ clock })
  reader = await registered(server.url)
})
afterAll(() => server.stop())

function token(body: Record<string, string> | string, headers: Record<string, string> = {}) {
  const type =
    typeof body === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
  return call(`${server.url}/auth/v1/token`, {
    method: 'POST',
    body,
    headers: { ...type, ...headers },
  })
}

function me(headers: Record<string, string | string[]>) {
  return call(`${server.url}/auth/v1/users/me`, { headers })
}

function oauth({ status, json }: Answer): unknown[] {
  return [status, json['error']]
}

describe('the cookie', () => {
  test('C1, O3: the seed’s own request gets the cookie of the contract and no token in the body', async () => {
    const answer = await signIn(server.url, reader)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      token_type: 'Bearer',
      expires_in: 1800,
      username: reader.username,
    })
    expect(answer.cookies).toHaveLength(1)
    expect(answer.cookies[0]).toMatch(
      /^access_token=[\w-]+\.[\w-]+\.[\w-]+; HttpOnly; SameSite=Lax; Path=\/; Max-Age=1800$/,
    )
    expect(Buffer.byteLength(answer.cookies[0] ?? '')).toBeLessThan(4096)
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
  })

  test('C4: over https it is Secure, whatever the request says of its scheme', async () => {
    const https = await startServer({ env: { BARBELL_URL: 'https://docs.example' } })
    const own = await registered(https.url)
    const answer = await signIn(https.url, own, { 'x-forwarded-proto': 'http' })
    expect(answer.cookies[0]).toMatch(/; Secure$/)
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=31536000/)
    await https.stop()
    const plain = await signIn(server.url, reader, { 'x-forwarded-proto': 'https' })
    expect(plain.cookies[0]).not.toMatch(/Secure/)
    expect(plain.headers['strict-transport-security']).toBeUndefined()
  })

  test('T10: the token holds no name and nothing but what its checking needs', async () => {
    const value = tokenOf(await signedInCookie(server.url, reader))
    const [header, claims] = value
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString())
    expect(JSON.parse(header ?? '')).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
    expect(Object.keys(JSON.parse(claims ?? '') as object).sort()).toEqual([
      'aud',
      'exp',
      'iat',
      'iss',
      'jti',
      'sid',
      'sub',
    ])
    expect(claims).not.toContain(reader.username)
  })

  test('T7: a sign-in ends the session of the token that came with it', async () => {
    const planted = await signedInCookie(server.url, reader)
    const fresh = await call(`${server.url}/auth/v1/token`, {
      body: { ...reader },
      headers: { cookie: planted },
    })
    expect(fresh.cookies[0]).not.toContain(planted)
    expect((await me({ cookie: planted })).status).toBe(401)
  })

  test('T5: it works for 30 minutes and not a minute longer', async () => {
    const cookie = await signedInCookie(server.url, reader)
    clock.pass(30 * 60 - 1)
    expect((await me({ cookie })).status).toBe(200)
    clock.pass(61)
    expect((await me({ cookie })).json['code']).toBe('invalid_token')
  })

  test.each(['good; bad', 'bad; good', 'good; good', 'empty; good'])(
    'C3: two cookies (%s) are a 401, and both are cleared',
    async (order) => {
      const good = await signedInCookie(server.url, reader)
      const cookie = order
        .replaceAll('good', good)
        .replace('bad', 'access_token=bad')
        .replace('empty', 'access_token=')
      const answer = await me({ cookie })
      expect([answer.status, answer.json['code']]).toEqual([401, 'invalid_token'])
      expect(answer.cookies).toContain('access_token=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0')
      expect(answer.cookies.every((line) => line.includes('Max-Age=0'))).toBe(true)
    },
  )
})

describe('D5: a token in the body', () => {
  const browserHeaders = [
    { origin: 'OURS' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-mode': 'cors' },
  ] as Record<string, string>[]

  test('an OAuth2 client outside a browser gets one, and it is another than the cookie’s', async () => {
    const answer = await token({ ...reader, grant_type: 'password' })
    const inBody = String(answer.json['access_token'])
    const inCookie = answer.cookies[0]?.split(';')[0]?.slice('access_token='.length)
    expect(inBody).not.toBe(inCookie)
    const who = await me({ authorization: `Bearer ${inBody}` })
    expect(who.json['username']).toBe(reader.username)
  })

  test.each(browserHeaders)('a browser (%o) never does', async (headers) => {
    const named = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('OURS', server.url)]),
    )
    const answer = await token({ ...reader, grant_type: 'password' }, named)
    expect(answer.status).toBe(200)
    expect(answer.json).not.toHaveProperty('access_token')
  })

  test('without grant_type there is none', async () => {
    expect((await token({ ...reader, grant_type: '' })).json).not.toHaveProperty('access_token')
  })
})

describe('O2: what is wrong with a request', () => {
  test.each([
    ['no password', 'username=a'],
    ['an empty password', 'username=a&password='],
    ['nothing', ''],
    ['a username twice', 'username=a&username=b&password=c'],
    ['an unknown parameter twice', 'username=a&password=c&x=1&x=1'],
    ['no UTF-8', 'username=a&password=%FF'],
    ['a torn escape', 'username=a&password=%'],
    ['a NUL', 'username=a&password=%00'],
    ['nested names', 'username[a]=b&password[c][d]=e'],
  ])('%s is invalid_request', async (_, body) => {
    expect(oauth(await token(body))).toEqual([400, 'invalid_request'])
  })

  test('O4: credentials in the URL are invalid_request and in no log', async () => {
    const path = '/auth/v1/token?username=a&password=canary-in-url'
    const answer = await call(`${server.url}${path}`, { body: { ...reader } })
    expect(oauth(answer)).toEqual([400, 'invalid_request'])
    expect(server.logLines.join('')).not.toContain('canary-in-url')
  })

  test.each(['client_credentials', 'authorization_code', 'PASSWORD', 'password '])(
    'grant_type=%s is unsupported_grant_type',
    async (grantType) => {
      expect(oauth(await token({ ...reader, grant_type: grantType }))).toEqual([
        400,
        'unsupported_grant_type',
      ])
    },
  )

  test('O2: another grant is unsupported_grant_type whatever else is missing', async () => {
    const answer = await token({ grant_type: 'client_credentials' })
    expect(oauth(answer)).toEqual([400, 'unsupported_grant_type'])
  })

  test('wrong password and unknown user are invalid_grant, the same but for the request id', async () => {
    const wrong = await token({ ...reader, password: 'wrong' })
    const unknown = await token({ username: 'nobody-at-all', password: 'wrong' })
    expect(oauth(wrong)).toEqual([400, 'invalid_grant'])
    expect(unknown.text).toBe(wrong.text)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'I4: %s is a missing user like any',
    async (username) => {
      expect(oauth(await token({ username, password: 'x' }))).toEqual([400, 'invalid_grant'])
    },
  )

  test('unknown parameters are ignored, as those of a client that names itself', async () => {
    const answer = await token({ ...reader, grant_type: 'password', client_id: 'x', scope: '' })
    expect(answer.status).toBe(200)
  })

  test('the answer explains itself in the words of OAuth and says where more is', async () => {
    const { json, headers } = await token('username=a')
    expect(headers['content-type']).toBe('application/json')
    expect(headers['cache-control']).toBe('no-store')
    expect(json).toEqual({
      error: 'invalid_request',
      error_description: 'password: This is needed.',
      error_uri: `${server.url}/docs/errors#invalid_request`,
    })
  })

  test.each([
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/json;x=form',
    ',application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=iso-8859-1',
    'application/x-www-form-urlencodedx',
    '',
  ])('O1: content type "%s" is a 415', async (type) => {
    const answer = await token(String(new URLSearchParams({ ...reader })), { 'content-type': type })
    expect(oauth(answer)).toEqual([415, 'invalid_request'])
    expect(answer.cookies).toEqual([])
  })

  test.each([
    'application/x-www-form-urlencoded;charset=UTF-8',
    'APPLICATION/X-WWW-FORM-URLENCODED',
  ])('O1: content type "%s" is a form', async (type) => {
    const answer = await token(String(new URLSearchParams({ ...reader })), { 'content-type': type })
    expect(answer.status).toBe(200)
  })

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('O1: %s is a 405', async (method) => {
    const answer = await call(`${server.url}/auth/v1/token`, { method })
    expect(oauth(answer)).toEqual([405, 'invalid_request'])
    expect(answer.headers['allow']).toBe('POST')
  })

  test('I12: a packed body is a 415', async () => {
    const answer = await token({ ...reader }, { 'content-encoding': 'gzip' })
    expect(oauth(answer)).toEqual([415, 'invalid_request'])
  })

  test('a password of any characters arrives as it was sent', async () => {
    const odd = { username: 'odd-one', password: 'ü+%20 &=🔑"\\ end' }
    await postJson(`${server.url}/auth/v1/register`, odd)
    expect((await token(odd)).status).toBe(200)
    expect(oauth(await token({ ...odd, password: odd.password.replace('+', ' ') }))).toEqual([
      400,
      'invalid_grant',
    ])
  })
})

describe('E1, T11, T12: the token on a request', () => {
  test('nothing sent: a challenge without an error', async () => {
    const { status, headers, json } = await me({})
    expect([status, json['code']]).toEqual([401, 'missing_token'])
    expect(headers['www-authenticate']).toBe('Bearer realm="barbell"')
  })

  test.each([
    'Bearer x',
    'Bearer a b',
    'Bearer',
    'Bearer,',
    'Bearer a,b',
    'bearer x.y.z',
    'Bearer \xff',
  ])('garbage in Authorization (%s): a challenge with an error', async (authorization) => {
    const { status, headers, json } = await me({ authorization })
    expect([status, json['code']]).toEqual([401, 'invalid_token'])
    expect(headers['www-authenticate']).toBe('Bearer realm="barbell", error="invalid_token"')
  })

  test('T12: another scheme is no token', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const { status, json } = await me({ authorization: `Basic ${tokenOf(cookie)}` })
    expect([status, json['code']]).toEqual([401, 'missing_token'])
  })

  test('T12: the scheme is read in any case', async () => {
    const cookie = await signedInCookie(server.url, reader)
    expect((await me({ authorization: `bEARER ${tokenOf(cookie)}` })).status).toBe(200)
  })

  test('T11: cookie and Bearer together are a 400, whichever of them is good', async () => {
    const cookie = await signedInCookie(server.url, reader)
    for (const bearer of [tokenOf(cookie), 'bad']) {
      for (const sent of [cookie, 'access_token=bad']) {
        const { status, json } = await me({ cookie: sent, authorization: `Bearer ${bearer}` })
        expect([status, json['code']]).toEqual([400, 'ambiguous_credentials'])
      }
    }
  })

  test('T2: a token without its signature, or with none at all, is refused', async () => {
    const [header = '', claims = ''] = tokenOf(await signedInCookie(server.url, reader)).split('.')
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    for (const forged of [`${header}.${claims}.`, `${none}.${claims}.`, `${header}.${claims}`]) {
      expect((await me({ authorization: `Bearer ${forged}` })).status).toBe(401)
    }
  })

  test('users/me says whom the token speaks for and how long', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const { json } = await me({ cookie })
    expect(json).toMatchObject({ username: reader.username, kind: 'own', expires_at: null })
    const { issued_at: from, expires_at: to } = json['token'] as {
      issued_at: string
      expires_at: string
    }
    expect(Date.parse(to) - Date.parse(from)).toBe(30 * 60 * 1000)
  })

  test('users/me says what the server reads in the token: header and claims as they are in it', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const [header = '', claims = ''] = tokenOf(cookie).split('.')
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
    clock.pass(100)
    const { json } = await me({ cookie })
    expect(json['token']).toMatchObject(read(claims) as object)
    expect(json['token']).toMatchObject({ kid: (read(header) as { kid: string }).kid })
    expect(json['token']).toMatchObject({ expires_in: 1700 })
  })
})

describe('a token of 5 seconds', () => {
  test('is given to a sandbox account that asks, and body, cookie, claims and session agree', async () => {
    const guest = await sandboxed(server.url)
    const { username, password } = guest
    const answer = await token({ username, password, expires_in: '5' })
    expect(answer.json['expires_in']).toBe(5)
    expect(answer.cookies[0]).toMatch(/; Max-Age=5$/)
    const [cookie = ''] = answer.cookies[0]?.split(';') ?? []
    const { iat, exp } = (await me({ cookie })).json['token'] as { iat: number; exp: number }
    expect(exp - iat).toBe(5)
    clock.pass(5)
    expect((await me({ cookie })).json['code']).toBe('invalid_token')
    expect((await me({ authorization: `Bearer ${tokenOf(cookie)}` })).status).toBe(401)
  })

  test('is not given to an own account, whose answer says so', async () => {
    const { json, cookies } = await token({ ...reader, expires_in: '5' })
    expect(json['expires_in']).toBe(1800)
    expect(cookies[0]).toMatch(/; Max-Age=1800$/)
  })

  test('an empty parameter counts as none, and another time is refused before the password is looked at', async () => {
    expect((await token({ ...reader, expires_in: '' })).json['expires_in']).toBe(1800)
    for (const seconds of ['4', '86400', '-5', '5.0', 'soon']) {
      const answer = await token({ username: 'nobody', password: 'none', expires_in: seconds })
      expect(oauth(answer)).toEqual([400, 'invalid_request'])
      expect(answer.json['error_description']).toBe('expires_in: Use 5, or leave it out.')
    }
  })
})

describe('logging out', () => {
  test('T6, C2: ends the session on the server, for the cookie and for Bearer, and clears the cookie', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const answer = await call(`${server.url}/auth/v1/logout`, {
      method: 'POST',
      headers: { cookie },
    })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.cookies).toEqual(['access_token=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0'])
    expect((await me({ cookie })).json['code']).toBe('invalid_token')
    expect((await me({ authorization: `Bearer ${tokenOf(cookie)}` })).json['code']).toBe(
      'invalid_token',
    )
  })

  test('T6: another spelling of the same token is ended with it', async () => {
    const cookie = await signedInCookie(server.url, reader)
    await call(`${server.url}/auth/v1/logout`, { method: 'POST', headers: { cookie } })
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const spareBits = digits.indexOf(cookie.slice(-1)) ^ 1
    const respelled = cookie.slice(0, -1) + digits.charAt(spareBits)
    expect((await me({ cookie: respelled })).status).toBe(401)
  })

  test('without a token there is nothing to end', async () => {
    const answer = await call(`${server.url}/auth/v1/logout`, { method: 'POST' })
    expect([answer.status, answer.json['code']]).toEqual([401, 'missing_token'])
  })
})

describe('the internal API', () => {
  test('opens to a token, as cookie and as Bearer', async () => {
    const cookie = await signedInCookie(server.url, await sandboxed(server.url))
    for (const headers of [{ cookie }, { authorization: `Bearer ${tokenOf(cookie)}` }]) {
      const queue = await call(`${server.url}/internal/v1/review-queue?limit=3`, { headers })
      expect(queue.json['items']).toHaveLength(3)
      const batches = await call(`${server.url}/internal/v1/batches`, { headers })
      const [batch] = batches.json['items'] as { id: string }[]
      const one = await call(`${server.url}/internal/v1/batches/${batch?.id ?? ''}`, { headers })
      expect(one.json).toEqual(batch)
    }
  })

  test('the queue is walked by cursor, each image once', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const ids: string[] = []
    let cursor: string | null | undefined
    while (cursor !== null) {
      const from: string = cursor === undefined ? '' : `&cursor=${cursor}`
      const answer = await call(`${server.url}/internal/v1/review-queue?limit=100${from}`, {
        headers: { cookie },
      })
      const page = answer.json as { items: { id: string }[]; next_cursor: string | null }
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor
    }
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(100)
  })

  test('a key does not open it', async () => {
    const { apiKey } = await sandboxed(server.url)
    const headers = { 'x-api-auth': apiKey }
    const answer = await call(`${server.url}/internal/v1/batches`, { headers })
    expect([answer.status, answer.json['code']]).toEqual([401, 'missing_token'])
  })

  test('an unknown batch is a 404', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const answer = await call(`${server.url}/internal/v1/batches/nowhere`, { headers: { cookie } })
    expect([answer.status, answer.json['code']]).toEqual([404, 'not_found'])
  })
})
