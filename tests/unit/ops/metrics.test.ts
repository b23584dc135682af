import { expect, test } from 'vitest'
import { Meters } from '#ops/meters.ts'
import { createRegistry, metricNotes } from '#ops/metrics.ts'

function newMeters(): Meters {
  return new Meters({ passwordThreads: 1, nowMs: () => 0 })
}

/** The lines of one metric, without its help. */
async function linesOf(meters: Meters, name: string): Promise<string[]> {
  const text = await createRegistry(meters).metrics()
  return text.split('\n').filter((line) => line.startsWith(name))
}

test('answers are counted by route and class of status', async () => {
  const meters = newMeters()
  for (const status of [200, 204, 404]) meters.countAnswer({ route: '/api/v1/me', status, ms: 1 })
  expect(await linesOf(meters, 'barbell_http_requests_total')).toEqual([
    'barbell_http_requests_total{route="/api/v1/me",status="2xx"} 2',
    'barbell_http_requests_total{route="/api/v1/me",status="4xx"} 1',
  ])
})

test('durations are a histogram in seconds: each bucket holds those below it as well', async () => {
  const meters = newMeters()
  for (const ms of [0.5, 2, 30, 20_000]) meters.countAnswer({ route: '/', status: 200, ms })
  const lines = await linesOf(meters, 'barbell_http_request_duration_seconds')
  expect(lines).toContain('barbell_http_request_duration_seconds_bucket{le="0.0005",route="/"} 1')
  expect(lines).toContain('barbell_http_request_duration_seconds_bucket{le="0.001",route="/"} 1')
  expect(lines).toContain('barbell_http_request_duration_seconds_bucket{le="0.05",route="/"} 3')
  expect(lines).toContain('barbell_http_request_duration_seconds_bucket{le="10",route="/"} 3')
  expect(lines).toContain('barbell_http_request_duration_seconds_bucket{le="+Inf",route="/"} 4')
  expect(lines).toContain('barbell_http_request_duration_seconds_sum{route="/"} 20.0325')
  expect(lines).toContain('barbell_http_request_duration_seconds_count{route="/"} 4')
})

test('reading twice counts nothing twice', async () => {
  const meters = newMeters()
  meters.countAnswer({ route: '/', status: 200, ms: 1 })
  meters.countRefusal('api_key')
  const registry = createRegistry(meters)
  await registry.metrics()
  const text = await registry.metrics()
  expect(text).toContain('barbell_http_requests_total{route="/",status="2xx"} 1\n')
  expect(text).toContain('barbell_limit_refusals_total{limit="api_key"} 1\n')
})

test('the pool is asked when the metrics are read, and not before', async () => {
  const meters = newMeters()
  let asked = 0
  meters.pool = () => {
    asked += 1
    return { open: 7, idle: 3, waiting: 2 }
  }
  const registry = createRegistry(meters)
  expect(asked).toBe(0)
  const text = await registry.metrics()
  expect(text).toContain('barbell_store_pool_connections{state="open"} 7\n')
  expect(text).toContain('barbell_store_pool_connections{state="idle"} 3\n')
  expect(text).toContain('barbell_store_pool_waiting 2\n')
})

test('every metric that is described is there, with its description, and no other one of ours', async () => {
  const text = await createRegistry(newMeters()).metrics()
  const helps = [...text.matchAll(/^# HELP (barbell_\w+) (.*)$/gm)]
  expect(Object.fromEntries(helps.map(([, name, help]) => [name, help]))).toEqual(metricNotes)
})

test('the process is measured as well, with the delay of its event loop', async () => {
  const text = await createRegistry(newMeters()).metrics()
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m)
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
})

test('the metrics of workers can be added up', async () => {
  const meters = newMeters()
  meters.countAnswer({ route: '/', status: 200, ms: 1 })
  const described = await createRegistry(meters).getMetricsAsJSON()
  const histogram = described.find(({ name }) => name === 'barbell_http_request_duration_seconds')
  expect(histogram).toMatchObject({ aggregator: 'sum' })
  expect(histogram?.values).toContainEqual({
    metricName: 'barbell_http_request_duration_seconds_count',
    labels: { route: '/' },
    value: 1,
  })
})
