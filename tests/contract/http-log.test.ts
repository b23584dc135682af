import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lowdbCeilingAccounts, openLowdbStore } from '#store/lowdb-store.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { call, postJson } from '../support/call.ts'
import { sandboxed, signedInCookie, signIn, tokenOf } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { accountRecord } from './records.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ env: { LOG_LEVEL: 'trace' } })
})
afterAll(() => server.stop())

function lines(): Record<string, unknown>[] {
  return server.logLines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('every request has one line, with its id, method, route, status and time', async () => {
  const { headers } = await call(`${server.url}/api/v1/images/img_00001?x=1`)
  const mine = lines().filter((line) => line['request_id'] === headers['x-request-id'])
  expect(mine).toEqual([
    {
      level: 'info',
      time: expect.any(String) as string,
      request_id: headers['x-request-id'],
      method: 'GET',
      route: '/api/v1/images/{id}',
      status: 401,
      ms: expect.any(Number) as number,
      code: 'missing_api_key',
    },
  ])
})

test('L1: no password, key, token or cookie is in any line, whatever came of the request', async () => {
  const reader = await sandboxed(server.url)
  const cookie = await signedInCookie(server.url, reader)
  const password = 'canary-password-1'
  const secrets = [reader.password, reader.apiKey.split(':')[1] ?? '', tokenOf(cookie), password]
  const { url } = server
  await postJson(`${url}/auth/v1/register`, { username: 'canary-name', password })
  await postJson(`${url}/auth/v1/register`, { username: password, password })
  await postJson(`${url}/auth/v1/register`, { username: 'x', password, other: password })
  await call(`${url}/auth/v1/register`, {
    method: 'POST',
    body: password,
    headers: { 'content-type': 'application/json' },
  })
  await signIn(url, { username: password, password })
  await call(`${url}/auth/v1/token?password=${password}`, {
    body: { username: 'canary-name', password },
  })
  await call(`${url}/auth/v1/${password}`, { body: password })
  await call(`${url}/api/v1/me?key=${reader.apiKey}`, {
    headers: { 'x-api-auth': `${reader.apiKey}x` },
  })
  await call(`${url}/api/v1/images/${reader.apiKey}`, { headers: { 'x-api-auth': reader.apiKey } })
  await call(`${url}/auth/v1/users/me`, {
    headers: { cookie, authorization: `Bearer ${tokenOf(cookie)}x` },
  })
  await call(`${url}/auth/v1/users/me`, { headers: { cookie } })
  const written = server.logLines.join('')
  for (const secret of secrets) expect(written).not.toContain(secret)
})

test('L2: what a request holds cannot write lines of its own', async () => {
  const before = server.logLines.length
  const odd = 'x%0d%0a%22%7d%7b%22level%22:%22fatal%22%1b[31m%e2%80%a8'
  await call(`${server.url}/api/v1/${odd}?${odd}`, {
    headers: { 'user-agent': '"}{"level":"fatal' },
  })
  await signIn(server.url, { username: 'a\r\n{"level":"fatal"}', password: '\u2028' })
  const written = server.logLines.slice(before)
  expect(written).toHaveLength(2)
  for (const line of written) expect(JSON.parse(line)).toMatchObject({ level: 'info' })
})

test('more accounts than a file serves well are a warning, at the start', async () => {
  const warned = { level: 'warn', accounts: lowdbCeilingAccounts + 1 }
  expect(await linesAtStart(lowdbCeilingAccounts + 1)).toContainEqual(
    expect.objectContaining(warned),
  )
  expect(await linesAtStart(lowdbCeilingAccounts)).not.toContainEqual(
    expect.objectContaining({ level: 'warn' }),
  )
})

/** What a server writes that finds so many accounts in its folder. */
async function linesAtStart(accounts: number): Promise<unknown[]> {
  const directory = mkdtempSync(join(tmpdir(), 'barbell-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const store = await openLowdbStore({ directory, clock: { nowMs: () => Date.now() } })
  await store.writeTable(
    'accounts',
    Array.from({ length: accounts }, () => accountRecord()),
  )
  await store.close()
  const own = await startServer({ env: { BARBELL_DATA_DIR: directory } })
  await own.stop()
  return own.logLines.map((line) => JSON.parse(line) as unknown)
}
