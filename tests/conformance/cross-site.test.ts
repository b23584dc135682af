import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../support/call.ts'
import { type Reader, type SandboxReader, signIn } from '../support/readers.ts'
import { openPage, sendForm } from './browser.ts'
import { apiRoutes, changingRoutes, formPages, type Route } from './routes.ts'
import { ask, askWhoIs, cookieOf, freshName, freshReader, freshSandbox, url } from './target.ts'

let reader: Reader
let sandbox: SandboxReader
let cookie: string
let changing: Route[]

beforeAll(async () => {
  reader = await freshReader()
  sandbox = await freshSandbox()
  cookie = await cookieOf(reader)
  changing = await changingRoutes()
})

const form = 'application/x-www-form-urlencoded'
const { protocol, host } = new URL(url)

/** Origins that are not ours, some of them nearly. */
const foreign = [
  'https://evil.example',
  'null',
  '',
  `${url}.evil.example`,
  `${protocol}//evil-${host}`,
  `${protocol}//${host.toUpperCase()}`,
  `${url}/`,
  `${url}, ${url}`,
  `${protocol === 'https:' ? 'http' : 'https'}://${host}`,
]

/** What a browser says of a request of another page: origin, site. */
const elsewhere: readonly (readonly [origin: string | null, site: string | null])[] = [
  ...foreign.map((origin) => [origin, null] as const),
  ...['cross-site', 'same-site', 'none', 'Same-Origin', 'same-origin, cross-site'].flatMap((site) =>
    [null, url, 'https://evil.example'].map((origin) => [origin, site] as const),
  ),
  ['https://evil.example', 'same-origin'],
  ['null', 'same-origin'],
]

/** Bodies by which a page gets around a preflight or a parser. */
const types = [
  form,
  'APPLICATION/X-WWW-FORM-URLENCODED',
  `${form}; charset=utf-8`,
  `${form}; charset=`,
  `,${form}`,
  'text/plain',
  'application/json',
  'application/json;x=form',
  'multipart/form-data; boundary=x',
  '',
  null,
] as const

function pageFields(origin: string | null, site: string | null): Record<string, string> {
  return {
    ...(origin !== null && { origin }),
    ...(site !== null && { 'sec-fetch-site': site }),
  }
}

function bodyFor(type: string | null): string {
  const account = { username: freshName(), password: 'six quiet frozen lakes' }
  return type?.includes('json') ? JSON.stringify(account) : String(new URLSearchParams(account))
}

function isRefused({ status, json, cookies }: Answer): boolean {
  const code = json['code'] ?? json['error']
  return status === 403 && code === 'cross_site_request' && cookies.length === 0
}

describe('X1, X3, X5: every call that changes something', () => {
  test('is in the list that the server gives of itself', () => {
    const paths = changing.map(({ method, path }) => `${method} ${path}`)
    expect(paths).toEqual(
      expect.arrayContaining([
        'POST /auth/v1/token',
        'POST /auth/v1/register',
        'POST /auth/v1/logout',
        'POST /auth/v1/sandbox',
      ]),
    )
  })

  test('is refused from everywhere else, with a cookie or without', async () => {
    for (const { method, path } of changing) {
      for (const [origin, site] of elsewhere) {
        for (const credential of [{}, { cookie }]) {
          const headers = { ...pageFields(origin, site), ...credential, 'content-type': form }
          const answer = await ask(path, { method, headers, body: bodyFor(form) })
          expect(isRefused(answer), `${path} ${origin ?? '-'} ${site ?? '-'}`).toBe(true)
        }
      }
    }
    expect((await askWhoIs({ cookie })).status).toBe(200)
  })

  test('is refused whatever its body is called', async () => {
    for (const { method, path } of changing) {
      for (const type of types) {
        const headers = {
          ...pageFields('https://evil.example', 'cross-site'),
          cookie,
          ...(type !== null && { 'content-type': type }),
        }
        const answer = await ask(path, { method, headers, body: bodyFor(type) })
        expect(isRefused(answer), `${path} ${type ?? 'no type'}`).toBe(true)
      }
    }
    expect((await askWhoIs({ cookie })).status).toBe(200)
  })

  test('with the right credentials is refused as well, so that nobody is signed in', async () => {
    for (const [origin, site] of elsewhere) {
      const answer = await signIn(url, reader, pageFields(origin, site))
      expect(isRefused(answer), `${origin ?? '-'} ${site ?? '-'}`).toBe(true)
    }
  })

  test('is open to the pages of this site', async () => {
    for (const [origin, site] of [
      [url, 'same-origin'],
      [url, null],
      [null, 'same-origin'],
    ] as const) {
      expect((await signIn(url, reader, pageFields(origin, site))).status).toBe(200)
    }
  })
})

describe('X1, X4, X5: every page with a form', () => {
  test('takes it from its own page only', async () => {
    for (const page of formPages) {
      for (const [origin, site] of elsewhere) {
        const answer = await ask(page, {
          method: 'POST',
          headers: { 'sec-fetch-mode': 'navigate', cookie, ...pageFields(origin, site) },
          body: { ...reader },
        })
        const name = `${page} ${origin ?? '-'} ${site ?? '-'}`
        expect([answer.status, answer.cookies], name).toEqual([403, []])
      }
    }
  })

  test('refuses whoever does not say where it comes from, and every script', async () => {
    for (const page of formPages) {
      const silent = await ask(page, { headers: { cookie }, body: { ...reader } })
      expect([silent.status, silent.cookies], page).toEqual([403, []])
      for (const mode of ['cors', 'no-cors', 'same-origin']) {
        const headers = { 'sec-fetch-mode': mode }
        const answer = await sendForm(page, { ...reader }, { cookie, headers })
        expect([answer.status, answer.cookies], `${page} ${mode}`).toEqual([403, []])
      }
    }
  })

  test('takes it from there', async () => {
    expect((await sendForm('/login', { ...reader })).status).toBe(303)
  })
})

describe('X2: a client that is no browser', () => {
  test('signs in, reads and logs out without Origin', async () => {
    const own = await cookieOf(sandbox)
    expect((await ask('/internal/v1/batches', { headers: { cookie: own } })).status).toBe(200)
    const key = { 'x-api-auth': sandbox.apiKey }
    expect((await ask('/api/v1/me', { headers: key })).status).toBe(200)
    const out = await ask('/auth/v1/logout', { method: 'POST', headers: { cookie: own } })
    expect(out.status).toBe(204)
  })

  test('may be curl', () => {
    const fields = Object.entries({ username: reader.username, password: reader.password })
    const data = fields.flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
    const { stdout } = spawnSync('curl', ['-s', '-i', ...data, `${url}/auth/v1/token`], {
      encoding: 'utf8',
    })
    expect(stdout).toMatch(/^HTTP\/[\d.]+ 200/)
    expect(stdout).toMatch(/^set-cookie: access_token=/im)
  })

  test('may be Node’s fetch, which says Sec-Fetch-Mode', async () => {
    const body = new URLSearchParams({ username: reader.username, password: reader.password })
    const answer = await fetch(`${url}/auth/v1/token`, { method: 'POST', body })
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 1])
  })
})

describe('X6: methods', () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

  test('that a call does not have are a 405 with those that it has', async () => {
    const routes = Map.groupBy(await apiRoutes(), ({ path }) => path)
    for (const [path, ofPath] of routes) {
      const allowed = ofPath.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : method))
      for (const method of methods.filter((name) => !allowed.includes(name))) {
        const answer = await ask(path, { method, headers: { cookie } })
        const name = `${method} ${path}`
        expect([answer.status, answer.headers.allow], name).toEqual([405, allowed.join(', ')])
      }
    }
    expect((await askWhoIs({ cookie })).status).toBe(200)
  })

  test('that a page does not have are a 405 as well', async () => {
    for (const page of ['/', '/docs/auth', '/favicon.svg', ...formPages]) {
      const allowed = (formPages as readonly string[]).includes(page)
        ? ['GET', 'HEAD', 'POST']
        : ['GET', 'HEAD']
      for (const method of methods.filter((name) => !allowed.includes(name))) {
        const answer = await ask(page, { method, headers: { cookie } })
        const name = `${method} ${page}`
        expect([answer.status, answer.headers.allow], name).toEqual([405, allowed.join(', ')])
        expect(answer.text).not.toContain(cookie)
      }
    }
  })

  test('in a header or a field change nothing', async () => {
    const tricks = { 'x-http-method-override': 'POST', 'x-method-override': 'POST', cookie }
    const answer = await ask('/auth/v1/logout?_method=POST', { headers: tricks })
    expect(answer.status).toBe(405)
    const page = await openPage('/dashboard/settings?action=revoke&_method=POST', cookie)
    expect(page.status).toBe(200)
    expect((await askWhoIs({ cookie })).status).toBe(200)
  })
})

describe('X7: other origins', () => {
  test('may read nothing, and a preflight opens nothing', async () => {
    const routes = await apiRoutes()
    for (const origin of foreign) {
      for (const { method, path, credential } of routes) {
        if (path === '/auth/v1/logout' || path === '/auth/v1/sandbox') continue
        const headers = {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': 'x-api-auth',
          ...(credential === 'key' && { 'x-api-auth': sandbox.apiKey }),
          ...(credential === 'token' && { cookie }),
        }
        for (const asked of ['OPTIONS', method]) {
          const answer = await ask(path, { method: asked, headers })
          const names = Object.keys(answer.headers)
          expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([])
          expect(answer.headers.vary, `${asked} ${path}`).toContain('Origin')
          if (asked === 'OPTIONS') expect(answer.status).toBe(405)
        }
      }
    }
  })

  test('may read no page either', async () => {
    for (const page of ['/', '/docs/auth', '/login', '/favicon.svg', '/nothing']) {
      const { headers } = await ask(page, { headers: { origin: 'https://evil.example' } })
      const names = Object.keys(headers)
      expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})
