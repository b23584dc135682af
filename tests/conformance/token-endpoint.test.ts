import { randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call } from '../support/call.ts'
import { type Reader, tokenOf } from '../support/readers.ts'
import {
  ask,
  freshPassword,
  freshReader,
  freshSandbox,
  serverLog,
  startOther,
  testOwnServer,
  url,
} from './target.ts'

const path = '/auth/v1/token'
const form = 'application/x-www-form-urlencoded'

let reader: Reader

beforeAll(async () => {
  reader = await freshSandbox()
})

/** Sends a body exactly as it is written. */
function sendBody(body: string | Buffer, type: string | null = form): Promise<Answer> {
  const headers = type === null ? {} : { 'content-type': type }
  return ask(path, { method: 'POST', body, headers })
}

/** Username and password as a form, with what else there is. */
function grant(besides: Record<string, string> = {}): string {
  const { username, password } = reader
  return String(new URLSearchParams({ username, password, ...besides }))
}

function outcomeOf({ status, json }: Answer): unknown[] {
  return [status, json['error']]
}

describe('O1: the token endpoint', () => {
  test.each(['GET', 'PUT', 'PATCH', 'DELETE'])(
    'refuses %s and says what it takes',
    async (method) => {
      const answer = await ask(path, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.allow).toBe('POST')
      expect(answer.cookies).toEqual([])
    },
  )

  test.each([
    form,
    'APPLICATION/X-WWW-Form-UrlEncoded',
    `${form}; charset=utf-8`,
    `${form};charset="UTF-8"`,
  ])('takes a form as %s', async (type) => {
    expect((await sendBody(grant(), type)).status).toBe(200)
  })

  test.each([
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/xml',
    `${form}; charset=utf-16`,
    `${form}; charset=iso-8859-1`,
    `,${form}`,
    `${form},application/json`,
    '',
    null,
  ])('refuses a form that is said to be %j', async (type) => {
    const answer = await sendBody(grant(), type)
    expect(outcomeOf(answer)).toEqual([415, 'invalid_request'])
    expect(answer.cookies).toEqual([])
  })

  test('refuses JSON that is JSON', async () => {
    const answer = await sendBody(JSON.stringify(reader), 'application/json')
    expect(outcomeOf(answer)).toEqual([415, 'invalid_request'])
  })

  test('takes a password as it was chosen, whatever the form has to escape', async () => {
    const password = `${freshPassword()} ü+ &=%20;#%é🦉"'\\<`
    const owner = await freshReader(url, { password })
    const { status } = await sendBody(String(new URLSearchParams({ ...owner })))
    expect(status).toBe(200)
    const percent = `username=${owner.username}&password=${encodeURIComponent(password)}`
    expect((await sendBody(percent)).status).toBe(200)
  })

  test.each([
    ['Latin-1', Buffer.from('username=abc&password=f\xfcr', 'latin1')],
    ['escaped Latin-1', 'username=abc&password=f%FCr'],
    ['a percent sign that escapes nothing', 'username=abc&password=100%'],
    ['a zero byte', 'username=abc&password=a%00b'],
  ])('refuses %s: it is no UTF-8 form', async (_, body) => {
    expect(outcomeOf(await sendBody(body))).toEqual([400, 'invalid_request'])
  })
})

describe('O2: a wrong request', () => {
  const table: [string, (good: Reader) => string, number, string][] = [
    ['nothing at all', () => '', 400, 'invalid_request'],
    ['no password', ({ username }) => `username=${username}`, 400, 'invalid_request'],
    ['no username', ({ password }) => `password=${password}`, 400, 'invalid_request'],
    [
      'an empty password',
      ({ username }) => `username=${username}&password=`,
      400,
      'invalid_request',
    ],
    [
      'an empty username',
      ({ password }) => `username=&password=${password}`,
      400,
      'invalid_request',
    ],
    [
      'a username twice',
      ({ username }) => `${grant()}&username=${username}`,
      400,
      'invalid_request',
    ],
    [
      'a password twice',
      ({ password }) => `${grant()}&password=${password}`,
      400,
      'invalid_request',
    ],
    ['an unknown parameter twice', () => `${grant()}&a=1&a=2`, 400, 'invalid_request'],
    [
      'a grant type twice',
      () => `${grant()}&grant_type=password&grant_type=password`,
      400,
      'invalid_request',
    ],
    ['another grant', () => grant({ grant_type: 'refresh_token' }), 400, 'unsupported_grant_type'],
    ['a grant in capitals', () => grant({ grant_type: 'PASSWORD' }), 400, 'unsupported_grant_type'],
    [
      'another grant without a user',
      () => 'grant_type=client_credentials',
      400,
      'unsupported_grant_type',
    ],
    ['a wrong password', () => grant({ password: 'not this one' }), 400, 'invalid_grant'],
    ['an unknown user', () => grant({ username: 'nobody-of-this-name' }), 400, 'invalid_grant'],
    ['an impossible user', () => grant({ username: 'a:b' }), 400, 'invalid_grant'],
    ['nested names', () => 'username[a]=b&password[c][d]=e', 400, 'invalid_request'],
  ]

  test.each(table)('%s', async (_, body, status, error) => {
    const answer = await sendBody(body(reader))
    expect(outcomeOf(answer)).toEqual([status, error])
    expect(answer.json['error_description']).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(answer.cookies).toEqual([])
    expect(answer.json).not.toHaveProperty('access_token')
  })

  test('is not one with parameters that are unknown or empty', async () => {
    expect((await sendBody(grant({ scope: 'all', client_id: 'x' }))).status).toBe(200)
    expect((await sendBody(grant({ grant_type: '' }))).status).toBe(200)
  })
})

describe('O3: an answer', () => {
  test('with a token is JSON that nobody keeps, and says how long the token lasts', async () => {
    const answer = await sendBody(grant({ grant_type: 'password' }))
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    const { access_token: bodyToken, token_type: type, expires_in: seconds } = answer.json
    expect(type).toBe('Bearer')
    const cookieToken = tokenOf(answer.cookies[0]?.split(';')[0] ?? '')
    for (const token of [String(bodyToken), cookieToken]) {
      const { exp = 0, iat = 0 } = decodeJwt(token)
      expect(exp - iat).toBe(seconds)
    }
    expect(decodeJwt(String(bodyToken)).jti).not.toBe(decodeJwt(cookieToken).jti)
  })

  test('to a browser has no token in its body', async () => {
    const { origin } = new URL(url)
    for (const sign of [
      { origin },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-mode': 'cors' },
    ]) {
      const body = { username: reader.username, password: reader.password, grant_type: 'password' }
      const answer = await ask(path, { body, headers: sign })
      expect(answer.status).toBe(200)
      expect(answer.json).not.toHaveProperty('access_token')
      expect(answer.text).not.toContain('eyJ')
    }
  })

  test.each([
    ['nothing sent', '', form],
    ['another grant', 'grant_type=x&username=a&password=b', form],
    ['a wrong password', 'username=nobody-here&password=wrong-one', form],
    ['JSON', '{}', 'application/json'],
    ['a body of 17 KiB', `password=${'x'.repeat(17 * 1024)}`, form],
  ])('that is an error (%s) is JSON that nobody keeps', async (_, body, type) => {
    const answer = await sendBody(body, type)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(typeof answer.json['error']).toBe('string')
  })

  testOwnServer('that refuses for a limit is one of these, too', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_address=1/60' })
    const body = { username: 'nobody-here', password: 'wrong-one' }
    await call(base + path, { body })
    const answer = await call(base + path, { body })
    expect(answer.status).toBe(429)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
  })
})

describe('O4: credentials in the URL', () => {
  test('are refused, also beside good ones in the body', async () => {
    const query = String(
      new URLSearchParams({ username: reader.username, password: reader.password }),
    )
    for (const [search, body] of [
      [query, ''],
      [query, grant()],
      [`password=${reader.password}`, grant()],
      ['username=x', grant()],
    ]) {
      const answer = await ask(`${path}?${search ?? ''}`, {
        method: 'POST',
        body: body ?? '',
        headers: { 'content-type': form },
      })
      expect(outcomeOf(answer)).toEqual([400, 'invalid_request'])
      expect(answer.cookies).toEqual([])
    }
  })

  testOwnServer('are not logged', async () => {
    const canary = randomBytes(12).toString('hex')
    const query = `username=${canary}&password=${canary}`
    for (const place of [path, '/login', '/register', '/dashboard/settings', '/auth/v1/register']) {
      await ask(`${place}?${query}`, {
        method: 'POST',
        body: '',
        headers: { 'content-type': form },
      })
    }
    expect(await serverLog()).not.toContain(canary)
  })
})
