import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '#auth/limits.ts'
import { createRegistry } from '#ops/metrics.ts'
import { startMetricsServer } from '#ops/metrics-server.ts'
import { call } from '../support/call.ts'
import { sandboxed, signedInCookie, signIn, tokenOf } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

const workersEntry = fileURLToPath(
  new URL('../support/fixtures/metrics-workers.ts', import.meta.url),
)

function readMetrics(server: TestServer): Promise<string> {
  return createRegistry(server.barbell.meters).metrics()
}

/** The value of one series; undefined where there is none. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

describe('what is counted', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({
      env: { BARBELL_LIMITS: 'api_address=1000/60,login_account=2/900' },
    })
  })
  afterAll(() => server.stop())

  test('each answer of the API, by its route as the documentation writes it', async () => {
    const { apiKey } = await sandboxed(server.url)
    for (const id of ['img_00001', 'img_00002', 'img_nothing']) {
      await call(`${server.url}/api/v1/images/${id}`, { headers: { 'x-api-auth': apiKey } })
    }
    const text = await readMetrics(server)
    const route = 'route="/api/v1/images/{id}"'
    expect(valueOf(text, `barbell_http_requests_total{${route},status="2xx"}`)).toBe(2)
    expect(valueOf(text, `barbell_http_requests_total{${route},status="4xx"}`)).toBe(1)
    expect(valueOf(text, `barbell_http_request_duration_seconds_count{${route}}`)).toBe(3)
  })

  test('what a limit refuses, under its name', async () => {
    const who = { username: 'guessed', password: 'wrong-every-time' }
    for (let attempt = 0; attempt < 3; attempt += 1) await signIn(server.url, who)
    const text = await readMetrics(server)
    expect(valueOf(text, 'barbell_limit_refusals_total{limit="login_account"}')).toBe(1)
  })

  test('each group of writes that became durable', async () => {
    const series = 'barbell_store_flush_duration_seconds_count'
    const before = valueOf(await readMetrics(server), series) ?? 0
    await sandboxed(server.url)
    expect(valueOf(await readMetrics(server), series)).toBeGreaterThan(before)
  })

  test('each password that was hashed, and how long it waited', async () => {
    const before = server.barbell.meters.passwords.waits.count
    await signIn(server.url, { username: 'somebody', password: 'wrong-once-more' })
    const text = await readMetrics(server)
    expect(valueOf(text, 'barbell_password_wait_seconds_count')).toBe(before + 1)
    expect(valueOf(text, 'barbell_password_duration_seconds_count')).toBe(before + 1)
    expect(valueOf(text, 'barbell_password_queue_length')).toBe(0)
  })
})

describe('what is not told', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  test('L1: no name, key, token or path that a request brought', async () => {
    const reader = await sandboxed(server.url)
    const cookie = await signedInCookie(server.url, reader)
    const canary = 'canary-in-a-path'
    await call(`${server.url}/${canary}?${canary}`, { headers: { cookie } })
    await call(`${server.url}/api/v1/images/${canary}`, {
      headers: { 'x-api-auth': reader.apiKey, 'user-agent': canary },
    })
    await signIn(server.url, { username: canary, password: canary })
    const text = await readMetrics(server)
    const secrets = [canary, reader.username, reader.password, reader.apiKey, tokenOf(cookie)]
    for (const secret of secrets) expect(text).not.toContain(secret)
  })

  test('F12: no version', async () => {
    expect(await readMetrics(server)).not.toContain(process.versions.node)
  })

  test('R9: a thousand made-up paths make no series of their own', async () => {
    const one = (at: number) =>
      call(`${server.url}/api/v1/${at}`, { method: at % 2 ? 'GET' : 'PUT' })
    await one(0)
    await one(1)
    const before = (await readMetrics(server)).match(/^barbell_/gm)?.length
    for (let at = 0; at < 1000; at += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, more) => one(at + more)))
    }
    expect((await readMetrics(server)).match(/^barbell_/gm)?.length).toBe(before)
    expect(before).toBeLessThan(500)
  })

  test('the names of limits are those of the documentation', async () => {
    for (const name of Object.keys(limits)) server.barbell.meters.countRefusal(name)
    expect((await readMetrics(server)).match(/^barbell_limit_refusals_total/gm)).toHaveLength(
      Object.keys(limits).length,
    )
  })
})

describe('the port of the metrics', () => {
  const opened: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of opened.splice(0)) await close()
  })

  async function open(read: () => Promise<string>): Promise<string> {
    const { port, close } = await startMetricsServer({ host: '127.0.0.1', port: 0, read })
    opened.push(close)
    return `http://127.0.0.1:${port}`
  }

  test('gives the metrics as text that Prometheus reads', async () => {
    const url = await open(() => Promise.resolve('barbell_x 1\n'))
    const answer = await fetch(`${url}/metrics`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await answer.text()).toBe('barbell_x 1\n')
  })

  test.each([
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '/healthz', 404],
    ['POST', '/metrics', 405],
    ['HEAD', '/metrics', 200],
  ])('answers %s %s with %i', async (method, path, status) => {
    const url = await open(() => Promise.resolve('barbell_x 1\n'))
    expect((await fetch(url + path, { method })).status).toBe(status)
  })

  test('says 503 when they cannot be read, and goes on', async () => {
    let fails = true
    const url = await open(() => (fails ? Promise.reject(new Error('late')) : Promise.resolve('')))
    expect((await fetch(`${url}/metrics`)).status).toBe(503)
    fails = false
    expect((await fetch(`${url}/metrics`)).status).toBe(200)
  })

  test('says which variable to change when it is taken', async () => {
    const port = Number(new URL(await open(() => Promise.resolve(''))).port)
    const again = startMetricsServer({ host: '127.0.0.1', port, read: () => Promise.resolve('') })
    await expect(again).rejects.toThrow(
      /^Metrics cannot be served at 127\.0\.0\.1:\d+ \(.*EADDRINUSE.*\): change BARBELL_METRICS_PORT/,
    )
  })
})

test('several workers are read as one', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [workersEntry])
  expect(valueOf(stdout, 'barbell_http_requests_total{route="/",status="2xx"}')).toBe(2)
  expect(valueOf(stdout, 'barbell_http_request_duration_seconds_sum{route="/"}')).toBe(0.006)
  expect(stdout).toMatch(
    /^barbell_http_request_duration_seconds_bucket\{le="0\.005",route="\/"\} 2$/m,
  )
})
