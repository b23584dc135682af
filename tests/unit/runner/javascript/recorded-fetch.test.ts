import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Exchange } from '#runner/contract.ts'
import { PendingWork } from '#runner/javascript/pending-work.ts'
import { recordedFetch } from '#runner/javascript/recorded-fetch.ts'
import { TransferBudget } from '#runner/transfer-budget.ts'

let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    response.setHeader('content-type', 'application/json')
    response.statusCode = Number(searchParams.get('status') ?? 200)
    response.end(
      JSON.stringify({ pathname, pad: 'x'.repeat(Number(searchParams.get('pad') ?? 0)) }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => server.close())

function setUp() {
  const exchanges: Exchange[] = []
  const recordings = new PendingWork()
  const parts = {
    fetch,
    origin,
    budget: new TransferBudget(),
    pending: new PendingWork(),
    recordings,
    onExchange: (exchange: Exchange) => exchanges.push(exchange),
  }
  return { fetch: recordedFetch(parts), exchanges, recordings }
}

test('a relative URL counts from the origin, and the program can read the answer', async () => {
  const { fetch, exchanges, recordings } = setUp()
  const response = await fetch('api/v1/ping')
  expect(await response.json()).toMatchObject({ pathname: '/api/v1/ping' })
  await recordings.idle()
  expect(exchanges).toMatchObject([
    {
      request: {
        method: 'GET',
        url: `${origin}/api/v1/ping`,
        body: null,
        browserCookies: 'attached',
      },
      response: { status: 200, statusText: 'OK', truncated: false },
      error: null,
    },
  ])
})

test('it is told where the browser was asked to leave its cookies out', async () => {
  const { fetch, exchanges, recordings } = setUp()
  await fetch('api/v1/ping', { credentials: 'omit' })
  await recordings.idle()
  expect(exchanges).toMatchObject([{ request: { browserCookies: 'left out' } }])
})

test('a form is recorded as it is sent', async () => {
  const { fetch, exchanges, recordings } = setUp()
  await fetch('/auth/v1/token', { method: 'POST', body: new URLSearchParams({ username: 'u' }) })
  await recordings.idle()
  expect(exchanges[0]?.request).toMatchObject({ method: 'POST', body: 'username=u' })
  expect(exchanges[0]?.request.headers).toContainEqual([
    'content-type',
    'application/x-www-form-urlencoded;charset=UTF-8',
  ])
})

test('a body that the program never reads is recorded all the same', async () => {
  const { fetch, exchanges, recordings } = setUp()
  await fetch('/api/v1/me?status=401')
  await recordings.idle()
  expect(exchanges[0]?.response).toMatchObject({
    status: 401,
    body: '{"pathname":"/api/v1/me","pad":""}',
  })
})

test('S3: a refused call says what may be called', async () => {
  const { fetch, exchanges } = setUp()
  await expect(fetch('http://127.0.0.1:9/')).rejects.toThrow(
    'may call /api/, /internal/, /auth/v1/',
  )
  expect(exchanges[0]?.response).toBeNull()
  expect(exchanges[0]?.error).toContain('the browser refuses http://127.0.0.1:9/')
})

test('S9: the 51st call is not sent', async () => {
  const { fetch, exchanges, recordings } = setUp()
  for (let sent = 0; sent < 50; sent += 1) await fetch('/api/v1/ping')
  await expect(fetch('/api/v1/ping')).rejects.toThrow('50 requests')
  await recordings.idle()
  expect(exchanges).toHaveLength(50)
})

test('S9: a body beyond the budget is cut off', async () => {
  const { fetch, exchanges, recordings } = setUp()
  const response = await fetch('/api/v1/images?pad=6000000')
  await expect(response.text()).rejects.toThrow('5 MB')
  await recordings.idle()
  expect(exchanges[0]).toMatchObject({ error: expect.stringContaining('5 MB') as string })
  expect(exchanges[0]?.response?.truncated).toBe(true)
})

test('an aborted call is recorded as such', async () => {
  const { fetch, exchanges } = setUp()
  await expect(fetch('/api/v1/ping', { signal: AbortSignal.abort() })).rejects.toThrow('abort')
  expect(exchanges[0]?.response).toBeNull()
})
