import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call } from '../support/call.ts'
import { observatoryGrade } from '../support/observatory.ts'
import { type Reader, type SandboxReader, signIn } from '../support/readers.ts'
import { openPage, sendForm } from './browser.ts'
import { apiRoutes, documents, type Route } from './routes.ts'
import {
  ask,
  cookieOf,
  freshReader,
  freshSandbox,
  isOwnServer,
  startOther,
  testOwnServer,
  url,
} from './target.ts'

let reader: Reader
let sandbox: SandboxReader
let cookie: string
let routes: Route[]

beforeAll(async () => {
  reader = await freshReader()
  sandbox = await freshSandbox()
  cookie = await cookieOf(sandbox)
  routes = await apiRoutes()
})

const isHttps = url.startsWith('https:')

function credentialsFor({ credential }: Route): Record<string, string> {
  if (credential === 'key') return { 'x-api-auth': sandbox.apiKey }
  return credential === 'token' ? { cookie } : {}
}

/** Sources by the name of their directive. */
function policyOf({ headers }: Answer): Map<string, string[]> {
  const text = headers['content-security-policy']
  if (typeof text !== 'string') throw new Error('there is no Content-Security-Policy')
  const directives = text.split(';').map((part) => part.trim().split(/\s+/))
  return new Map(directives.map(([name = '', ...sources]) => [name, sources]))
}

/** Addresses that scripts, styles and pictures of a page come from. */
async function filesOfSite(): Promise<string[]> {
  const { text } = await ask('/docs/auth')
  const files = [...text.matchAll(/(?:src|href)="(\/[^"#?]+\.(?:js|css|svg|png))"/g)]
  return [...new Set(files.map(([, path = '']) => path))]
}

describe('H1: what goes with credentials', () => {
  test('is kept by nobody: every call, its errors and its HEAD', async () => {
    for (const route of routes.filter(({ path }) => path !== '/auth/v1/logout')) {
      for (const method of [route.method, 'HEAD', 'PUT']) {
        for (const headers of [credentialsFor(route), {}]) {
          const answer = await ask(route.path, { method, headers })
          const name = `${method} ${route.path} ${answer.status}`
          expect(answer.headers['cache-control'], name).toBe('no-store')
          expect(answer.headers.vary, name).toContain('Origin')
        }
      }
    }
  })

  test('is kept by nobody: pages of readers, their redirects and refusals', async () => {
    const signedIn = await cookieOf(reader)
    const answers = {
      'signed in': await openPage('/dashboard/settings', signedIn),
      'signed out': await openPage('/dashboard/settings'),
      login: await openPage('/login'),
      register: await openPage('/register'),
      'after signing in': await sendForm('/login', { ...reader }),
      'not signed in': await sendForm('/login', { ...reader, password: 'x' }),
      refused: await ask('/login', { body: { ...reader } }),
      'wrong method': await ask('/dashboard/settings', { method: 'PUT' }),
      head: await ask('/dashboard/settings', { method: 'HEAD', headers: { cookie: signedIn } }),
    }
    for (const [name, { headers }] of Object.entries(answers)) {
      expect(headers['cache-control'], name).toBe('no-store')
    }
  })

  test('has no second name under which a cache would keep it', async () => {
    const signedIn = await cookieOf(reader)
    for (const path of ['x.css', '.css', '/x.js', '/a.png', ';a.css', '%2fa.css', '/..;/a.css']) {
      const answer = await openPage(`/dashboard/settings${path}`, signedIn)
      expect(answer.status, path).toBe(404)
      expect(answer.text, path).not.toContain(reader.username)
    }
  })
})

describe('H2: the policy of a document', () => {
  test('lets nothing in but this site, and no inline script without its hash', async () => {
    const signedIn = await cookieOf(reader)
    for (const path of [...documents, '/dashboard/settings', '/docs/errors']) {
      const answer = await openPage(path, signedIn)
      expect(answer.headers['content-type'], path).toMatch(/^text\/html/)
      const policy = policyOf(answer)
      expect(policy.get('default-src'), path).toEqual(["'none'"])
      for (const name of ['base-uri', 'frame-ancestors']) {
        expect(policy.get(name), path).toEqual(["'none'"])
      }
      expect(policy.get('form-action'), path).toEqual(["'self'"])
      const open = (policy.get('script-src') ?? []).filter((source) => !/^'sha256-/.test(source))
      expect(open, path).toEqual(["'self'", "'wasm-unsafe-eval'"])
      expect(policy.get('object-src') ?? policy.get('default-src'), path).toEqual(["'none'"])
      expect(policy.get('style-src'), path).not.toContain("'unsafe-inline'")
      expect(answer.text, path).not.toMatch(/<[a-z][^>]*\son\w+="/i)
    }
  })

  test('is on every refusal that a browser would show', async () => {
    for (const path of ['/nothing', '/index.html', '/docs/auth/index.html', '/%', '/docs/.env']) {
      const answer = await ask(path)
      expect(answer.status, path).toBe(404)
      expect(policyOf(answer).get('default-src'), path).toEqual(["'none'"])
    }
    for (const { path } of routes) {
      expect(policyOf(await ask(path)).get('default-src'), path).toEqual(["'none'"])
    }
  })
})

describe('H3: Trusted Types', () => {
  test('are asked for by every document, with the same four names', async () => {
    for (const path of [...documents, '/nothing']) {
      const policy = policyOf(await openPage(path))
      expect(policy.get('require-trusted-types-for'), path).toEqual(["'script'"])
      const names = ['lit-html', 'barbell-parsed', 'barbell-framed', 'default']
      expect(policy.get('trusted-types'), path).toEqual(names)
    }
  })
})

describe('H4: every answer', () => {
  const fields = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  }

  function expectFields({ headers }: Answer, name: string): void {
    expect(headers, name).toMatchObject(fields)
    expect(headers['permissions-policy'], name).toContain('camera=()')
    expect(headers['x-request-id'], name).toMatch(/^[0-9a-f-]{36}$/)
    expect([headers['x-powered-by'], headers['server']], name).toEqual([undefined, undefined])
    const transport = headers['strict-transport-security']
    if (isHttps) expect(transport, name).toMatch(/max-age=31536000; includeSubDomains/)
    else expect(transport, name).toBeUndefined()
  }

  test('has the protective fields: 200, 303, 304, 400, 403, 404, 405, 413 and 415', async () => {
    const page = await ask('/')
    const etag = String(page.headers.etag)
    const answers: [number, Answer][] = [
      [200, page],
      [200, await ask('/login')],
      [303, await ask('/dashboard/settings')],
      [304, await ask('/', { headers: { 'if-none-match': etag } })],
      [400, await ask('/auth/v1/token', { body: { username: 'a' } })],
      [403, await ask('/login', { body: { ...reader } })],
      [404, await ask('/nothing')],
      [404, await ask('/api/nothing')],
      [405, await ask('/docs/auth', { method: 'PUT' })],
      [405, await ask('/login', { method: 'DELETE' })],
      [413, await ask('/login', { method: 'POST', body: Buffer.alloc(99_999) })],
      [415, await ask('/login', { method: 'POST', headers: { 'content-encoding': 'br' } })],
      [415, await ask('/auth/v1/register', { body: { ...reader } })],
    ]
    for (const [status, answer] of answers) {
      expect(answer.status).toBe(status)
      expectFields(answer, `${status} ${answer.text.slice(0, 60)}`)
    }
  })

  test('has them on every call and every file', async () => {
    for (const route of routes.filter(({ path }) => path !== '/auth/v1/logout')) {
      const { method, path } = route
      expectFields(await ask(path, { method, headers: credentialsFor(route) }), path)
    }
    const files = await filesOfSite()
    expect(files.length).toBeGreaterThan(2)
    for (const path of files) {
      const answer = await ask(path)
      expect(answer.status, path).toBe(200)
      expectFields(answer, path)
    }
  })

  testOwnServer('says over https, and only there, that it stays with https', async () => {
    const server = await startOther({ BARBELL_URL: 'https://docs.example' })
    for (const path of ['/', '/login', '/api/v1/ping', '/nothing', '/favicon.svg']) {
      const { headers } = await call(server.url + path)
      expect(headers['strict-transport-security'], path).toBe('max-age=31536000; includeSubDomains')
    }
  })
})

describe('H5: the MDN HTTP Observatory', () => {
  /** What a scanner sees of the site behind its proxy. */
  async function scan(base: string, origin: string) {
    const headers = { host: new URL(origin).host, 'x-forwarded-proto': 'https' }
    const page = await call(`${base}/`, { headers })
    const login = await call(`${base}/login`, { headers })
    const account = await freshReader(base)
    const signedIn = await signIn(base, account, headers)
    const settings = await call(`${base}/dashboard/settings`, {
      headers: { ...headers, cookie: signedIn.cookies[0]?.split(';')[0] },
    })
    return [page, login, settings].map(({ headers: fields, text }) => ({
      url: `${origin}/`,
      headers: fields as Record<string, string | undefined>,
      cookies: signedIn.cookies,
      html: text,
      // The proxy in front redirects; plain HTTP does not reach this server.
      plainHttp: 'to-https' as const,
    }))
  }

  const testGrade = isOwnServer || isHttps ? test : test.runIf(false)

  testGrade('gives an A+ to the start page, the sign-in page and the settings', async () => {
    const origin = isHttps ? url : 'https://docs.example'
    const base = isHttps ? url : (await startOther({ BARBELL_URL: origin })).url
    for (const scanned of await scan(base, origin)) {
      const { grade, score, findings } = observatoryGrade(scanned)
      const lines = findings.map(({ test: name, result, points }) => `${points} ${name}: ${result}`)
      console.log(`Observatory: ${grade}, ${score} points\n  ${lines.join('\n  ')}`)
      expect([grade, findings.filter(({ points }) => points < 0)]).toEqual(['A+', []])
    }
  })
})

describe('H6: private JSON', () => {
  test('is refused to other sites, however they ask', async () => {
    const guarded = routes.filter(
      ({ method, credential }) => method === 'GET' && credential !== 'none',
    )
    for (const route of guarded) {
      for (const site of ['cross-site', 'same-site']) {
        for (const mode of ['no-cors', 'cors', 'navigate', 'websocket']) {
          for (const dest of ['script', 'image', 'iframe', 'object', 'style', 'document']) {
            const headers = {
              ...credentialsFor(route),
              'sec-fetch-site': site,
              'sec-fetch-mode': mode,
              'sec-fetch-dest': dest,
            }
            const answer = await ask(route.path, { headers })
            const name = `${route.path} ${site} ${mode} ${dest}`
            expect([answer.status, answer.json['code']], name).toEqual([403, 'cross_site_request'])
          }
        }
      }
    }
  })

  test('is never called HTML', async () => {
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const headers = { ...credentialsFor(route), accept: 'text/html' }
      const answer = await ask(route.path, { headers })
      expect(answer.headers['content-type'], route.path).toMatch(/^application\/json$/)
    }
  })
})

describe('H7: pages with accounts', () => {
  test('may be framed by nobody', async () => {
    const signedIn = await cookieOf(reader)
    for (const path of ['/login', '/register', '/dashboard/settings']) {
      expect(policyOf(await openPage(path, signedIn)).get('frame-ancestors')).toEqual(["'none'"])
    }
  })
})
