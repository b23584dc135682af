import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type Answer, call, postJson } from '../support/call.ts'
import { registered, sandboxed, signedInCookie, signIn } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

afterEach(() => server.stop())

/** Limits that no test means to meet, but for those that are named. */
async function withLimits(limits: string, env: Record<string, string> = {}): Promise<string> {
  server = await startServer({ env: { BARBELL_LIMITS: limits, ...env } })
  return server.url
}

function me(url: string, apiKey: string, headers: Record<string, string> = {}): Promise<Answer> {
  return call(`${url}/api/v1/me`, { headers: { 'x-api-auth': apiKey, ...headers } })
}

/** A field of draft-10 as its items. */
function items(field: unknown): Record<string, Record<string, number>> {
  const parsed = String(field)
    .split(', ')
    .map((item) => {
      const [name = '', ...parameters] = item.split(';')
      expect(name).toMatch(/^"\w+"$/)
      const pairs = parameters.map((parameter) => {
        expect(parameter).toMatch(/^[a-z]=\d+$/)
        return [parameter[0] ?? '', Number(parameter.slice(2))] as const
      })
      return [name.slice(1, -1), Object.fromEntries(pairs)] as const
    })
  return Object.fromEntries(parsed)
}

describe('R7: RateLimit and RateLimit-Policy', () => {
  test('are on every answer of the public API, refusals too', async () => {
    const url = await withLimits('api_key=5/60,api_address=50/60')
    const { apiKey } = await sandboxed(url)
    const good = await me(url, apiKey)
    expect(items(good.headers['ratelimit-policy'])).toEqual({
      api_key: { q: 5, w: 60 },
      api_address: { q: 50, w: 60 },
    })
    expect(items(good.headers['ratelimit'])).toEqual({
      api_key: { r: 4, t: 60 },
      api_address: { r: 49, t: expect.any(Number) as number },
    })
    const refused = await me(url, 'nobody:0123456789abcdef')
    expect(items(refused.headers['ratelimit'])).toMatchObject({ api_address: { r: 48 } })
    const unknown = await call(`${url}/api/v1/images/nowhere`, {
      headers: { 'x-api-auth': apiKey },
    })
    expect(items(unknown.headers['ratelimit'])).toMatchObject({ api_key: { r: 3 } })
  })

  test('are on every answer of the internal API, where the account is counted', async () => {
    const url = await withLimits('api_key=5/60')
    const reader = await sandboxed(url)
    for (const left of [4, 3]) {
      const cookie = await signedInCookie(url, reader)
      const { headers } = await call(`${url}/internal/v1/batches`, { headers: { cookie } })
      expect(items(headers['ratelimit'])).toMatchObject({ api_key: { r: left } })
    }
  })

  test('are absent where limits are off', async () => {
    server = await startServer()
    const { headers } = await call(`${server.url}/api/v1/ping`)
    expect([headers['ratelimit'], headers['ratelimit-policy']]).toEqual([undefined, undefined])
  })

  test('a 429 says how long to wait, and waiting so long succeeds', async () => {
    const url = await withLimits('api_key=1/1')
    const { apiKey } = await sandboxed(url)
    await me(url, apiKey)
    const refused = await me(url, apiKey)
    expect([refused.status, refused.json['code']]).toEqual([429, 'too_many_requests'])
    expect(items(refused.headers['ratelimit'])['api_key']).toEqual({ r: 0, t: 1 })
    await sleep(Number(refused.headers['retry-after']) * 1000)
    expect((await me(url, apiKey)).status).toBe(200)
  })
})

describe('R1: credentials are guessed slowly', () => {
  test('R8: at the token endpoint a used-up account answers the same to the right password', async () => {
    const url = await withLimits('login_account=3/60')
    const reader = await registered(url)
    for (let i = 0; i < 3; i += 1) await signIn(url, { ...reader, password: 'wrong' })
    const wrong = await signIn(url, { ...reader, password: 'wrong' })
    const right = await signIn(url, reader)
    for (const answer of [wrong, right]) {
      expect([answer.status, answer.json['error']]).toEqual([429, 'too_many_requests'])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(items(answer.headers['ratelimit'])).toMatchObject({ login_account: { r: 0 } })
      expect(answer.cookies).toEqual([])
    }
    expect(right.text).toBe(wrong.text)
  })

  test('refused keys are counted for their address', async () => {
    const url = await withLimits('key_failures_address=2/60')
    const { apiKey } = await sandboxed(url)
    for (let i = 0; i < 2; i += 1)
      expect((await me(url, 'nobody:0123456789abcdef')).status).toBe(401)
    expect((await me(url, 'nobody:0123456789abcdef')).status).toBe(429)
    expect((await me(url, apiKey)).status).toBe(429)
  })

  test('registering and opening sandbox accounts are counted for their address', async () => {
    const url = await withLimits('register_address=1/60,sandbox_address=1/60')
    await registered(url)
    await sandboxed(url)
    const again = { username: 'one-more', password: 'a quiet frozen lake' }
    expect((await postJson(`${url}/auth/v1/register`, again)).status).toBe(429)
    expect((await call(`${url}/auth/v1/sandbox`, { method: 'POST' })).json['code']).toBe(
      'too_many_requests',
    )
  })
})

describe('R4: who is counted', () => {
  const spoofed = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'cf-connecting-ip']

  test('is the other end of the socket, whatever a header says', async () => {
    const url = await withLimits('api_address=4/60')
    for (const [index, name] of spoofed.entries()) {
      await call(`${url}/api/v1/ping`, { headers: { [name]: `203.0.113.${index}` } })
    }
    const answer = await call(`${url}/api/v1/ping`, {
      headers: { 'x-forwarded-for': '203.0.113.99' },
    })
    expect(answer.status).toBe(429)
  })

  test('is what a trusted proxy says', async () => {
    const url = await withLimits('api_address=1/60', { BARBELL_TRUSTED_PROXIES: '127.0.0.0/8' })
    const from = (address: string) =>
      call(`${url}/api/v1/ping`, { headers: { 'x-forwarded-for': address } })
    expect((await from('203.0.113.1')).status).toBe(200)
    expect((await from('203.0.113.2')).status).toBe(200)
    expect((await from('203.0.113.1')).status).toBe(429)
    expect((await from('9.9.9.9, 203.0.113.2')).status).toBe(429)
  })
})

test('F12: health is open however often it is asked', async () => {
  const url = await withLimits('api_address=1/60')
  for (let i = 0; i < 5; i += 1) {
    expect((await call(`${url}/healthz`)).status).toBe(200)
    expect((await call(`${url}/readyz`)).status).toBe(200)
  }
})
