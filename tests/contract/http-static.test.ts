import { globSync, readFileSync, rmSync } from 'node:fs'
import { request as openRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { freePort } from '../support/free-port.ts'

const folder = fileURLToPath(new URL('../../dist/client/', import.meta.url))
const logFile = join(tmpdir(), `barbell-static-${process.pid}.log`)

let server: BuiltServer
let metricsPort: number
let script: string

beforeAll(async () => {
  metricsPort = await freePort()
  const settings = { LOG_LEVEL: 'info', BARBELL_METRICS_PORT: String(metricsPort) }
  server = await startBuiltServer(settings, { logFile })
  const [largest = ''] = globSync('_astro/*.js', { cwd: folder }).toSorted(
    (a, b) => readFileSync(join(folder, b)).length - readFileSync(join(folder, a)).length,
  )
  script = `/${largest}`
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  rmSync(logFile, { force: true })
})

/** Nothing is unpacked, and the path is sent as it is written. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = new URL(server.url)
  const host = `localhost:${port}`
  const sent = openRequest({
    port,
    path,
    method,
    headers: { host, ...headers },
    agent: false,
  }).end()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject)
  })
  const body = await buffer(response)
  return { status: response.statusCode, headers: response.headers, body }
}

describe('a file of the build', () => {
  test('is kept for ever under its hashed name, and comes packed as it was at the build', async () => {
    const plain = readFileSync(join(folder, script))
    const br = await ask(script, { 'accept-encoding': 'gzip, br' })
    expect(br.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      vary: 'Accept-Encoding',
    })
    expect(br.body).toEqual(readFileSync(join(folder, `${script}.br`)))
    expect(brotliDecompressSync(br.body)).toEqual(plain)
    const gzip = await ask(script, { 'accept-encoding': 'gzip' })
    expect(gunzipSync(gzip.body)).toEqual(plain)
    expect(gzip.headers.etag).not.toBe(br.headers.etag)
  })

  test('is 304 for whoever has it, 206 for a part of it, and bodiless for HEAD', async () => {
    const whole = await ask(script)
    const { etag = '' } = whole.headers
    expect((await ask(script, { 'if-none-match': etag })).status).toBe(304)
    const part = await ask(script, { range: 'bytes=-5', 'if-range': etag })
    expect(part.status).toBe(206)
    expect(part.body).toEqual(whole.body.subarray(-5))
    const head = await ask(script, {}, 'HEAD')
    expect(head.headers['content-length']).toBe(String(whole.body.length))
    expect(head.body.length).toBe(0)
  })

  test.each(['bytes=5-2', 'bytes=-0', 'bytes=999999999-', 'bytes=0-1,3-4'])(
    'a Range of %s does not end the server',
    async (range) => {
      expect([200, 416]).toContain((await ask(script, { range })).status)
      expect((await ask('/healthz')).status).toBe(200)
    },
  )

  test('has a type that is known', async () => {
    const files = globSync('**/*.{js,mjs,css,json,svg,png,wasm,zip}', { cwd: folder })
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const { headers } = await ask(`/${file}`, {}, 'HEAD')
      expect(headers['content-type'], file).not.toBe('application/octet-stream')
    }
  })
})

describe('a page that is made on demand', () => {
  test('comes compressed where it holds no secret', async () => {
    const plain = await ask('/login')
    const packed = await ask('/login', { 'accept-encoding': 'br' })
    expect(packed.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(packed.body).toString()).toBe(plain.body.toString())
    expect(packed.headers['cache-control']).toBe('no-store')
  })

  test('has its policy, compressed or not', async () => {
    const { headers } = await ask('/register', { 'accept-encoding': 'br' })
    expect(headers['content-security-policy']).toMatch(/script-src 'self' .*'sha256-/)
  })
})

describe('what is told of pages', () => {
  test('L1: one line each, with the pattern of the route and no path', async () => {
    const ids = await Promise.all(
      ['/docs/auth', '/canary-path', '/login?next=/canary', script].map(async (path) => {
        const { headers } = await ask(path)
        return String(headers['x-request-id'])
      }),
    )
    const linesOf = (): Record<string, unknown>[] =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => ids.some((id) => line.includes(id)))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    await expect.poll(() => linesOf().length, { timeout: 5000 }).toBe(ids.length)
    expect(
      linesOf()
        .map(({ route, status }) => [route, status])
        .toSorted(),
    ).toEqual([
      ['(none)', 404],
      ['(page or file)', 200],
      ['(page or file)', 200],
      ['/login', 200],
    ])
    expect(readFileSync(logFile, 'utf8')).not.toContain('canary')
  })

  test('F12: the metrics count them, on their own port only', async () => {
    await ask('/docs/auth')
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    expect(text).toMatch(
      /^barbell_http_requests_total\{route="\(page or file\)",status="2xx"\} \d+$/m,
    )
    expect((await ask('/metrics')).status).toBe(404)
  })
})

test('the page of failures is there, and says nothing of the failure', () => {
  const page = readFileSync(join(folder, '500.html'), 'utf8')
  expect(page).toContain('This page cannot be shown right now')
  expect(page).not.toMatch(/stack|Error:/)
})
