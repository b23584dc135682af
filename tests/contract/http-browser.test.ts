import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call } from '../support/call.ts'
import { registered, sandboxed, type Reader, signedInCookie } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let reader: Reader
let apiKey: string

beforeAll(async () => {
  server = await startServer()
  reader = await registered(server.url)
  apiKey = (await sandboxed(server.url)).apiKey
})
afterAll(() => server.stop())

/** From where a browser may say that a request comes, and what its page may do to it. */
const origins = [null, 'OURS', 'null', 'https://evil.example'] as const
const sites = [null, 'same-origin', 'same-site', 'cross-site', 'none'] as const
const bodies: [type: string | null, body: string][] = [
  ['application/x-www-form-urlencoded', 'FORM'],
  ['text/plain', 'FORM'],
  ['application/json', 'JSON'],
  ['application/json;x=form', 'JSON'],
  [',application/x-www-form-urlencoded', 'FORM'],
  [null, 'FORM'],
]

function fromPage(origin: string | null, site: string | null): Record<string, string> {
  return {
    ...(origin !== null && { origin: origin.replace('OURS', server.url) }),
    ...(site !== null && { 'sec-fetch-site': site }),
  }
}

function isAllowed(origin: string | null, site: string | null): boolean {
  return (origin === null || origin === 'OURS') && (site === null || site === 'same-origin')
}

function refused({ status, json }: Answer): boolean {
  return status === 403 && (json['code'] ?? json['error']) === 'cross_site_request'
}

describe('X1, X3, X5: every call that changes something, from the table of routes', () => {
  test('is refused from other sites, with every kind of body, and changes nothing', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const form = String(new URLSearchParams({ ...reader }))
    const json = JSON.stringify({ username: 'from-elsewhere', password: 'a quiet frozen lake' })
    const changing = server.barbell.api.endpoints.filter(({ method }) => method !== 'GET')
    expect(changing.length).toBeGreaterThanOrEqual(4)
    for (const { path, method } of changing) {
      for (const origin of origins) {
        for (const site of sites) {
          if (isAllowed(origin, site)) continue
          for (const [type, body] of bodies) {
            const answer = await call(`${server.url}${path}`, {
              method,
              headers: {
                ...fromPage(origin, site),
                cookie,
                ...(type !== null && { 'content-type': type }),
              },
              body: body === 'FORM' ? form : json,
            })
            const name = `${method} ${path} ${origin ?? '-'} ${site ?? '-'} ${type ?? '-'}`
            expect(refused(answer), name).toBe(true)
            expect(answer.cookies, name).toEqual([])
          }
        }
      }
    }
    const still = await call(`${server.url}/auth/v1/users/me`, { headers: { cookie } })
    expect(still.status).toBe(200)
    const unused = await call(`${server.url}/auth/v1/token`, {
      body: { username: 'from-elsewhere', password: 'a quiet frozen lake' },
    })
    expect(unused.json['error']).toBe('invalid_grant')
  })

  test('is open to our own pages', async () => {
    for (const origin of origins) {
      for (const site of sites) {
        if (!isAllowed(origin, site)) continue
        const headers = fromPage(origin, site)
        const answer = await call(`${server.url}/auth/v1/token`, { body: { ...reader }, headers })
        expect(answer.cookies, `${origin ?? '-'} ${site ?? '-'}`).toHaveLength(1)
      }
    }
  })
})

describe('X2: a program outside a browser', () => {
  test('signs in, keeps its cookie, reads, and logs out, without Origin', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const headers = { cookie }
    expect((await call(`${server.url}/internal/v1/batches`, { headers })).status).toBe(200)
    const out = await call(`${server.url}/auth/v1/logout`, { method: 'POST', headers })
    expect(out.status).toBe(204)
  })

  test('may be Node’s fetch, which says Sec-Fetch-Mode without being a browser', async () => {
    const answer = await fetch(`${server.url}/auth/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...reader }),
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()).toHaveLength(1)
  })
})

describe('H6: what is private', () => {
  test.each(['cross-site', 'same-site'])(
    'is not for a page of another site (%s) to embed or link to',
    async (site) => {
      const cookie = await signedInCookie(server.url, reader)
      const lanes = server.barbell.api.endpoints.filter(
        ({ method, lane }) => method === 'GET' && lane !== 'none',
      )
      expect(lanes.length).toBeGreaterThanOrEqual(9)
      for (const { path, lane } of lanes) {
        for (const mode of ['no-cors', 'navigate', 'cors']) {
          const credential: Record<string, string> =
            lane === 'token' ? { cookie } : { 'x-api-auth': apiKey }
          const headers = { ...credential, 'sec-fetch-site': site, 'sec-fetch-mode': mode }
          expect(refused(await call(`${server.url}${path}`, { headers })), path).toBe(true)
        }
      }
    },
  )

  test('may be opened from the address bar', async () => {
    const cookie = await signedInCookie(server.url, reader)
    const headers = { cookie, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }
    const answer = await call(`${server.url}/internal/v1/batches`, { headers })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json'])
  })

  test('what is public is open from everywhere', async () => {
    for (const path of [
      '/api/v1/ping',
      '/healthz',
      '/openapi.json',
      '/auth/v1/.well-known/jwks.json',
    ]) {
      const headers = { 'sec-fetch-site': 'cross-site' }
      expect((await call(`${server.url}${path}`, { headers })).status, path).toBe(200)
    }
  })
})
