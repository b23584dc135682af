import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer } from '../support/call.ts'
import { type Reader, signIn, tokenOf } from '../support/readers.ts'
import { sendForm } from './browser.ts'
import { ask, askWhoIs, cookieOf, freshReader, startOther, testOwnServer, url } from './target.ts'

const isHttps = url.startsWith('https:')
const expected = `HttpOnly; SameSite=Lax; Path=/; Max-Age=1800${isHttps ? '; Secure' : ''}`

let reader: Reader

beforeAll(async () => {
  reader = await freshReader()
})

/** The attributes of the one cookie of an answer, and how long the whole of it is. */
function attributesOf({ cookies }: Answer): { attributes: string; length: number } {
  expect(cookies).toHaveLength(1)
  const [cookie = ''] = cookies
  expect(cookie).toMatch(/^access_token=/)
  return { attributes: cookie.slice(cookie.indexOf('; ') + 2), length: cookie.length }
}

describe('C1: the cookie', () => {
  test('has every attribute when the token endpoint sets it, and no Domain', async () => {
    const answer = await signIn(url, reader)
    const { attributes, length } = attributesOf(answer)
    expect(attributes).toBe(expected)
    expect(answer.json['expires_in']).toBe(1800)
    expect(length).toBeLessThanOrEqual(4096)
  })

  test('is the same when the login page sets it', async () => {
    expect(attributesOf(await sendForm('/login', { ...reader })).attributes).toBe(expected)
  })

  test('is never set by a refused sign-in', async () => {
    expect((await signIn(url, { ...reader, password: 'another one' })).cookies).toEqual([])
    expect((await sendForm('/login', { ...reader, password: 'another' })).cookies).toEqual([])
  })
})

describe('C2: signing out', () => {
  test('clears the cookie with the attributes that it was set with', async () => {
    const cookie = await cookieOf(reader)
    const answer = await ask('/auth/v1/logout', { method: 'POST', headers: { cookie } })
    expect(answer.status).toBe(204)
    expect(answer.cookies).toEqual([`access_token=; ${expected.replace('1800', '0')}`])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect((await askWhoIs({ cookie })).status).toBe(401)
  })
})

describe('C3: two cookies of the token', () => {
  test('are a 401 in either order, on every part of the API, and all of them are cleared', async () => {
    const good = await cookieOf(reader)
    const texts = new Set<string>()
    for (const path of ['/auth/v1/users/me', '/internal/v1/batches']) {
      for (const cookie of [
        `access_token=bad; ${good}`,
        `${good}; access_token=bad`,
        `${good}; ${good}`,
        `${good};access_token=`,
      ]) {
        const answer = await ask(path, { headers: { cookie } })
        expect([answer.status, answer.json['code']], cookie).toEqual([401, 'invalid_token'])
        expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
        expect(answer.cookies.length).toBeGreaterThanOrEqual(2)
        for (const cleared of answer.cookies) expect(cleared).toMatch(/^access_token=;.*Max-Age=0/)
        texts.add(answer.text.replace(/"request_id":"[^"]*"/, ''))
      }
    }
    expect(texts.size).toBe(1)
  })

  test('open no page of a reader', async () => {
    const cookie = `access_token=bad; ${await cookieOf(reader)}`
    const answer = await ask('/dashboard/settings', { headers: { cookie } })
    expect(answer.status).toBe(303)
  })

  test('a cookie with another name beside it is no second one', async () => {
    const cookie = `xaccess_token=bad; ${await cookieOf(reader)}; access_token2=bad`
    expect((await askWhoIs({ cookie })).status).toBe(200)
  })
})

describe('C4: scheme and host', () => {
  const spoofed = {
    'x-forwarded-proto': isHttps ? 'http' : 'https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-port': '666',
    forwarded: 'proto=https;host=evil.example',
  }

  test('come from the configuration, whatever the request says of them', async () => {
    expect(attributesOf(await signIn(url, reader, spoofed)).attributes).toBe(expected)
    for (const path of ['/openapi.json', '/.well-known/oauth-authorization-server', '/login']) {
      expect((await ask(path, { headers: spoofed })).text).not.toContain('evil.example')
    }
    const { headers } = await ask('/dashboard/settings', { headers: spoofed })
    expect(headers.location).toMatch(/^\/login\?/)
  })

  testOwnServer('behind https the cookie is Secure although the request came as http', async () => {
    const origin = 'https://docs.example'
    const server = await startOther({ BARBELL_URL: origin })
    const account = await freshReader(server.url)
    const answer = await signIn(server.url, account, { 'x-forwarded-proto': 'http' })
    expect(answer.cookies[0]).toMatch(/; Secure$/)
    const page = await sendForm('/login', { ...account }, { base: server.url, headers: { origin } })
    expect(page.cookies[0]).toMatch(/; Secure$/)
    expect(tokenOf(page.cookies[0]?.split(';')[0] ?? '')).not.toBe('')
  })
})
