import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  createServer,
  request as openRequest,
  type IncomingHttpHeaders,
  type Server,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { preferredEncoding } from '#static/accepted-encoding.ts'
import { staticFiles } from '#static/static-files.ts'

const origin = 'https://docs.example'
const page = '<!doctype html><script>let a = 1</script><p>https://barbell.example/api/v1/me</p>'

let folder: string
let server: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'barbell-static-'))
  const put = (path: string, text: string): void => {
    mkdirSync(join(folder, 'client', path, '..'), { recursive: true })
    writeFileSync(join(folder, 'client', path), text)
  }
  put('index.html', page)
  put('docs/auth/index.html', page)
  put('robots.txt', 'Sitemap: https://barbell.example/sitemap-index.xml')
  put('_astro/app.abc123.js', 'let b = 2')
  put('index.html.br', 'packed')
  put('_astro/app.abc123.js.gz', 'packed')
  put('runner/worker-abc123.js', 'let c = 3')
  put('offline/worker-abc123.js', 'let d = 4')
  put('.env', 'SECRET=1')
  put('.git/config', 'x')
  writeFileSync(join(folder, 'barbell.json'), '{"secret":1}')
  const files = staticFiles(join(folder, 'client'), origin)
  server = createServer((request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    files(request, response, path, () => response.writeHead(404).end('none'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** Sends the path as it is written: no client tidies it. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const sent = openRequest({ port, path, headers, method, host: '127.0.0.1' }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      )
    })
    sent.on('error', reject).end()
  })
}

describe('a built page', () => {
  test.each(['/', '/docs/auth', '/docs/auth/'])('%s is sent with the real origin', async (path) => {
    const { status, headers, body } = await get(path)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(body.toString()).toContain(`${origin}/api/v1/me`)
    expect(body.toString()).not.toContain('barbell.example')
  })

  test('H2: its own inline script is allowed by its hash, and no other', async () => {
    const policy = (await get('/')).headers['content-security-policy']
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/=]{44}';/)
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/)
  })

  test('it comes compressed to whoever accepts that', async () => {
    const plain = (await get('/')).body
    const br = await get('/', { 'accept-encoding': 'gzip, br' })
    const gzip = await get('/', { 'accept-encoding': 'gzip' })
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
    expect(brotliDecompressSync(br.body)).toEqual(plain)
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.body)).toEqual(plain)
    expect(br.headers.etag).not.toBe(gzip.headers.etag)
  })

  test('it is 304 for whoever has it, and HEAD has its length without its body', async () => {
    const first = await get('/')
    const again = await get('/', { 'if-none-match': first.headers.etag ?? '' })
    expect(again.status).toBe(304)
    expect(again.body.length).toBe(0)
    const head = await get('/', {}, 'HEAD')
    expect(head.headers['content-length']).toBe(String(first.body.length))
    expect(head.body.length).toBe(0)
  })
})

describe('other files', () => {
  test('a text file names the real origin as well', async () => {
    const { body, headers } = await get('/robots.txt')
    expect(body.toString()).toBe(`Sitemap: ${origin}/sitemap-index.xml`)
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test('a file with a hash in its name is kept for ever', async () => {
    const { headers } = await get('/_astro/app.abc123.js')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  test('S1: what is under /runner/ comes with the policy of samples', async () => {
    const policy = (await get('/runner/worker-abc123.js')).headers['content-security-policy']
    expect(policy).toContain(`connect-src ${origin}/api/ ${origin}/internal/ ${origin}/auth/v1/`)
    expect(policy).not.toContain('worker-src')
  })

  test('what is under /offline/ reaches nothing but its own parts', async () => {
    const { headers } = await get('/offline/worker-abc123.js')
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers['cache-control']).toMatch(/immutable$/)
  })

  test.each([
    '/.env',
    '/.git/config',
    '/../barbell.json',
    '/%2e%2e/barbell.json',
    '/..%2fbarbell.json',
    '/..%5cbarbell.json',
    '/docs/%00',
    '/docs/auth/index.html%00.js',
    '//barbell.json',
    '/%',
  ])('I7: %s is not there', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  test.each([
    '/index.html',
    '/index.html/',
    '/docs/auth/index.html',
    '/index%2ehtml',
    '/index.htm%6c',
    '/index.html.br',
    '/_astro/app.abc123.js.gz',
  ])('H2: a page has one name, under which it has its policy: %s is not there', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  test('a POST is nobody’s file', async () => {
    expect((await get('/', {}, 'POST')).status).toBe(404)
  })
})

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br', 'br'],
  ['gzip;q=1.0, br;q=0', 'gzip'],
  ['BR', 'br'],
  ['br;q=0.000, gzip;q=0', 'identity'],
])('Accept-Encoding %s is answered in %s', (accepted, encoding) => {
  expect(preferredEncoding(accepted)).toBe(encoding)
})
