import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from '../fuzz/fuzz.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})

afterAll(() => server.stop())

// The long run, against the built server and its memory: `npm run fuzz`.
test('I11, E2: 2,000 hostile requests get answers of the contract, and every call is met', async () => {
  const { failures, calls, statuses } = await fuzz({ url: server.url, seed: 7, requests: 2_000 })
  expect(failures).toEqual([])
  const documented = server.barbell.api.endpoints.filter(({ path }) =>
    /^\/(?:api|auth|int)/.test(path),
  )
  expect([...calls.keys()].sort()).toEqual(
    documented.map(({ method, path }) => `${method} ${path}`).sort(),
  )
  for (const status of [200, 201, 400, 401, 403, 404, 405, 413, 415, 422]) {
    expect(statuses.get(status), String(status)).toBeGreaterThan(0)
  }
})

test('L2: each line of its log is one line of JSON', () => {
  expect(server.logLines.length).toBeGreaterThan(1_000)
  for (const line of server.logLines) {
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
    expect(() => JSON.parse(line) as unknown).not.toThrow()
  }
})
