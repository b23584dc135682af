import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlannedRequest } from '#playground/request.ts'
import { send, type Wire } from '#playground/send.ts'
import { limits } from '#runner/contract.ts'

let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/silent') return
    if (pathname === '/redirect') {
      response.writeHead(302, { location: '/echo' }).end()
    } else if (pathname === '/long') {
      response.setHeader('content-type', 'text/plain').end('x'.repeat(limits.bodyCharacters + 9))
    } else {
      response.writeHead(401, { 'content-type': 'application/json', 'x-request-id': '7' })
      void request.pipe(response)
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function wireWith(changes: Partial<Wire> = {}): Wire {
  let now = 1000
  return { fetch, nowMs: () => (now += 5), isOnline: () => true, ...changes }
}

function request(path: string, changes: Partial<PlannedRequest> = {}): PlannedRequest {
  const method = 'POST'
  const url = origin + path
  return { method, url, headers: [['x-a', 'b']], body: '{"ü":1}', credentials: 'omit', ...changes }
}

describe('an exchange', () => {
  test('holds the request as it was planned and the answer as it came', async () => {
    const exchange = await send(request('/echo'), { wire: wireWith() })
    expect(exchange.request).toEqual({
      method: 'POST',
      url: `${origin}/echo`,
      headers: [['x-a', 'b']],
      body: '{"ü":1}',
      browserCookies: 'left out',
    })
    expect(exchange.response).toMatchObject({
      status: 401,
      statusText: 'Unauthorized',
      body: '{"ü":1}',
      truncated: false,
    })
    expect(exchange.response?.headers).toContainEqual(['x-request-id', '7'])
    expect(exchange).toMatchObject({ error: null, startedAtMs: 1005, durationMs: 5 })
  })

  test('of a long answer keeps its beginning and says so', async () => {
    const { response } = await send(request('/long'), { wire: wireWith() })
    expect(response?.body).toHaveLength(limits.bodyCharacters)
    expect(response?.truncated).toBe(true)
  })
})

describe('a failure is a value', () => {
  test('when the reader stops', async () => {
    const stop = new AbortController()
    const sent = send(request('/silent'), { signal: stop.signal, wire: wireWith() })
    stop.abort()
    const { response, error } = await sent
    expect(response).toBeNull()
    expect(error).toMatch(/^Stopped/)
  })

  test('when nobody listens', async () => {
    const { error } = await send(request('', { url: 'http://127.0.0.1:1/' }), { wire: wireWith() })
    expect(error).toMatch(/^No answer/)
  })

  test('when the browser is offline', async () => {
    const offline = wireWith({
      fetch: () => Promise.reject(new TypeError('Failed to fetch')),
      isOnline: () => false,
    })
    expect((await send(request('/echo'), { wire: offline })).error).toMatch(/offline/)
  })

  test('when the answer is a redirect, which is not followed', async () => {
    const { response, error } = await send(request('/redirect'), { wire: wireWith() })
    expect(response).toBeNull()
    expect(error).toMatch(/^No answer/)
  })
})

test('cookies go only where the request says so, and nothing is cached', async () => {
  const seen: RequestInit[] = []
  const wire = wireWith({
    fetch: (_url, init) => {
      seen.push(init ?? {})
      return Promise.resolve(new Response(null, { status: 204 }))
    },
  })
  await send(request('/echo', { credentials: 'omit' }), { wire })
  await send(request('/echo', { credentials: 'same-origin' }), { wire })
  expect(seen.map(({ credentials }) => credentials)).toEqual(['omit', 'same-origin'])
  expect(seen.every(({ cache }) => cache === 'no-store')).toBe(true)
})
