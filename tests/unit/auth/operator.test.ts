import { describe, expect, test } from 'vitest'
import { createOperator } from '#auth/operator.ts'
import { type Operator, OperatorRefused } from '#auth/operator-actions.ts'
import type { PortableStore } from '#store/store.ts'
import {
  callerFrom,
  password,
  quickHasher,
  refusalOf,
  startAuth,
  type StartedAuth,
  systemRandom,
} from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

interface Started extends StartedAuth {
  operator: Operator
}

async function start(): Promise<Started> {
  const hasher = quickHasher()
  const started = await startAuth({ hasher })
  const { auth } = started
  const operator = createOperator({
    ...started,
    hasher,
    random: systemRandom,
    signingKeys: {
      rotate: (by) => auth.rotateSigningKey(by),
      drop: (by) => auth.dropSigningKeys(by),
    },
  })
  return { ...started, operator }
}

async function withReader() {
  const started = await start()
  const { auth } = started
  const account = await auth.register({ username: 'Ada', password }, caller)
  const { apiKey, key } = await auth.issueApiKey(account.id, {}, caller)
  const { token } = await auth.signIn({ username: 'ada', password }, caller)
  return { ...started, account, apiKey, key, token }
}

async function refusedBecause(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.then(
    () => 'done',
    (error: unknown) => error,
  )
  if (!(outcome instanceof OperatorRefused)) throw new Error(`not refused: ${String(outcome)}`)
  return outcome.because
}

async function latestActions(store: PortableStore, limit: number): Promise<string[]> {
  return (await store.latestAudit(limit)).map(({ action, requestId }) => `${action} ${requestId}`)
}

describe('account add', () => {
  test('makes a password that signs in, and gives back no chosen one', async () => {
    const { auth, operator, store } = await start()
    const made = await operator['account add']({ username: 'Ada', password: null })
    expect(made.password).toMatch(/^[0-9A-Za-z]{24}$/)
    const input = { username: 'ada', password: made.password ?? '' }
    const { account } = await auth.signIn(input, caller)
    expect(account).toMatchObject({ id: made.accountId, username: 'Ada', kind: 'own' })

    const chosen = await operator['account add']({ username: 'bob', password })
    expect(chosen.password).toBeNull()
    expect(await latestActions(store, 1)).toEqual(['account_registered command'])
    await auth.signIn({ username: 'bob', password }, caller)
  })

  test.each([
    ['U5: a common password', 'eve', 'password123', 'unfit password'],
    ['U5: one that is the name', 'cavendish', 'cavendish1', 'unfit password'],
    ['U1: one that is too short', 'eve', 'abc', 'unfit password'],
    ['K9: a name with a colon', 'a:b', password, 'unfit name'],
    ['a name of sandbox accounts', 'sandbox-abcd', password, 'unfit name'],
    ['U8: a name that is taken in another case', 'ADA', password, 'name taken'],
  ])('%s is refused, and nothing is stored', async (_, username, chosen, because) => {
    const { operator, store } = await withReader()
    const before = await store.latestAudit(10)
    expect(await refusedBecause(operator['account add']({ username, password: chosen }))).toBe(
      because,
    )
    expect(await store.latestAudit(10)).toEqual(before)
    expect(await store.readTable('accounts', { afterId: null, limit: 10 })).toHaveLength(1)
  })
})

test('account list goes through all accounts in pages, and holds no hash', async () => {
  const { operator } = await start()
  for (const username of ['ada', 'bob', 'cleo']) {
    await operator['account add']({ username, password: null })
  }
  const first = await operator['account list']({ afterId: null, limit: 2 })
  const second = await operator['account list']({ afterId: first.lastId, limit: 2 })
  expect(second.lastId).toBeNull()
  const all = [...first.accounts, ...second.accounts]
  expect(all.map(({ username }) => username).sort()).toEqual(['ada', 'bob', 'cleo'])
  expect(JSON.stringify(all)).not.toContain('$2')
})

describe('account disable', () => {
  test('K5: key, token and password are refused like unknown ones from the next call on', async () => {
    const { auth, operator, apiKey, token } = await withReader()
    await auth.checkApiKey(apiKey, caller)
    await operator['account disable']({ username: 'ADA' })

    const nobodys = `nobody:${apiKey.slice(-16)}`
    const outcomes = [
      [() => auth.checkApiKey(apiKey, caller), () => auth.checkApiKey(nobodys, caller)],
      [() => auth.checkToken(token), () => auth.checkToken('no.such.token')],
      [
        () => auth.signIn({ username: 'ada', password }, caller),
        () => auth.signIn({ username: 'nobody', password }, caller),
      ],
    ] as const
    for (const [disabled, unknown] of outcomes) {
      const { code, facts } = await refusalOf(disabled())
      const other = await refusalOf(unknown())
      expect(code).toBe(other.code)
      expect(facts.fields ?? facts.limit).toBe(other.facts.fields ?? other.facts.limit)
    }
  })

  test('enabling brings keys and password back, not sessions', async () => {
    const { auth, operator, store, account, apiKey, token } = await withReader()
    await operator['account disable']({ username: 'ada' })
    await operator['account enable']({ username: 'ada' })
    expect((await auth.checkApiKey(apiKey, caller)).account.id).toBe(account.id)
    expect((await refusalOf(auth.checkToken(token))).code).toBe('invalid_token')
    await auth.signIn({ username: 'ada', password }, caller)
    const events = await latestActions(store, 10)
    expect(events).toContain('account_disabled command')
    expect(events).toContain('account_enabled command')
  })

  test('what is so already is told, and leaves no event', async () => {
    const { operator, store } = await withReader()
    expect(await refusedBecause(operator['account enable']({ username: 'ada' }))).toBe(
      'not disabled',
    )
    await operator['account disable']({ username: 'ada' })
    const events = await store.latestAudit(10)
    expect(await refusedBecause(operator['account disable']({ username: 'ada' }))).toBe(
      'disabled already',
    )
    expect(await store.latestAudit(10)).toEqual(events)
  })
})

describe('account reset-password', () => {
  const toRandom = { username: 'ada', password: null, revokeKeys: false }

  test('U11: only the new password signs in, every session is over, and keys go on', async () => {
    const { auth, operator, store, apiKey, token } = await withReader()
    const reset = await operator['account reset-password'](toRandom)
    const input = { username: 'ada', password: reset.password ?? '' }
    await auth.signIn(input, caller)
    expect((await refusalOf(auth.signIn({ username: 'ada', password }, caller))).code).toBe(
      'invalid_grant',
    )
    expect((await refusalOf(auth.checkToken(token))).code).toBe('invalid_token')
    await auth.checkApiKey(apiKey, caller)
    expect(await latestActions(store, 10)).toContain('password_reset command')
  })

  test('U11: the keys end with it if asked', async () => {
    const { auth, operator, store, apiKey } = await withReader()
    await operator['account reset-password']({ ...toRandom, revokeKeys: true })
    expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
    expect(await latestActions(store, 10)).toContain('all_keys_revoked command')
  })

  test('U5: it keeps to the rules of passwords, and a sandbox account keeps its own', async () => {
    const { auth, operator } = await withReader()
    const weak = { ...toRandom, password: 'barbell1' }
    expect(await refusedBecause(operator['account reset-password'](weak))).toBe('unfit password')
    await auth.signIn({ username: 'ada', password }, caller)

    const { account } = await auth.openSandboxAccount({}, caller)
    const sandbox = { ...toRandom, username: account.username }
    expect(await refusedBecause(operator['account reset-password'](sandbox))).toBe(
      'sandbox account',
    )
  })
})

test('U13: account delete ends key and token, and who takes the name inherits nothing', async () => {
  const { auth, operator, store, apiKey, token } = await withReader()
  await operator['account delete']({ username: 'ada' })
  expect(await latestActions(store, 1)).toEqual(['account_deleted command'])
  await operator['account add']({ username: 'ada', password: null })
  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
  expect((await refusalOf(auth.checkToken(token))).code).toBe('invalid_token')
})

test('K6: a key is listed and revoked under its own account only', async () => {
  const { auth, operator, key, apiKey } = await withReader()
  await operator['account add']({ username: 'bob', password: null })
  const { keys } = await operator['key list']({ username: 'ada' })
  expect(keys).toMatchObject([{ id: key.id, hint: apiKey.slice(-4) }])
  expect(JSON.stringify(keys)).not.toContain(apiKey.slice(-16))
  expect((await operator['key list']({ username: 'bob' })).keys).toEqual([])

  const ofBob = { username: 'bob', keyId: key.id }
  expect(await refusedBecause(operator['key revoke'](ofBob))).toBe('no such key')
  await auth.checkApiKey(apiKey, caller)
  await operator['key revoke']({ username: 'ada', keyId: key.id })
  expect((await refusalOf(auth.checkApiKey(apiKey, caller))).code).toBe('invalid_api_key')
  expect((await operator['key list']({ username: 'ada' })).keys).toEqual([])
})

test('I4: a name that nobody has is told, also if every object has such a member', async () => {
  const { operator } = await withReader()
  for (const username of ['nobody', '__proto__', 'constructor', '']) {
    expect(await refusedBecause(operator['account disable']({ username }))).toBe('no such account')
    expect(await refusedBecause(operator['account delete']({ username }))).toBe('no such account')
    expect(await refusedBecause(operator['key list']({ username }))).toBe('no such account')
  }
})
