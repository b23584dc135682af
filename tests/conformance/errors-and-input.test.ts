import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call } from '../support/call.ts'
import { openCanary } from '../support/canary.ts'
import { type Reader, type SandboxReader } from '../support/readers.ts'
import { openPage, sendForm } from './browser.ts'
import { openSocket, sendRaw } from './raw-socket.ts'
import { apiRoutes, bodyPaths, changingRoutes, documents, formPages, type Route } from './routes.ts'
import {
  ask,
  askWhoIs,
  cookieOf,
  freshName,
  freshReader,
  freshSandbox,
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
  cookie = await cookieOf(reader)
  routes = await apiRoutes()
})

const { host } = new URL(url)
const urlEncoded = 'application/x-www-form-urlencoded'

/** A problem document that says the same as its status, and nothing else than it may. */
function expectProblem(answer: Answer, name: string): void {
  expect(answer.headers['content-type'], name).toBe('application/problem+json')
  const { type, title, status, detail, code, request_id: requestId, ...rest } = answer.json
  expect(status, name).toBe(answer.status)
  expect(type, name).toBe(`${url}/docs/errors#${String(code)}`)
  expect([typeof title, typeof detail], name).toEqual(['string', 'string'])
  expect(requestId, name).toBe(answer.headers['x-request-id'])
  expect(Object.keys(rest).filter((member) => member !== 'errors')).toEqual([])
  expect(answer.text, name).not.toMatch(/\bat .*[/\\]\w+\.m?[jt]s|node_modules|Error:/)
}

describe('E1: a 401', () => {
  const nothing = 'Bearer realm="barbell"'
  const wrong = 'Bearer realm="barbell", error="invalid_token"'

  test('says which credential every protected call wants', async () => {
    const guarded = routes.filter(({ credential }) => credential !== 'none')
    expect(guarded.length).toBeGreaterThanOrEqual(9)
    for (const { method, path, credential } of guarded) {
      const cases: [Record<string, string>, string][] =
        credential === 'key'
          ? [
              {},
              { 'x-api-auth': 'nobody:0000000000000000' },
              { 'x-api-auth': ':' },
              { cookie },
            ].map((headers) => [headers, 'ApiKey realm="barbell", header="x-api-auth"'])
          : [
              [{}, nothing],
              [{ 'x-api-auth': sandbox.apiKey }, nothing],
              [{ authorization: 'Bearer x' }, wrong],
              [{ cookie: 'access_token=x' }, wrong],
              [{ authorization: 'Basic YTpi' }, nothing],
            ]
      for (const [headers, challenge] of cases) {
        const answer = await ask(path, { method, headers })
        const name = `${method} ${path} ${Object.keys(headers).join()}`
        expect([answer.status, answer.headers['www-authenticate']], name).toEqual([401, challenge])
        expectProblem(answer, name)
      }
    }
  })

  test('is not a 403, and no other status has its header', async () => {
    const answer = await ask('/api/v1/images/nothing', {
      headers: { 'x-api-auth': sandbox.apiKey },
    })
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([404, undefined])
  })
})

describe('E2: an error', () => {
  test('is a problem document, or OAuth’s at the token endpoint', async () => {
    const wrong = { 'content-type': 'application/json' }
    const answers: [string, Answer][] = [
      ['404', await ask('/api/v1/nothing')],
      ['405', await ask('/api/v1/me', { method: 'PUT' })],
      ['400', await ask('/auth/v1/register', { method: 'POST', headers: wrong, body: '{' })],
      ['422', await ask('/auth/v1/register', { method: 'POST', headers: wrong, body: '{}' })],
      ['415', await ask('/auth/v1/register', { body: { ...reader } })],
      ['422', await ask('/api/v1/images?limit=x', { headers: { 'x-api-auth': sandbox.apiKey } })],
      ['401', await ask('/internal/v1/batches')],
    ]
    for (const [status, answer] of answers) {
      expect(String(answer.status)).toBe(status)
      expectProblem(answer, answer.text)
    }
    const oauth = await ask('/auth/v1/token', { body: { username: reader.username } })
    expect(oauth.headers['content-type']).toBe('application/json')
    expect(Object.keys(oauth.json).sort()).toEqual(['error', 'error_description', 'error_uri'])
  })

  test('repeats no credential', async () => {
    const secret = `canary-${randomBytes(8).toString('hex')}`
    const answers = [
      await ask('/auth/v1/token', { body: { username: reader.username, password: secret } }),
      await ask('/auth/v1/token', { body: { username: secret, password: `${secret}-2` } }),
      await ask(`/auth/v1/token?password=${secret}`, { body: { ...reader } }),
      await ask('/api/v1/me', { headers: { 'x-api-auth': `a:${secret}` } }),
      await askWhoIs({ authorization: `Bearer ${secret}` }),
      await askWhoIs({ cookie: `access_token=${secret}` }),
      await ask(`/api/v1/${secret}`),
      await sendForm('/login', { username: reader.username, password: secret }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.text).not.toContain(secret)
      expect(JSON.stringify(answer.headers)).not.toContain(secret)
    }
  })
})

describe('I1: a body without an end', () => {
  const chunk = Buffer.from(`4000\r\n${'a'.repeat(0x4000)}\r\n`)
  const mostSent = 256 * 1024 * 1024

  /** Resolves when there is room again; never where the server has ended the connection. */
  function drained(socket: Socket): Promise<void> {
    return new Promise((resolve) => socket.once('drain', resolve))
  }

  /** Streams chunks until the server ends the connection. */
  async function stream(path: string): Promise<{ answer: string; sent: number }> {
    const socket = openSocket()
    let [answer, sent] = ['', 0]
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')))
    socket.on('error', () => undefined) // writing to a connection that the server has ended
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: ${url}`,
      'Sec-Fetch-Site: same-origin',
      'Sec-Fetch-Mode: navigate',
      `Content-Type: ${path === '/auth/v1/register' ? 'application/json' : urlEncoded}`,
      `Cookie: ${cookie}`,
      'Transfer-Encoding: chunked',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    while (!socket.destroyed && sent < mostSent) {
      sent += chunk.length
      if (!socket.write(chunk)) await Promise.race([drained(socket), ended])
      await setImmediate() // to read: a client that only writes never sees the answer
    }
    socket.destroy()
    return { answer, sent }
  }

  test('is a 413 on every path that takes one, and the connection ends', async () => {
    for (const path of await bodyPaths()) {
      const { answer, sent } = await stream(path)
      expect(answer, path).toMatch(/^HTTP\/1\.1 413 /)
      expect(sent, path).toBeLessThan(mostSent)
    }
    expect((await ask('/healthz')).status).toBe(200)
  })

  test('that says how large it is, is a 413 before it arrives', async () => {
    for (const path of await bodyPaths()) {
      const lines = [
        `POST ${path} HTTP/1.1`,
        `Host: ${host}`,
        `Origin: ${url}`,
        `Content-Type: ${urlEncoded}`,
        'Content-Length: 2147483648',
      ]
      const { status, closed } = await sendRaw(`${lines.join('\r\n')}\r\n\r\n`)
      expect([status, closed], path).toEqual([413, true])
    }
  })

  test('that is longer than it says is no second request', async () => {
    const fields = `username=${freshName()}&password=x`
    const lines = [
      'POST /auth/v1/token HTTP/1.1',
      `Host: ${host}`,
      `Content-Type: ${urlEncoded}`,
      `Content-Length: ${fields.length}`,
    ]
    const { status, text } = await sendRaw(
      `${lines.join('\r\n')}\r\n\r\n${fields}${'a'.repeat(99)}`,
    )
    expect(status).toBe(400)
    expect(text).not.toMatch(/HTTP\/1\.1 200/)
  })
})

describe('I3: a request that two servers would read in two ways', () => {
  const hidden = `GET /api/v1/ping HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  const head = (...lines: string[]): string =>
    [`POST /auth/v1/sandbox HTTP/1.1`, `Host: ${host}`, ...lines].join('\r\n')

  test.each([
    [
      'a length and chunks',
      `${head('Content-Length: 4', 'Transfer-Encoding: chunked')}\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'chunks and a length',
      `${head('Transfer-Encoding: chunked', 'Content-Length: 4')}\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    ['two lengths', `${head('Content-Length: 0', 'Content-Length: 9')}\r\n\r\n${hidden}`],
    ['a list of lengths', `${head('Content-Length: 0, 9')}\r\n\r\n${hidden}`],
    ['a signed length', `${head('Content-Length: +0')}\r\n\r\n${hidden}`],
    ['an unknown coding', `${head('Transfer-Encoding: xchunked')}\r\n\r\n0\r\n\r\n${hidden}`],
    ['chunked twice', `${head('Transfer-Encoding: chunked, chunked')}\r\n\r\n0\r\n\r\n${hidden}`],
    ['chunked, then another', `${head('Transfer-Encoding: chunked, identity')}\r\n\r\n${hidden}`],
    ['a space before the colon', `${head('Content-Length : 4')}\r\n\r\n${hidden}`],
    ['a line that goes on', `${head('X-A: b', ' c: d', 'Content-Length: 0')}\r\n\r\n${hidden}`],
    ['bare line feeds', `${head('Content-Length: 0').replaceAll('\r', '')}\n\n${hidden}`],
    ['a bare line feed', `${head('X-A: b\nContent-Length: 4')}\r\n\r\n${hidden}`],
    ['a bare return', `${head('X-A: b\rContent-Length: 4')}\r\n\r\n${hidden}`],
    ['a NUL', `${head('X-A: a\0b', 'Content-Length: 0')}\r\n\r\n${hidden}`],
    ['a NUL in the path', `GET /api/v1/ping\0 HTTP/1.1\r\nHost: ${host}\r\n\r\n${hidden}`],
    [
      'a chunk size that is none',
      `${head('Transfer-Encoding: chunked')}\r\n\r\n0x1\r\na\r\n0\r\n\r\n${hidden}`,
    ],
    ['two hosts', `GET /api/v1/me HTTP/1.1\r\nHost: ${host}\r\nHost: a\r\n\r\n${hidden}`],
  ])('%s: refused, and the connection ends', async (_, bytes) => {
    const { text, closed } = await sendRaw(bytes)
    expect(closed).toBe(true)
    expect(text).not.toContain('pong!')
    for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) expect(status).toBe('400')
  })
})

describe('I4: JSON', () => {
  const deep = 8_000 // two bytes each: as much as a body may have

  test.each([
    ['__proto__', '{"__proto__":{"x":1},"username":"a","password":"b"}'],
    ['__proto__ inside', '{"username":{"__proto__":{"x":1}},"password":"b"}'],
    ['a member twice', '{"username":"a","username":"b","password":"c"}'],
    ['a member twice, once escaped', '{"username":"a","\\u0075sername":"b","password":"c"}'],
    ['depth', `${'['.repeat(deep)}${']'.repeat(deep)}`],
    ['an endless number', '{"username":1e400,"password":"b"}'],
    ['half a surrogate pair', '{"username":"\\ud800","password":"b"}'],
    ['a byte order mark', '\uFEFF{"username":"a","password":"b"}'],
    ['an array', '["username","password"]'],
    ['a string', '"username"'],
    ['null', 'null'],
    ['nothing', ''],
    ['two values', '{}{}'],
    ['a comment', '{/**/}'],
    ['UTF-16', Buffer.from('{"username":"a","password":"b"}', 'utf16le')],
    ['Latin-1', Buffer.from('{"username":"ü","password":"b"}', 'latin1')],
  ])('with %s is a 400', async (_, body) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await ask('/auth/v1/register', { method: 'POST', headers, body })
    expect([answer.status, answer.json['code']]).toEqual([400, 'malformed_request'])
  })

  test.each([
    ['numbers for texts', { username: 1, password: 2 }],
    ['lists for texts', { username: ['a'], password: ['b'] }],
    ['constructor', { username: 'a', password: 'b', constructor: { prototype: { x: 1 } } }],
    ['members of no schema', { username: 'a', password: 'b', kind: 'admin', id: '1' }],
  ])('with %s is a 422 that names them', async (_, value) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(value)
    const answer = await ask('/auth/v1/register', { method: 'POST', headers, body })
    expect([answer.status, answer.json['code']]).toEqual([422, 'validation_failed'])
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is a missing user like any',
    async (username) => {
      const answer = await ask('/auth/v1/token', { body: { username, password: 'x' } })
      expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_grant'])
      const key = await ask('/api/v1/me', {
        headers: { 'x-api-auth': `${username}:0123456789abcdef` },
      })
      expect(key.status).toBe(401)
    },
  )
})

describe('I5: a form', () => {
  function post(body: string | Buffer): Promise<Answer> {
    const headers = { 'content-type': urlEncoded }
    return ask('/auth/v1/token', { method: 'POST', headers, body })
  }

  test.each([
    ['a percent sign alone', 'username=a&password=%'],
    ['half an escape', 'username=a&password=%4'],
    ['no UTF-8, escaped', 'username=a&password=%FF'],
    ['no UTF-8, bare', Buffer.from('username=a&password=ü', 'latin1')],
    ['NUL', 'username=a&password=%00'],
    ['a field twice', 'username=a&username=b&password=c'],
    ['a field twice, once escaped', 'username=a&%75sername=b&password=c'],
    ['names like members', 'username[a][b]=c&password.a=b'],
    ['thousands of dots', `username${'.a'.repeat(7_000)}=b`],
    ['thousands of fields', 'a&'.repeat(8_000)],
  ])('with %s is a 400', async (_, body) => {
    const answer = await post(body)
    expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_request'])
  })

  test('takes no field that it does not know for one that it does', async () => {
    const answer = await ask('/auth/v1/token', {
      body: { ...sandbox, kind: 'lasting', account_id: '1', scope: 'admin', __proto__: 'x' },
    })
    expect(answer.status).toBe(200)
    const [first = ''] = answer.cookies[0]?.split(';') ?? []
    const who = await askWhoIs({ cookie: first })
    expect(who.json['username']).toBe(sandbox.username)
  })
})

describe('I6: a path', () => {
  const privatePaths = ['/api/v1/me', '/internal/v1/batches', '/dashboard/settings']
  const spellings = (path: string): string[] => {
    const escaped = `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`
    return [
      escaped,
      escaped.replace('%', '%25'),
      escaped.replace('%', `%${'25'.repeat(10)}`),
      `/${path}`,
      `//${path}`,
      path.replace('/', '\\'),
      path.replace('v1/', 'v1\\'),
      `${path}#x`,
      `${path}/../${path.split('/').at(-1) ?? ''}`,
      `${path}/%2E`,
      path.replaceAll('/', '%2f'),
      `/docs/..${path}`,
      `/docs/%2e%2e${path}`,
      `/.${path}`,
      `${path}/.`,
      `${path}//`,
      `${path};x=1`,
      `${path}.`,
      `${path}%00`,
      `${path}%20`,
      `${path}.json`,
      `${path}/x.css`,
      path.toUpperCase(),
      `${url}${path}`,
    ].filter((spelling) => spelling !== path)
  }

  test('written in another way is never open without a credential', async () => {
    for (const path of privatePaths.flatMap(spellings)) {
      const { status, text } = await sendRaw(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      )
      expect(status, path).toBeOneOf([303, 307, 400, 401, 404])
      expect(text, path).not.toMatch(/"items"|Your keys/)
    }
  })

  test('has one spelling: with a credential the others are not there', async () => {
    for (const path of privatePaths.flatMap(spellings).filter((path) => path.startsWith('/'))) {
      const headers = path.includes('api')
        ? { 'x-api-auth': sandbox.apiKey }
        : { cookie, 'sec-fetch-site': 'none' }
      const { status } = await ask(path, { headers })
      expect(status, path).toBeOneOf([307, 400, 404])
    }
    for (const path of privatePaths) {
      const headers = path.includes('api') ? { 'x-api-auth': sandbox.apiKey } : { cookie }
      expect((await ask(path, { headers })).status, path).toBe(200)
    }
  })
})

describe('I9: the server calls nobody', () => {
  testOwnServer('whatever it is asked for, and whoever is named in the question', async () => {
    await using canary = await openCanary()
    const other = await startOther()
    const named = encodeURIComponent(canary.url)
    const { host: canaryHost } = new URL(canary.url)
    const fields = { origin: canary.url, referer: canary.url, 'x-forwarded-host': canaryHost }
    const form = { next: canary.url, url: canary.url, username: canary.url, password: 'x' }
    const paths = [
      ...routes.map(({ path }) => path),
      ...documents,
      ...formPages,
      '/_image',
      '/_server-islands/x',
      '/_actions/x',
      '/.well-known/jwks.json',
      '/readyz',
      `//${canaryHost}/`,
    ]
    for (const path of paths) {
      const asked = `${other.url}${path}?href=${named}&url=${named}&next=${named}&f=webp&w=9&h=9`
      await call(asked)
      await call(asked, { headers: fields })
      await call(asked, { headers: { host: canaryHost } })
      await call(asked, { method: 'POST', headers: fields, body: form })
    }
    await sendRaw(`GET ${canary.url} HTTP/1.1\r\nHost: ${canaryHost}\r\n\r\n`, other.url)
    await sendRaw(`CONNECT ${canaryHost} HTTP/1.1\r\nHost: ${canaryHost}\r\n\r\n`, other.url)
    expect(other.called()).toEqual([])
    expect(canary.connections()).toBe(0)
  })
})

describe('I7: files', () => {
  test.each([
    '/.git/config',
    '/.env',
    '/.well-known/../.env',
    '/../package.json',
    '/../../etc/passwd',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/..%5cpackage.json',
    '/..\\package.json',
    '/_astro/../../server/entry.mjs',
    '/server/entry.mjs',
    '/entry.mjs',
    '/entry.mjs.map',
    '/password-worker.mjs',
    '/barbell.json',
    '/data/barbell.json',
    '/secrets.json',
    '/package.json',
    '/node_modules/astro/package.json',
    '/docs/%00',
    '/index.html%00.js',
    '/runner/%2e%2e/index.html',
    '/index.html.br',
    '/_image?href=/favicon.svg',
    '/_server-islands/x',
    '/_actions/x',
    '/@fs/etc/passwd',
    '/%',
    '/%FF',
  ])('%s is not one', async (path) => {
    expect((await ask(path)).status).toBe(404)
  })

  test('come without a source map', async () => {
    const { text } = await ask('/')
    const scripts = [...text.matchAll(/(?:src|href)="(\/_astro\/[^"]+\.(?:js|css))"/g)]
    expect(scripts.length).toBeGreaterThan(0)
    for (const [, path = ''] of scripts) {
      const file = await ask(path)
      expect(file.status).toBe(200)
      expect(file.text).not.toContain('sourceMappingURL')
      expect((await ask(`${path}.map`)).status).toBe(404)
    }
  })
})

describe('I8: Host', () => {
  test.each(['evil.example', '169.254.169.254', 'evil.example:80'])(
    '%s changes nothing in an answer',
    async (other) => {
      const headers = { host: other }
      for (const path of [
        '/',
        '/login',
        '/openapi.json',
        '/api/v1/me',
        '/docs/auth',
        '/llms.txt',
      ]) {
        const answer = await ask(path, { headers })
        expect(answer.text + JSON.stringify(answer.headers), path).not.toContain(other)
      }
      const settings = await ask('/dashboard/settings', { headers })
      expect(settings.headers.location).toMatch(/^\/login\?/)
    },
  )

  test.each(['a/b', 'a?b', 'a#b', `${host}@evil.example`, `${host}/x`, 'a b', '', 'a\\b'])(
    '%j is none: 400, for a page as for a call',
    async (other) => {
      for (const path of ['/', '/login', '/dashboard/settings', '/api/v1/ping']) {
        const lines = [`GET ${path} HTTP/1.1`, `Host: ${other}`, 'Connection: close']
        const { status } = await sendRaw(`${lines.join('\r\n')}\r\n\r\n`)
        expect(status, path).toBe(400)
      }
    },
  )

  test.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/.//evil.example',
    '/%5cevil.example/..//evil.example',
    '\t//evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
  ])('next=%j leads to no other site', async (next) => {
    const path = `/login?next=${encodeURIComponent(next)}`
    const { headers, status } = await sendForm(path, { ...reader })
    expect(status).toBe(303)
    const { location = '' } = headers
    expect(new URL(location, url).origin).toBe(url)
    expect(location).toMatch(/^\/(?![/\\])/)
  })

  test('a doubled slash is no redirect to another site', async () => {
    for (const path of [
      '//evil.example/',
      '//evil.example/..',
      '/\\evil.example/',
      '//evil.example',
    ]) {
      const { headers, status } = await ask(path)
      expect([status, headers.location], path).toEqual([404, undefined])
    }
  })

  test('the settings come back to themselves after signing in', async () => {
    const { headers } = await openPage('/dashboard/settings')
    expect(headers.location).toBe('/login?next=%2Fdashboard%2Fsettings')
  })
})

describe('I12: a packed body', () => {
  const bomb = Buffer.alloc(10 * 1024 * 1024)

  test.each([
    ['gzip', gzipSync(bomb)],
    ['br', brotliCompressSync(bomb)],
    ['deflate', Buffer.from('x')],
    ['zstd', Buffer.from('x')],
    ['identity', Buffer.from('x')],
    ['gzip, gzip', Buffer.from('x')],
  ])('in %s is a 415 on every path that takes one', async (coding, body) => {
    const changing = new Set((await changingRoutes()).map(({ path }) => path))
    for (const path of await bodyPaths()) {
      const answer = await ask(path, {
        method: 'POST',
        headers: {
          origin: url,
          cookie,
          'content-type': urlEncoded,
          'content-encoding': coding,
          'content-length': body.length,
        },
        body,
      })
      expect(answer.status, path).toBe(415)
      if (changing.has(path)) expect(answer.json['code'] ?? answer.json['error']).toBeDefined()
    }
  })
})
