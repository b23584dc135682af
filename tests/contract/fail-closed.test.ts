import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiDoor, createApi } from '#api/app.ts'
import type { Endpoint } from '#api/endpoint.ts'
import type { Services } from '#api/exchange.ts'
import { noLimits } from '#api/memory-limiter.ts'
import type { Auth } from '#auth/auth.ts'
import type { Limiter } from '#auth/limiter.ts'
import { openDataset } from '#dataset/dataset.ts'
import { createHealth } from '#ops/health.ts'
import { sandboxed, signedInCookie, type SandboxReader } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let reader: SandboxReader
let cookie: string

beforeAll(async () => {
  server = await startServer()
  reader = await sandboxed(server.url)
  cookie = await signedInCookie(server.url, reader)
})
afterAll(() => server.stop())

/** Whatever is asked of it breaks. */
const broken: object = new Proxy(
  {},
  { get: () => () => Promise.reject(new Error('this part is broken, canary-4711')) },
)

/** The API of the running server, with parts of it replaced. */
function apiWith(parts: Partial<Services>): ApiDoor {
  const { auth, config, log } = server.barbell
  const clock = { nowMs: () => Date.now() }
  return createApi({
    auth,
    config,
    clock,
    log,
    limiter: noLimits,
    dataset: openDataset(),
    health: createHealth({ ping: () => Promise.resolve(), clock }),
    logAccess: () => undefined,
    uptimeSeconds: () => 1,
    countUse: () => undefined,
    ...parts,
  })
}

/** Calls everything that wants a credential, with a good one, and everything that gives one. */
async function visitAll(api: ApiDoor): Promise<Map<string, Response>> {
  const answers = new Map<string, Response>()
  const giving = ['/auth/v1/token', '/auth/v1/register', '/auth/v1/sandbox']
  const isLogout = ({ path }: Endpoint): number => Number(path === '/auth/v1/logout')
  const wanted = api.endpoints
    .filter(({ lane, path }) => lane !== 'none' || giving.includes(path))
    .sort((a, b) => isLogout(a) - isLogout(b)) // last: it ends the session of the others
  expect(wanted.length).toBeGreaterThanOrEqual(12)
  for (const { method, path, lane } of wanted) {
    const { username, password } = reader
    const isJson = path === '/auth/v1/register'
    const body = isJson
      ? JSON.stringify({ username: 'somebody-new', password })
      : String(new URLSearchParams({ username, password }))
    const request = new Request(server.url + path.replace('{id}', 'img_00001'), {
      method,
      headers: {
        'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
        ...(lane === 'api_key' && { 'x-api-auth': reader.apiKey }),
        ...(lane === 'token' && {
          authorization: `Bearer ${cookie.slice('access_token='.length)}`,
        }),
      },
      ...(method === 'GET' ? {} : { body }),
    })
    answers.set(`${method} ${path}`, await api.fetch(request, { peerAddress: '127.0.0.1' }))
  }
  return answers
}

describe('E3: while a part is broken nobody is let in, and nothing of it is told', () => {
  test.each<[string, Partial<Services>, atLeast: number]>([
    ['the domain', { auth: broken as Auth }, 12],
    ['the limiter', { limiter: broken as Limiter }, 9],
  ])('%s', async (_, parts, atLeast) => {
    const failed = new Map(
      [...(await visitAll(apiWith(parts)))].filter(([, { status }]) => status === 500),
    )
    expect(failed.size).toBeGreaterThanOrEqual(atLeast)
    for (const [name, answer] of failed) {
      expect(answer.headers.getSetCookie(), name).toEqual([])
      expect(await answer.text(), name).not.toContain('canary-4711')
    }
  })

  test('the domain: no call that wants or gives a credential succeeds', async () => {
    for (const [name, { status }] of await visitAll(apiWith({ auth: broken as Auth }))) {
      expect(status, name).toBe(500)
    }
  })

  test('while nothing is, they all answer', async () => {
    for (const [name, { status }] of await visitAll(apiWith({}))) {
      // The name of the new account is taken where an earlier test came as far as that.
      expect(status, name).toBeOneOf([200, 201, 204, 404, 409])
    }
  })
})
