import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request as openRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BuiltFiles } from '#static/built-files.ts'

const digits = '0123456789'
const large = Buffer.alloc(600_000, digits)
const packed = gzipSync(digits)

let folder: string
let server: Server
let failures: unknown[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'barbell-files-'))
  mkdirSync(join(folder, '_astro'))
  writeFileSync(join(folder, '_astro/app.js'), digits)
  writeFileSync(join(folder, '_astro/app.js.gz'), packed)
  writeFileSync(join(folder, 'large.wasm'), large)
  writeFileSync(join(folder, 'gone.wasm'), large)
  writeFileSync(join(folder, 'plain.svg'), digits)
  failures = []
  const files = new BuiltFiles(folder, () => ({ 'X-Mine': 'yes' }))
  rmSync(join(folder, 'gone.wasm'))
  server = createServer((request, response) => {
    files.send(request, response, request.url ?? '/').then(
      (found) => found || response.writeHead(404).end(),
      (error: unknown) => {
        failures.push(error)
        response.writeHead(500).end()
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = server.address() as AddressInfo
  const sent = openRequest({ port, path, headers, method, host: '127.0.0.1', agent: false }).end()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject)
  })
  const body = await buffer(response)
  return { status: response.statusCode, headers: response.headers, body }
}

describe('a file', () => {
  test('is sent whole, with its type and the fields of its folder', async () => {
    const { status, headers, body } = await ask('/_astro/app.js')
    expect(status).toBe(200)
    expect(body.toString()).toBe(digits)
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': '10',
      'accept-ranges': 'bytes',
      vary: 'Accept-Encoding',
      'x-mine': 'yes',
    })
  })

  test('comes as the build packed it, to whoever takes that', async () => {
    const { headers, body } = await ask('/_astro/app.js', { 'accept-encoding': 'br, gzip' })
    expect(headers['content-encoding']).toBe('gzip')
    expect(body).toEqual(packed)
    const refused = await ask('/_astro/app.js', { 'accept-encoding': 'gzip;q=0' })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  test('that was not packed says nothing of encodings', async () => {
    const { headers } = await ask('/plain.svg', { 'accept-encoding': 'br, gzip' })
    expect(headers).not.toHaveProperty('vary')
    expect(headers).not.toHaveProperty('content-encoding')
  })

  test('has no body for HEAD, and the same fields', async () => {
    const { headers, body, status } = await ask('/large.wasm', {}, 'HEAD')
    expect(status).toBe(200)
    expect(headers['content-length']).toBe('600000')
    expect(body.length).toBe(0)
  })

  test('that is larger than memory should hold is whole as well', async () => {
    expect((await ask('/large.wasm')).body.equals(large)).toBe(true)
  })

  test.each(['/', '/_astro', '/_astro/', '/constructor', '/app.js'])('%s is none', async (path) => {
    expect((await ask(path)).status).toBe(404)
  })

  test.each([{}, { range: 'bytes=1-2' }])(
    'that can no longer be read is told as a failure, and the server goes on',
    async (headers) => {
      expect((await ask('/gone.wasm', headers)).status).toBe(500)
      expect(failures.at(-1)).toMatchObject({ code: 'ENOENT' })
      expect((await ask('/_astro/app.js')).status).toBe(200)
    },
  )
})

describe('who has it already', () => {
  test.each([
    (etag: string) => etag,
    (etag: string) => `W/${etag}`,
    (etag: string) => `"other", ${etag}`,
    () => '*',
  ])('gets 304 and no body', async (header) => {
    const etag = (await ask('/_astro/app.js')).headers.etag ?? ''
    const again = await ask('/_astro/app.js', { 'if-none-match': header(etag) })
    expect(again.status).toBe(304)
    expect(again.headers.etag).toBe(etag)
    expect(again.body.length).toBe(0)
  })

  test('of another form of it gets this one', async () => {
    const { etag = '' } = (await ask('/_astro/app.js', { 'accept-encoding': 'gzip' })).headers
    expect((await ask('/_astro/app.js', { 'if-none-match': etag })).status).toBe(200)
  })
})

describe('a part of a file', () => {
  test.each([
    ['/_astro/app.js', 'bytes=2-4', '234', 'bytes 2-4/10'],
    ['/_astro/app.js', 'bytes=-3', '789', 'bytes 7-9/10'],
    ['/large.wasm', 'bytes=599998-', '89', 'bytes 599998-599999/600000'],
    ['/large.wasm', 'bytes=0-0', '0', 'bytes 0-0/600000'],
  ])('%s %s is 206', async (path, range, text, described) => {
    const { status, headers, body } = await ask(path, { range })
    expect(status).toBe(206)
    expect(body.toString()).toBe(text)
    expect(headers['content-range']).toBe(described)
    expect(headers['content-length']).toBe(String(text.length))
  })

  test('that begins after the end is 416, which says how long the file is', async () => {
    const { status, headers, body } = await ask('/_astro/app.js', { range: 'bytes=10-' })
    expect(status).toBe(416)
    expect(headers['content-range']).toBe('bytes */10')
    expect(body.length).toBe(0)
  })

  test.each(['bytes=5-2', 'bytes=0-1,4-5', 'bytes=x'])(
    '%s is answered with the whole, and does not end the process',
    async (range) => {
      const { status, body } = await ask('/large.wasm', { range })
      expect(status).toBe(200)
      expect(body.length).toBe(large.length)
    },
  )

  test('is sent only of the same version, where If-Range asks for that', async () => {
    const etag = (await ask('/_astro/app.js')).headers.etag ?? ''
    const range = 'bytes=0-1'
    expect((await ask('/_astro/app.js', { range, 'if-range': etag })).status).toBe(206)
    expect((await ask('/_astro/app.js', { range, 'if-range': '"old"' })).status).toBe(200)
    expect((await ask('/_astro/app.js', { range, 'if-range': `W/${etag}` })).status).toBe(200)
  })

  test('is nothing that HEAD has', async () => {
    expect((await ask('/_astro/app.js', { range: 'bytes=0-1' }, 'HEAD')).status).toBe(200)
  })
})

test('a reader who leaves in the middle of a large file is no failure', async () => {
  const before = failures.length
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => {
    const sent = openRequest({ port, path: '/large.wasm', host: '127.0.0.1' }, (response) => {
      response.once('data', () => {
        response.destroy()
        resolve()
      })
    })
    sent.on('error', () => undefined).end()
  })
  expect((await ask('/large.wasm')).body.length).toBe(large.length)
  expect(failures.length).toBe(before)
})
