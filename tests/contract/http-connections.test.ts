import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { type ConnectionLimits, maxHeaderBytes } from '#ops/connections.ts'
import { call } from '../support/call.ts'
import { type SandboxReader, sandboxed, signedInCookie, tokenOf } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { readAnswer, send, type WireAnswer } from '../fuzz/wire.ts'

const open = new Set<Socket>()

afterEach(() => {
  for (const socket of open) socket.destroy()
  open.clear()
})

async function start(connections: Partial<ConnectionLimits> = {}): Promise<TestServer> {
  const server = await startServer({ connections })
  onTestFinished(() => server.stop())
  return server
}

function portOf({ url }: TestServer): number {
  return Number(new URL(url).port)
}

/** A connection on which this text has been sent. */
async function openWith(server: TestServer, text: string): Promise<Socket> {
  const socket = connect(portOf(server), '127.0.0.1')
  open.add(socket)
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  if (text !== '') socket.write(text)
  return socket
}

/** Resolves when it is closed, be it by a reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** What the server sends until it closes the connection, and when that is. */
async function untilClosed(
  socket: Socket,
): Promise<{ ms: number; answer: WireAnswer | undefined }> {
  const startedAt = performance.now()
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await closed(socket)
  const answer = readAnswer(Buffer.concat(chunks), { isHead: false })
  return { ms: performance.now() - startedAt, answer }
}

function ask(server: TestServer, headers: readonly (readonly [string, string])[]) {
  return send(portOf(server), {
    method: 'GET',
    target: '/api/v1/me',
    headers: [['Host', new URL(server.url).host], ['Connection', 'close'], ...headers],
    body: Buffer.alloc(0),
  })
}

async function pingTimes(server: TestServer, count: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i += 1) {
    const startedAt = performance.now()
    const { status } = await call(`${server.url}/api/v1/ping`)
    expect(status).toBe(200)
    times.push(performance.now() - startedAt)
  }
  return times.sort((a, b) => a - b)
}

describe('I2: slow clients', () => {
  const quick = { headersMs: 300, requestMs: 600, stalledMs: 500, sweepMs: 50 }
  const host = 'Host: localhost'

  test.each([
    ['sends nothing', ''],
    ['sends half a request line', 'GET /api/v1/pi'],
    ['stops within its headers', `GET /api/v1/ping HTTP/1.1\r\n${host}\r\nX-A: `],
  ])('a client that %s is cut off', async (_, text) => {
    const { ms, answer } = await untilClosed(await openWith(await start(quick), text))
    expect(ms).toBeLessThan(2_000)
    expect(answer?.status).toBeOneOf([408, undefined])
  })

  test('a client that sends its headers byte by byte is cut off all the same', async () => {
    const socket = await openWith(await start(quick), `GET /api/v1/ping HTTP/1.1\r\n${host}\r\n`)
    const drip = setInterval(() => socket.write('X'), 40)
    const { ms } = await untilClosed(socket)
    clearInterval(drip)
    expect(ms).toBeLessThan(2_000)
  })

  test('a client that sends its body byte by byte is cut off as well', async () => {
    const head = `POST /auth/v1/token HTTP/1.1\r\n${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\n\r\n`
    const socket = await openWith(await start(quick), head)
    const drip = setInterval(() => socket.write('a'), 40)
    const { ms } = await untilClosed(socket)
    clearInterval(drip)
    expect(ms).toBeLessThan(3_000)
  })

  test('a client that does not read its answers is cut off', async () => {
    const server = await start({ ...quick, headersMs: 10_000, requestMs: 10_000 })
    const socket = await openWith(server, '')
    socket.pause()
    const one = `GET /openapi.json HTTP/1.1\r\n${host}\r\n\r\n`
    socket.write(one.repeat(2_000)) // tens of megabytes of answers: more than the kernel keeps
    const end = closed(socket).then(() => 'closed')
    await sleep(1_500)
    socket.resume() // the end is seen only by one who reads
    expect(await Promise.race([end, sleep(5_000, 'open')])).toBe('closed')
    expect(socket.bytesRead).toBeLessThan(2_000 * 20_000)
  })

  test('with 500 of them, honest requests are answered as before', async () => {
    const server = await start()
    const before = await pingTimes(server, 100)
    const half = `GET /api/v1/ping HTTP/1.1\r\n${host}\r\nX-A: `
    const slow = await Promise.all(Array.from({ length: 500 }, () => openWith(server, half)))
    const drip = setInterval(() => slow.forEach((socket) => socket.write('x')), 100)
    const during = await pingTimes(server, 200)
    clearInterval(drip)
    // The middle one: the slowest ones tell of the other tests that this machine runs meanwhile.
    const median = (times: readonly number[]): number => times[Math.floor(times.length / 2)] ?? 0
    expect(median(during)).toBeLessThan(Math.max(100, 4 * median(before)))
  })

  test('above the most connections there may be, a new one is closed and the others are served', async () => {
    const server = await start({ maxConnections: 3 })
    const held = await Promise.all([1, 2, 3].map(() => openWith(server, '')))
    const { answer } = await untilClosed(
      await openWith(server, `GET / HTTP/1.1\r\n${host}\r\n\r\n`),
    )
    expect(answer).toBeUndefined()
    const [first] = held
    first?.write(`GET /api/v1/ping HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`)
    expect(first && (await untilClosed(first)).answer?.status).toBe(200)
  })
})

describe('I2: large headers', () => {
  test('of more than 16 KiB are 431, and the connection ends', async () => {
    const server = await start()
    const answer = await ask(server, [['X-A', 'a'.repeat(maxHeaderBytes)]])
    expect(answer?.status).toBe(431)
    expect((await call(`${server.url}/api/v1/ping`)).status).toBe(200)
  })

  test('of 2,001 lines and more hide no credential', async () => {
    const server = await start()
    const reader: SandboxReader = await sandboxed(server.url)
    const token = tokenOf(await signedInCookie(server.url, reader))
    const many = Array.from({ length: 2_500 }, () => ['a', ''] as const)
    const key = ['x-api-auth', reader.apiKey] as const
    expect((await ask(server, [...many, key]))?.status).toBe(200)
    const twoKinds = [key, ...many, ['Authorization', `Bearer ${token}`] as const]
    expect((await ask(server, twoKinds))?.status).toBe(400)
    expect((await ask(server, [key, ...many, key]))?.status).toBe(401)
  })
})

describe('I8: a target or a Host that is none', () => {
  test.each(['a/b', 'a b', 'a@b', '', ':', 'localhost:99999', '%00'])(
    'Host %j is refused as a problem, with a request id',
    async (host) => {
      const server = await start()
      const answer = await send(portOf(server), {
        method: 'GET',
        target: '/api/v1/ping',
        headers: [
          ['Host', host],
          ['Connection', 'close'],
        ],
        body: Buffer.alloc(0),
      })
      expect(answer?.status).toBe(400)
      const { code, request_id: requestId } = JSON.parse(answer?.text ?? '') as Record<
        string,
        unknown
      >
      expect(code).toBe('malformed_request')
      expect(requestId).toBe(answer?.headers.get('x-request-id'))
      expect(answer?.headers.get('cache-control')).toBe('no-store')
      expect(server.logLines.at(-1)).toContain('malformed_request')
    },
  )
})
