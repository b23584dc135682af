import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TraceStage } from '#api/trace.ts'
import { type Answer, call, postJson, type Sent } from '../support/call.ts'
import {
  type Reader,
  registered,
  sandboxed,
  type SandboxReader,
  signedInCookie,
} from '../support/readers.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** What a page of this site sends to be told. */
const asked = { 'barbell-trace': '1', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }

let server: TestServer
let own: Reader
let guest: SandboxReader
let ownKey: string

beforeAll(async () => {
  server = await startServer({ env: { BARBELL_LIMITS: '' } })
  own = await registered(server.url)
  guest = await sandboxed(server.url)
  const caller = { address: '127.0.0.1', requestId: 'request-1' }
  const { account } = await server.barbell.auth.signIn(own, caller)
  ownKey = (await server.barbell.auth.issueApiKey(account.id, {}, caller)).apiKey
})
afterAll(() => server.stop())

function send(path: string, { headers, ...sent }: Sent = {}): Promise<Answer> {
  return call(server.url + path, { ...sent, headers: { ...asked, ...headers } })
}

function traceOf({ headers }: Answer): TraceStage[] | undefined {
  const text = headers['barbell-trace']
  return text === undefined ? undefined : (JSON.parse(String(text)) as TraceStage[])
}

/** The stages without what differs from run to run. */
function wayOf(answer: Answer): unknown {
  return traceOf(answer)?.map(({ stage, ok }) => (ok ? stage : `${stage} refused`))
}

function stats(headers: Record<string, string>): Promise<Answer> {
  return send('/api/v1/stats', { headers })
}

function tokenFor({ username, password }: Reader, headers = {}): Promise<Answer> {
  return send('/auth/v1/token', { body: { username, password }, headers })
}

describe('a page that asks with a sandbox account', () => {
  test('is told the stages in order, each with its time, and how the limit stands', async () => {
    const trace = traceOf(await stats({ 'x-api-auth': guest.apiKey })) ?? []
    expect(trace.map(({ stage }) => stage)).toEqual([
      'mayEnter',
      'withinAddressLimit',
      'apiKeyMatches',
      'withinKeyLimit',
      'answer',
    ])
    expect(trace.every(({ ok, ms }) => ok && typeof ms === 'number' && ms >= 0)).toBe(true)
    expect(trace[3]?.note).toMatch(/^api_key: \d+ of 600 left$/)
  })

  test('is told the token request with its cookie, whose value stays unseen', async () => {
    const answer = await tokenFor(guest)
    expect(wayOf(answer)).toEqual([
      'mayEnter',
      'noCredentialsInUrl',
      'formBodyOnly',
      'noRepeatedFields',
      'passwordGrantOnly',
      'valuesValid',
      'answer',
      'cookieSet',
    ])
    expect(traceOf(answer)?.at(-1)?.note).toMatch(
      /^access_token=<\d+ characters>; HttpOnly; SameSite=Lax; Path=\/; Max-Age=1800$/,
    )
    const value = /access_token=([^;]+)/.exec(answer.cookies[0] ?? '')?.[1] ?? ''
    expect(String(answer.headers['barbell-trace'])).not.toContain(value.slice(0, 8))
  })

  test('is told the cookie of its own program alike', async () => {
    const answer = await tokenFor(guest, { 'barbell-jar': 'program' })
    expect(traceOf(answer)?.at(-1)).toMatchObject({ stage: 'cookieSet', ok: true, ms: null })
  })

  test('is told a call with the cookie, and the way out', async () => {
    const cookie = await signedInCookie(server.url, guest)
    const answer = await send('/auth/v1/logout', { method: 'POST', headers: { cookie } })
    expect(wayOf(answer)).toEqual([
      'mayEnter',
      'withinAddressLimit',
      'tokenMatches',
      'answer',
      'cookieSet',
    ])
    const again = await send('/auth/v1/users/me', { headers: { cookie } })
    expect(wayOf(again)).toEqual(['mayEnter', 'withinAddressLimit', 'tokenMatches refused'])
  })
})

describe('a page that asks without a credential that works', () => {
  test('is told an open call', async () => {
    expect(wayOf(await send('/api/v1/ping'))).toEqual(['mayEnter', 'withinAddressLimit', 'answer'])
  })

  test('is told the stages until the refusal, with its code', async () => {
    const trace = traceOf(await stats({}))
    expect(trace?.at(-1)).toMatchObject({
      stage: 'apiKeyMatches',
      ok: false,
      note: 'missing_api_key',
    })
  })

  test('is told where the schemas refused', async () => {
    const answer = await send('/api/v1/images?limit=many', {
      headers: { 'x-api-auth': guest.apiKey },
    })
    expect(wayOf(answer)).toContain('valuesValid refused')
  })

  test('is told nothing where no call has this path', async () => {
    expect(traceOf(await send('/api/v1/nothing'))).toBeUndefined()
  })
})

describe('a trace tells no more than the status', () => {
  /** All that is in it. */
  async function whole(answer: Promise<Answer>): Promise<unknown> {
    return traceOf(await answer)?.map((stage) =>
      stage.ok ? { ...stage, ms: 0, note: undefined } : stage,
    )
  }

  test('K5: unknown user, wrong key and the key of somebody else end in one stage, and its time is not told', async () => {
    const [name = '', secret = ''] = ownKey.split(':')
    const unknown = await whole(stats({ 'x-api-auth': `nobody:${secret}` }))
    expect(await whole(stats({ 'x-api-auth': `${name}:0000000000000000` }))).toEqual(unknown)
    expect(await whole(stats({ 'x-api-auth': `${guest.username}:${secret}` }))).toEqual(unknown)
    expect(unknown).toContainEqual({
      stage: 'apiKeyMatches',
      ok: false,
      ms: null,
      note: 'invalid_api_key',
    })
  })

  test('an unknown user and a wrong password end in one stage, and its time is not told', async () => {
    const unknown = await whole(tokenFor({ ...own, username: 'nobody-here' }))
    expect(await whole(tokenFor({ ...own, password: 'not the password' }))).toEqual(unknown)
    expect(await whole(tokenFor({ ...guest, password: 'not the password' }))).toEqual(unknown)
    expect(unknown).toContainEqual({ stage: 'answer', ok: false, ms: null, note: 'invalid_grant' })
  })
})

describe('own accounts', () => {
  test('get no trace of any call, with key, cookie, Bearer or both jars', async () => {
    const cookie = await signedInCookie(server.url, own)
    const bearer = { authorization: `Bearer ${cookie.slice('access_token='.length)}` }
    const program = { 'barbell-jar': 'program', 'barbell-cookie': cookie }
    for (const { method, path, lane } of server.barbell.api.endpoints) {
      if (lane === 'none' || path.endsWith('/logout')) continue
      const to = path.replace('{id}', 'none')
      const credentials =
        lane === 'api_key' ? [{ 'x-api-auth': ownKey }] : [{ cookie }, bearer, program]
      for (const headers of credentials) {
        const answer = await send(to, { method, headers })
        expect(traceOf(answer), `${method} ${path}`).toBeUndefined()
        expect(answer.status, `${method} ${path}`).not.toBe(401)
      }
    }
    expect(traceOf(await send('/auth/v1/logout', { method: 'POST', headers: { cookie } }))).toBe(
      undefined,
    )
  })

  test('get none of the sign-in, none where a program asks for them, none of the registration', async () => {
    expect(traceOf(await tokenFor(own))).toBeUndefined()
    const program = await tokenFor(own, { 'barbell-jar': 'program' })
    expect(program.json['error']).toBe('sandbox_only')
    expect(traceOf(program)).toBeUndefined()
    const reader = { username: 'traced-reader', password: 'a quiet frozen lake' }
    const registration = await postJson(`${server.url}/auth/v1/register`, reader, asked)
    expect(registration.status).toBe(201)
    expect(traceOf(registration)).toBeUndefined()
  })
})

describe('nobody else is told', () => {
  test.each([
    ['a program', { 'barbell-trace': '1' }],
    ['a page of another site', { ...asked, 'sec-fetch-site': 'cross-site' }],
    ['the address bar', { ...asked, 'sec-fetch-site': 'none' }],
    ['a page that does not ask', { 'sec-fetch-site': 'same-origin' }],
    ['a page that asks for something else', { ...asked, 'barbell-trace': 'true' }],
  ])('%s', async (_, headers) => {
    const answer = await call(`${server.url}/api/v1/stats`, {
      headers: { ...headers, 'x-api-auth': guest.apiKey },
    })
    expect(traceOf(answer)).toBeUndefined()
  })
})
