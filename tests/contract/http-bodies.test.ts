import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../support/call.ts'
import { sandboxed, signedInCookie } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

const authLimit = 16 * 1024

let server: TestServer
let cookie: string

beforeAll(async () => {
  server = await startServer()
  cookie = await signedInCookie(server.url, await sandboxed(server.url))
})
afterAll(() => server.stop())

function postPaths(): string[] {
  return server.barbell.api.endpoints
    .filter(({ method }) => method === 'POST')
    .map(({ path }) => path)
}

async function open(head: string[]): Promise<Socket> {
  const { host, port } = new URL(server.url)
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write([...head, `Host: ${host}`, '', ''].join('\r\n'))
  return socket
}

async function statusLine(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return chunk.toString().split('\r\n', 1)[0] ?? ''
}

describe('I1: a body is limited', () => {
  test('by its Content-Length, before any of it is read', async () => {
    for (const path of postPaths()) {
      const socket = await open([`POST ${path} HTTP/1.1`, 'Content-Length: 2000000000'])
      expect(await statusLine(socket), path).toBe('HTTP/1.1 413 Payload Too Large')
      socket.destroy()
    }
  })

  test('by what arrives, where it is chunked', async () => {
    for (const path of postPaths()) {
      const socket = await open([`POST ${path} HTTP/1.1`, 'Transfer-Encoding: chunked'])
      socket.on('error', () => undefined) // the server may hang up on what comes after its answer
      const answered = statusLine(socket)
      for (let i = 0; i < 40; i += 1) socket.write(`400\r\n${'x'.repeat(1024)}\r\n`)
      expect(await answered, path).toBe('HTTP/1.1 413 Payload Too Large')
      socket.destroy()
    }
  })

  test('a chunked body within the limit is read', async () => {
    const form = 'username=nobody&password=x'
    const socket = await open([
      'POST /auth/v1/token HTTP/1.1',
      'Content-Type: application/x-www-form-urlencoded',
      'Transfer-Encoding: chunked',
    ])
    for (const character of form) socket.write(`1\r\n${character}\r\n`)
    socket.write('0\r\n\r\n')
    expect(await statusLine(socket)).toBe('HTTP/1.1 400 Bad Request')
    socket.destroy()
  })

  test('the last byte that fits is taken, one more is not', async () => {
    const fill = (length: number) => ({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'username=nobody&password=x&rest='.padEnd(length, 'x'),
    })
    const fits = await call(`${server.url}/auth/v1/token`, fill(authLimit))
    expect([fits.status, fits.json['error']]).toEqual([400, 'invalid_grant'])
    const over = await call(`${server.url}/auth/v1/token`, fill(authLimit + 1))
    expect([over.status, over.json['error'], over.headers.connection]).toEqual([
      413,
      'invalid_request',
      'close',
    ])
  })

  test('a call that wants no body takes a small one and does nothing with it', async () => {
    const answer = await call(`${server.url}/auth/v1/sandbox`, {
      body: { username: 'somebody', role: 'admin' },
    })
    expect(answer.json['username']).toMatch(/^sandbox-/)
  })
})

test('I12: a packed body is a 415, wherever it is sent', async () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000))
  for (const path of postPaths()) {
    for (const encoding of ['gzip', 'br', 'identity, gzip', 'x']) {
      const answer = await call(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-encoding': encoding, cookie, 'content-type': 'application/json' },
        body: bomb.subarray(0, 1000),
      })
      expect(answer.status, path).toBe(415)
    }
  }
})

test('a body that breaks off leaves the server as it was', async () => {
  const socket = await open([
    'POST /auth/v1/token HTTP/1.1',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 100',
  ])
  socket.write('username=a')
  socket.destroy()
  expect((await call(`${server.url}/healthz`)).status).toBe(200)
  expect(server.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([])
})
