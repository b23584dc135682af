import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type SandboxReader, sandboxed, signedInCookie, tokenOf } from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { send, type WireAnswer } from '../fuzz/wire.ts'

// A GET of which path and fields are all there is takes a shorter way through the server. Whatever is sent, both ways
// have to give the same answer. A Content-Length sends it the longer way, and says nothing else.

type Fields = readonly (readonly [name: string, value: string])[]

let server: TestServer
let reader: SandboxReader
let cookie: string

beforeAll(async () => {
  server = await startServer()
  reader = await sandboxed(server.url)
  cookie = await signedInCookie(server.url, reader)
})
afterAll(() => server.stop())

const host = (): string => new URL(server.url).host
const key = (value = reader.apiKey) => ['x-api-auth', value] as const
const bearer = (value = tokenOf(cookie)) => ['Authorization', `Bearer ${value}`] as const
const jar = (value: string) => ['Cookie', value] as const

/** What a request may bring; `Host` only where it is not the usual one. */
const requests: readonly (readonly [title: string, fields: () => Fields])[] = [
  ['nothing', () => []],
  ['a key', () => [key()]],
  ['a key under a name in other case', () => [['X-API-Auth', reader.apiKey]]],
  ['a key with spaces around', () => [key(` ${reader.apiKey}\t`)]],
  ['a wrong key', () => [key(`${reader.apiKey}x`)]],
  ['a key that never was', () => [key(`${reader.username}:0123456789abcdef`)]],
  ['an empty key', () => [key('')]],
  ['two keys', () => [key(), key()]],
  ['a key and a cookie', () => [key(), jar(cookie)]],
  ['a key and a token', () => [key(), bearer()]],
  ['a cookie', () => [jar(cookie)]],
  ['two cookies of one name', () => [jar(`${cookie}; ${cookie}`)]],
  ['two lines of cookies', () => [jar(cookie), jar(cookie)]],
  ['a cookie that is no token', () => [jar('access_token=abc')]],
  ['a token', () => [bearer()]],
  ['two tokens', () => [bearer(), bearer()]],
  ['a token and a cookie', () => [bearer(), jar(cookie)]],
  ['a token that is none', () => [bearer('abc')]],
  ['another scheme', () => [['Authorization', 'Basic YTpi']]],
  [
    'a jar of a program',
    () => [
      ['Barbell-Jar', 'program'],
      ['Barbell-Cookie', cookie],
    ],
  ],
  ['a jar that does not exist', () => [['Barbell-Jar', 'other'], jar(cookie)]],
  ['an origin of this site', () => [key(), jar(cookie), ['Origin', server.url]]],
  ['an origin elsewhere', () => [key(), ['Origin', 'https://evil.example']]],
  ['two origins', () => [bearer(), ['Origin', server.url], ['Origin', server.url]]],
  ['another site', () => [bearer(), ['Sec-Fetch-Site', 'cross-site']]],
  ['the address bar', () => [bearer(), ['Sec-Fetch-Site', 'none']]],
  ['a host in capitals', () => [key(), ['Host', host().toUpperCase()]]],
  ['a host that is none', () => [key(), ['Host', 'a@b']]],
  ['a host whose port is none', () => [key(), ['Host', 'localhost:99999']]],
  ['a host that is an address cut short', () => [key(), ['Host', '127.1']]],
  ['bytes beyond ASCII', () => [key('ädä:0123456789abcdef')]],
  [
    'a name that every object has',
    () => [
      ['constructor', 'x'],
      ['__proto__', 'x'],
    ],
  ],
]

/** Calls that take the shorter way, by their paths. */
const plainPaths = [
  '/.well-known/jwks.json',
  '/.well-known/oauth-authorization-server',
  '/api/v1/categories',
  '/api/v1/me',
  '/api/v1/ping',
  '/api/v1/stats',
  '/auth/v1/.well-known/jwks.json',
  '/auth/v1/users/me',
  '/healthz',
  '/internal/v1/batches',
  '/openapi.json',
  '/readyz',
]

test('every GET without a schema for what it brings takes the shorter way', () => {
  const plain = server.barbell.api.endpoints.filter(({ answerPlain }) => answerPlain !== undefined)
  expect(plain.map(({ path }) => path).sort()).toEqual(plainPaths)
})

async function ask(target: string, fields: Fields, more: Fields = []): Promise<WireAnswer> {
  const hosts: Fields = fields.some(([name]) => name === 'Host') ? [] : [['Host', host()]]
  const answer = await send(Number(new URL(server.url).port), {
    method: 'GET',
    target,
    headers: [...hosts, ['Connection', 'close'], ...fields, ...more],
    body: Buffer.alloc(0),
  })
  if (answer === undefined) throw new Error(`GET ${target} got no answer`)
  return answer
}

const longWay: Fields = [['Content-Length', '0']]

/** An answer without what differs between two calls in any case. */
function lasting({ status, headers, text }: WireAnswer): object {
  const fields = [...headers].map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    status,
    fields: fields
      .filter(([name]) => !['date', 'x-request-id'].includes(name))
      .map(([name, value]) => [name, value.replace(/(?<=;[rt]=)\d+/g, 'N')])
      .filter(([name]) => !(name === 'content-length'))
      .sort(),
    text: text
      .replace(/(?<="request_id":")[0-9a-f-]{36}/, 'ID')
      .replace(/(?<="(?:uptime|expires_in)":)[\d.]+/, 'N')
      .replace(/(?<="last_used_at":)(?:"[^"]+"|null)/, 'N'),
  }
}

describe.each(plainPaths)('%s', (path) => {
  test.each(requests)('answers a request with %s the same on both ways', async (_, fields) => {
    expect(lasting(await ask(path, fields()))).toEqual(lasting(await ask(path, fields(), longWay)))
  })

  test.each([`${path}?a=1&b=%zz`, `${path}?`, `${path}/`, `${path}//`, `${path}#x`, `//x${path}`])(
    'is answered as %s the same on both ways',
    async (target) => {
      expect(lasting(await ask(target, [key()]))).toEqual(
        lasting(await ask(target, [key()], longWay)),
      )
    },
  )
})

test('the two ways are two, and what is sent decides which one it is', async () => {
  const long = vi.spyOn(server.barbell.api, 'fetch')
  await ask('/api/v1/stats', [key()])
  expect(long).not.toHaveBeenCalled()
  await ask('/api/v1/stats', [key()], longWay)
  expect(long).toHaveBeenCalledTimes(1)
  await ask('/api/v1/stats', [key(), ['Barbell-Trace', '1']])
  expect(long).toHaveBeenCalledTimes(2)
  long.mockRestore()
})

test('both ways write the same line into the log, and count the same', async () => {
  const from = server.logLines.length
  await ask('/api/v1/stats', [key()])
  await ask('/api/v1/stats', [key()], longWay)
  await ask('/api/v1/stats', [key('a:b')])
  await ask('/api/v1/stats', [key('a:b')], longWay)
  const lines = server.logLines.slice(from).map((line) => {
    const { method, route, status, code } = JSON.parse(line) as Record<string, unknown>
    return { method, route, status, code }
  })
  expect(lines).toHaveLength(4)
  expect(lines[0]).toEqual(lines[1])
  expect(lines[2]).toEqual(lines[3])
  expect(lines[2]).toMatchObject({ route: '/api/v1/stats', status: 401, code: 'invalid_api_key' })
})
