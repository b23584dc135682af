import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createMemoryLimiter, noLimits } from '#api/memory-limiter.ts'
import { digestKey, parseApiKey } from '#auth/api-key.ts'
import type { Caller, KeySecret } from '#auth/auth.ts'
import type { Limiter } from '#auth/limiter.ts'
import { limits } from '#auth/limits.ts'
import { base62 } from '#auth/random.ts'
import { StoreUnavailable } from '#store/store.ts'
import { accountRecord, auditRecord, keyRecord } from '../../contract/records.ts'
import { callerFrom, password, refusalOf, startAuth } from './start-auth.ts'

const caller = callerFrom('192.0.2.1')
const usernameCharacters = `${base62}_-`

function textOf(alphabet: string, minLength: number, maxLength: number) {
  return fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength, maxLength })
}

test('K8: whatever is written as {USERNAME}:{KEY} is read as such', () => {
  const username = fc
    .tuple(textOf(base62, 1, 1), textOf(usernameCharacters, 2, 31))
    .map(([a, b]) => a + b)
  fc.assert(
    fc.property(username, textOf(base62, 16, 16), (name, secret) => {
      expect(parseApiKey(`${name}:${secret}`)).toEqual({ name: name.toLowerCase(), secret })
    }),
  )
})

test('K8: what is not exactly that is read as nothing', () => {
  const pieces = fc.constantFrom(
    'ada',
    ':',
    ',',
    ' ',
    '\t',
    '"',
    'ü',
    '\n',
    '0123456789abcdef',
    'a',
  )
  const nearMisses = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(nearMisses, fc.string({ unit: 'binary' })), (value) => {
      const isWhole =
        /^[0-9A-Za-z][\w-]{2,31}:[0-9A-Za-z]{16}$/.test(value) && !value.includes('\n')
      expect(parseApiKey(value) !== null).toBe(isWhole)
    }),
  )
})

test.each([
  '',
  ':',
  'ada:',
  ':0123456789abcdef',
  'ada:0123456789abcde',
  'ada:0123456789abcdefg',
  'ada:x:0123456789abcdef',
  'ada:0123456789abcdef ',
  ' ada:0123456789abcdef',
  'ada:\t0123456789abcdef',
  '"ada:0123456789abcdef"',
  'ada:0123456789abcdef\n',
  'ada:0123456789abcdef, ada:0123456789abcdef',
  'ada:0123456789abcdé1',
  '__proto__:0123456789abcdef',
])('K8: %j is refused as an API key', async (value) => {
  const { auth } = await startAuth()
  expect((await refusalOf(auth.checkApiKey(value, caller))).code).toBe('invalid_api_key')
})

test('K8: a value of 8 KiB is refused as an API key', async () => {
  const { auth } = await startAuth()
  const refusal = await refusalOf(auth.checkApiKey('x'.repeat(8192), caller))
  expect(refusal.code).toBe('invalid_api_key')
})

async function withKey() {
  const started = await startAuth()
  const account = await started.auth.register({ username: 'Ada', password }, caller)
  const issued = await started.auth.issueApiKey(account.id, { label: 'Robot 7' }, caller)
  return { ...started, account, ...issued }
}

test('a key that was issued is accepted, in whatever case the name is written', async () => {
  const { auth, apiKey, key, account } = await withKey()

  expect(apiKey).toMatch(/^Ada:[0-9A-Za-z]{16}$/)
  expect(key).toMatchObject({ label: 'Robot 7', hint: apiKey.slice(-4), lastUsedAtMs: null })
  const identity = await auth.checkApiKey(apiKey.replace('Ada', 'aDA'), caller)
  expect(identity).toMatchObject({
    account: { id: account.id, username: 'Ada' },
    key: { id: key.id },
  })
})

test('K3: neither the key nor a plain encoding of it is in any file', async () => {
  const { store, directory, apiKey } = await withKey()
  await store.close()
  const secret = apiKey.slice(4)
  const traces = [
    secret,
    ...(['base64', 'hex', 'base64url'] as const).map((as) => Buffer.from(secret).toString(as)),
  ]
  for (const name of await readdir(directory)) {
    const text = await readFile(join(directory, name), 'utf8')
    for (const trace of traces) expect(text).not.toContain(trace)
  }
})

test('K5: unknown user, wrong key, revoked key, expired key get the same answer', async () => {
  const { auth, apiKey, key, account, clock } = await withKey()
  const short = await auth.issueApiKey(account.id, { expiresAtMs: clock.nowMs() + 2000 }, caller)
  clock.forward({ seconds: 2 })
  await auth.revokeApiKey(account.id, key.id, caller)
  const values = ['nobody:0123456789abcdef', 'ada:0123456789abcdef', apiKey, short.apiKey]
  const refusals = await Promise.all(
    values.map((value) => refusalOf(auth.checkApiKey(value, caller))),
  )

  expect(refusals.map(({ code, message }) => ({ code, message }))).toEqual(
    values.map(() => ({ code: 'invalid_api_key', message: 'invalid_api_key' })),
  )
  expect(refusals.map(({ facts }) => facts.because)).toEqual([
    'unknown',
    'unknown',
    'revoked',
    'expired',
  ])
})

test('K6: a key opens nothing under the name of another account', async () => {
  const { auth, apiKey } = await withKey()
  await auth.register({ username: 'Eve', password }, caller)

  const refusal = await refusalOf(auth.checkApiKey(apiKey.replace('Ada', 'Eve'), caller))
  expect(refusal.code).toBe('invalid_api_key')
})

test('K6: a key of somebody else can be neither seen, replaced nor revoked', async () => {
  const { auth, key } = await withKey()
  const eve = await auth.register({ username: 'Eve', password }, caller)

  expect(await auth.listApiKeys(eve.id)).toEqual([])
  for (const id of [key.id, 'no-such-key']) {
    const replaced = auth.replaceApiKey(eve.id, id, { overlapSeconds: 0 }, caller)
    expect((await refusalOf(replaced)).code).toBe('key_not_found')
    expect((await refusalOf(auth.revokeApiKey(eve.id, id, caller))).code).toBe('key_not_found')
  }
})

test('K10: a replaced key is accepted until its overlap ends, then only its successor is', async () => {
  const { auth, apiKey, key, account, clock } = await withKey()
  const next = await auth.replaceApiKey(account.id, key.id, { overlapSeconds: 3600 }, caller)

  expect(next.key.label).toBe('Robot 7')
  clock.forward({ seconds: 3599 })
  await auth.checkApiKey(apiKey, caller)
  await auth.checkApiKey(next.apiKey, caller)
  clock.forward({ seconds: 1 })
  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
  await auth.checkApiKey(next.apiKey, caller)
})

test('K10: with no overlap the replaced key ends at once', async () => {
  const { auth, apiKey, key, account } = await withKey()
  await auth.replaceApiKey(account.id, key.id, { overlapSeconds: 0 }, caller)

  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
})

test('K10: an account has five active keys at most; one that ended makes room', async () => {
  const { auth, key, account } = await withKey()
  for (let more = 0; more < 4; more += 1) await auth.issueApiKey(account.id, {}, caller)

  expect((await refusalOf(auth.issueApiKey(account.id, {}, caller))).code).toBe('key_limit_reached')
  await auth.replaceApiKey(account.id, key.id, { overlapSeconds: 3600 }, caller)
  expect((await refusalOf(auth.issueApiKey(account.id, {}, caller))).code).toBe('key_limit_reached')
  const [newest] = await auth.listApiKeys(account.id)
  await auth.revokeApiKey(account.id, newest?.id ?? '', caller)
  await auth.issueApiKey(account.id, {}, caller)
})

test('K11: a revoked key is refused from the next request on', async () => {
  const { auth, apiKey, key, account } = await withKey()
  await auth.checkApiKey(apiKey, caller)
  await auth.revokeApiKey(account.id, key.id, caller)

  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
})

test('K12: the last use is kept to the minute', async () => {
  const { auth, apiKey, account, clock } = await withKey()
  await auth.checkApiKey(apiKey, caller)
  clock.forward({ seconds: 150 })
  await auth.checkApiKey(apiKey, caller)

  const [key] = await auth.listApiKeys(account.id)
  expect(key?.lastUsedAtMs).toBe(Date.parse('2026-03-01T12:02:00Z'))
})

test('K12: uses that race with the revocation never bring the key back', async () => {
  const { auth, apiKey, key, account, clock } = await withKey()
  const use = async (by: Caller): Promise<unknown> => auth.checkApiKey(apiKey, by)
  const uses = Array.from({ length: 100 }, async (_, index) => {
    clock.forward({ seconds: 60 })
    if (index === 50) await auth.revokeApiKey(account.id, key.id, caller)
    else await use(callerFrom(`198.51.100.${index}`)).catch(() => undefined)
  })
  await Promise.all(uses)

  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).facts.because).toBe('revoked')
})

test('K14: of 20 simultaneous replacements of one key exactly one succeeds', async () => {
  const { auth, key, account } = await withKey()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () =>
      auth.replaceApiKey(account.id, key.id, { overlapSeconds: 3600 }, caller),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await auth.listApiKeys(account.id)).toHaveLength(2)
})

test('K16: an expiry is honoured to the second, and must be ahead', async () => {
  const { auth, account, clock } = await withKey()
  const { apiKey } = await auth.issueApiKey(
    account.id,
    { expiresAtMs: clock.nowMs() + 2000 },
    caller,
  )
  clock.forward({ ms: 1999 })
  await auth.checkApiKey(apiKey, caller)
  clock.forward({ ms: 1 })
  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')

  const past = auth.issueApiKey(account.id, { expiresAtMs: clock.nowMs() }, caller)
  expect((await refusalOf(past)).facts.fields?.[0]?.field).toBe('expires_at')
})

test('I10: a label is one line of at most 64 characters', async () => {
  const { auth, account } = await withKey()
  for (const label of ['two\nlines', 'x'.repeat(65), 'para\u2029graph']) {
    const refusal = await refusalOf(auth.issueApiKey(account.id, { label }, caller))
    expect(refusal.facts.fields?.[0]?.field).toBe('label')
  }
})

test('R1: after 100 refused keys an address has to wait, with a right key as well', async () => {
  const { auth, apiKey, clock } = await withKey()
  const attacker = callerFrom('203.0.113.9')
  const attempts = Array.from({ length: 120 }, () =>
    refusalOf(auth.checkApiKey('ada:0123456789abcdef', attacker)),
  )
  const codes = (await Promise.all(attempts)).map(({ code }) => code)

  expect(codes.filter((code) => code === 'invalid_api_key')).toHaveLength(100)
  const blocked = await refusalOf(auth.checkApiKey(apiKey, attacker))
  expect(blocked).toMatchObject({
    code: 'too_many_requests',
    facts: { limit: { retryAfterSeconds: 300 } },
  })
  await auth.checkApiKey(apiKey, caller)
  clock.forward({ seconds: 300 })
  await auth.checkApiKey(apiKey, attacker)
})

test('L3: issuing, first use, replacing and revoking leave one event each', async () => {
  const { auth, store, apiKey, key, account } = await withKey()
  await Promise.all(Array.from({ length: 5 }, async () => auth.checkApiKey(apiKey, caller)))
  const next = await auth.replaceApiKey(account.id, key.id, { overlapSeconds: 0 }, caller)
  await auth.revokeApiKey(account.id, next.key.id, caller)

  const events = await store.latestAudit(4)
  expect(events.map(({ action }) => action)).toEqual([
    'key_revoked',
    'key_replaced',
    'key_first_used',
    'key_issued',
  ])
  expect(new Set(events.map(({ accountId }) => accountId))).toEqual(new Set([account.id]))
})

describe('a key that was accepted lately', () => {
  /** Counts in this process and decides at once, or promises to, as one in a database does. */
  async function accepted(limiter: Limiter, { livesMs }: { livesMs?: number } = {}) {
    const { auth, store, clock } = await startAuth({ limiter })
    const account = await auth.register({ username: 'ada', password }, caller)
    const expiresAtMs = livesMs === undefined ? null : clock.nowMs() + livesMs
    const { apiKey, key } = await auth.issueApiKey(account.id, { expiresAtMs }, caller)
    await auth.checkApiKey(apiKey, caller)
    return { auth, store, account, apiKey, key, clock }
  }

  test('is answered at once where nothing has to be waited for', async () => {
    const { auth, apiKey, account } = await accepted(createMemoryLimiter(limits))
    expect(auth.checkApiKey(apiKey, caller)).toMatchObject({ account })
  })

  test('is looked up once and not again, until something in the store changes', async () => {
    const { auth, apiKey, account } = await accepted(createMemoryLimiter(limits))
    const identity = await auth.checkApiKey(apiKey, caller)
    expect(auth.checkApiKey(apiKey, caller)).toBe(identity)
    await auth.issueApiKey(account.id, {}, caller)
    const afterwards = auth.checkApiKey(apiKey, caller)
    expect(afterwards).not.toBe(identity)
    expect(afterwards).toEqual(identity)
  })

  test('is one object for many calls, which none of them can change', async () => {
    const { auth, apiKey } = await accepted(createMemoryLimiter(limits))
    const identity = await auth.checkApiKey(apiKey, caller)
    for (const part of [identity, identity.account, identity.key]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  type Accepted = Awaited<ReturnType<typeof accepted>>

  test.each<[string, (of: Accepted) => unknown]>([
    ['revoked', ({ auth, account, key }) => auth.revokeApiKey(account.id, key.id, caller)],
    [
      'replaced without overlap',
      ({ auth, account, key }) =>
        auth.replaceApiKey(account.id, key.id, { overlapSeconds: 0 }, caller),
    ],
    [
      'closed with its account',
      ({ store, account, clock }) =>
        store.setAccountDisabled(
          { accountId: account.id, disabledAtMs: clock.nowMs() },
          auditRecord(),
        ),
    ],
    [
      'deleted with its account',
      ({ store, account }) =>
        store.deleteAccount({ accountId: account.id, passwordVersion: 1 }, auditRecord()),
    ],
    [
      'at its end',
      ({ clock }) => {
        clock.forward({ seconds: 30 })
      },
    ],
    [
      'at its end, after one more call just before',
      async ({ auth, apiKey, clock }) => {
        clock.forward({ ms: 29_999 })
        await auth.checkApiKey(apiKey, caller)
        clock.forward({ ms: 1 })
      },
    ],
  ])('K11: is refused from the next call on when it is %s', async (_, end) => {
    const key = await accepted(createMemoryLimiter(limits), { livesMs: 30_000 })
    const identity = await key.auth.checkApiKey(key.apiKey, caller)
    expect(key.auth.checkApiKey(key.apiKey, caller)).toBe(identity)
    await end(key)
    expect((await refusalOf(key.auth.checkApiKey(key.apiKey, caller))).code).toBe('invalid_api_key')
    expect((await refusalOf(key.auth.checkApiKey(key.apiKey, caller))).code).toBe('invalid_api_key')
  })

  test('is refused from the end of its account on, whatever its own end is', async () => {
    const limiter = createMemoryLimiter(limits)
    const { auth, store, secrets, clock } = await startAuth({ limiter })
    const account = accountRecord({
      kind: 'sandbox',
      createdAtMs: clock.nowMs(),
      expiresAtMs: clock.nowMs() + 30_000,
    })
    const credential = { name: account.canonicalName, secret: 'k'.repeat(16) as KeySecret }
    const firstKey = keyRecord({
      accountId: account.id,
      digest: digestKey(secrets, credential),
      createdAtMs: clock.nowMs(),
    })
    await store.insertAccount({ account, firstKey }, auditRecord())
    const apiKey = `${credential.name}:${credential.secret}`
    await auth.checkApiKey(apiKey, caller)
    const identity = await auth.checkApiKey(apiKey, caller)
    expect(auth.checkApiKey(apiKey, caller)).toBe(identity)
    clock.forward({ ms: 29_999 })
    expect(auth.checkApiKey(apiKey, caller)).toBe(identity)
    clock.forward({ ms: 1 })
    expect((await refusalOf(auth.checkApiKey(apiKey, caller))).facts.because).toBe('account gone')
  })

  test('K12: is used once a minute, and says when it was used last', async () => {
    const { auth, apiKey, clock } = await accepted(createMemoryLimiter(limits))
    const seen: (number | null)[] = []
    for (const ms of [59_999, 1, 0, 59_999, 1, 0]) {
      clock.forward({ ms })
      seen.push((await auth.checkApiKey(apiKey, caller)).key.lastUsedAtMs)
    }
    const noon = Date.parse('2026-03-01T12:00:00Z')
    // The call that is the first of its minute still tells of the use before it.
    expect(seen.map((atMs) => (atMs ?? 0) - noon)).toEqual([0, 0, 60_000, 60_000, 60_000, 120_000])
  })

  test('K12: is used once more without waiting, and without an event', async () => {
    const { auth, store, apiKey, account, clock } = await accepted(createMemoryLimiter(limits))
    const events = await store.auditOf(account.id, 100)
    clock.forward({ seconds: 60 })
    expect(auth.checkApiKey(apiKey, caller)).toMatchObject({ account })
    const [listed] = await auth.listApiKeys(account.id)
    expect(listed?.lastUsedAtMs).toBe(clock.nowMs())
    expect(await store.auditOf(account.id, 100)).toEqual(events)
  })

  test('K12: is refused from its revocation and its end on, and its use is noted each minute', async () => {
    const { auth, apiKey, key, account, clock } = await accepted(createMemoryLimiter(limits))
    clock.forward({ seconds: 60 })
    expect(await auth.checkApiKey(apiKey, caller)).toMatchObject({ account })
    const [listed] = await auth.listApiKeys(account.id)
    expect(listed?.lastUsedAtMs).toBe(clock.nowMs())
    await auth.revokeApiKey(account.id, key.id, caller)
    expect((await refusalOf(auth.checkApiKey(apiKey, caller))).facts.because).toBe('revoked')
  })

  test('R8: waits for what was asked, and asks the limiter once', async () => {
    const asked: string[] = []
    const { auth, apiKey } = await accepted({
      ...noLimits,
      peek(name, key) {
        asked.push(name)
        return Promise.resolve(noLimits.peek(name, key))
      },
    })
    asked.length = 0
    await auth.checkApiKey(apiKey, caller)
    expect(asked).toEqual(['key_failures_address'])
  })

  test('F10: fails with its limiter, and nothing is left that nobody waits for', async () => {
    const lost: unknown[] = []
    const hear = (reason: unknown): void => void lost.push(reason)
    let isAway = false
    const { auth, apiKey } = await accepted({
      ...noLimits,
      peek: async (name, key) => {
        if (isAway) throw new StoreUnavailable('away')
        return noLimits.peek(name, key)
      },
    })
    isAway = true
    process.on('unhandledRejection', hear)
    onTestFinished(() => void process.off('unhandledRejection', hear))
    expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('store_unavailable')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(lost).toEqual([])
  })
})
