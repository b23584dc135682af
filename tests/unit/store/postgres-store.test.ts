import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type OpenedStore, openStore } from '#store/open-store.ts'
import { type Store, StoreUnavailable } from '#store/store.ts'
import {
  accountRecord,
  auditRecord,
  keyRecord,
  nowMs,
  sessionRecord,
  signingKeyRecord,
} from '../../contract/records.ts'
import { startPostgres, type TestPostgres } from '../../support/postgres.ts'

const day = 24 * 60 * 60 * 1000
const callLimitMs = 4000 // 2 s of patience, and a machine that is busy
const recoveryLimitMs = 10_000

const options = { dataDir: 'not used', clock: { nowMs: () => nowMs } }

let postgres: TestPostgres
let databaseUrl: string
let opened: OpenedStore[]

beforeAll(async () => {
  postgres = await startPostgres()
  databaseUrl = await postgres.createDatabase()
  const open = () => openStore({ ...options, databaseUrl })
  opened = await Promise.all([open(), open(), open()])
}, 60_000)

afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()))
  await postgres.close()
})

beforeEach(async () => {
  await postgres.start()
  await untilUsable()
})

function node(number: 1 | 2 | 3): Store {
  const found = opened[number - 1]
  if (found === undefined) throw new Error(`there is no node ${number}`)
  return found.store
}

async function untilUsable(): Promise<number> {
  const startedMs = performance.now()
  while (performance.now() - startedMs < 2 * recoveryLimitMs) {
    const pings = await Promise.allSettled(opened.map(({ store }) => store.ping()))
    if (pings.every(({ status }) => status === 'fulfilled')) break
    await delay(100)
  }
  return performance.now() - startedMs
}

/** An account with a key and a session, which every node has read. */
async function known() {
  const account = accountRecord()
  const key = keyRecord({ accountId: account.id })
  const session = sessionRecord({ accountId: account.id })
  await node(1).insertAccount({ account, firstKey: key }, auditRecord())
  await node(1).insertSession({ session, passwordVersion: 1, replaces: null }, auditRecord())
  for (const { store } of opened) {
    expect(await store.accountById(account.id)).toEqual(account)
    expect(await store.accountByName(account.canonicalName)).toEqual(account)
    expect(await store.keyByDigest(key.digest)).toEqual(key)
    expect(await store.sessionById(session.id)).toEqual(session)
  }
  return { account, key, session, target: { accountId: account.id, passwordVersion: 1 } }
}

/** How long the nodes 2 and 3 do not know of something, in ms. */
async function unknownFor(isKnown: (store: Store) => Promise<boolean>): Promise<number> {
  const startedMs = performance.now()
  for (const store of [node(2), node(3)]) {
    while (!(await isKnown(store)) && performance.now() - startedMs < 10_000) await delay(10)
  }
  return performance.now() - startedMs
}

describe('several nodes share one database', () => {
  test('K11: a revoked key is known on every node within 5 s, on its own at once', async () => {
    const { account, key } = await known()
    const target = { accountId: account.id, keyId: key.id, nowMs }
    await node(1).revokeKey(target, auditRecord())

    expect((await node(1).keyByDigest(key.digest))?.revokedAtMs).toBe(nowMs)
    const isRevoked = async (store: Store) =>
      (await store.keyByDigest(key.digest))?.revokedAtMs === nowMs
    expect(await unknownFor(isRevoked)).toBeLessThan(5000)
  })

  test('K10, K11: a replaced key ends on every node', async () => {
    const { account, key } = await known()
    const successor = keyRecord({ accountId: account.id })
    await node(1).replaceKey({ keyId: key.id, successor, endsAtMs: nowMs, nowMs }, auditRecord())
    const hasEnded = async (store: Store) =>
      (await store.keyByDigest(key.digest))?.expiresAtMs === nowMs
    expect(await unknownFor(hasEnded)).toBeLessThan(5000)
  })

  test('U14: an ended session is over on every node within 5 s, on its own at once', async () => {
    const { account, session } = await known()
    const target = { accountId: account.id, sessionId: session.id }
    await node(1).endSession(target, auditRecord())
    expect(await node(1).sessionById(session.id)).toBeNull()
    const isOver = async (store: Store) => (await store.sessionById(session.id)) === null
    expect(await unknownFor(isOver)).toBeLessThan(5000)
  })

  test('U11: a new password is known on every node, and the other sessions are over', async () => {
    const { account, session, target } = await known()
    const change = {
      ...target,
      passwordHash: 'p1:new',
      sessionId: 'other',
      revokeKeys: false,
      nowMs,
    }
    await node(1).changePassword(change, [auditRecord()])
    const isChanged = async (store: Store) =>
      (await store.accountByName(account.canonicalName))?.passwordVersion === 2 &&
      (await store.sessionById(session.id)) === null
    expect(await isChanged(node(1))).toBe(true)
    expect(await unknownFor(isChanged)).toBeLessThan(5000)
  })

  test('U13, U14: closed and deleted accounts are so on every node', async () => {
    const { account, key, target } = await known()
    await node(1).setAccountDisabled({ ...target, disabledAtMs: nowMs }, auditRecord())
    const isClosed = async (store: Store) =>
      (await store.accountById(account.id))?.disabledAtMs === nowMs
    expect(await unknownFor(isClosed)).toBeLessThan(5000)

    await node(1).deleteAccount(target, auditRecord())
    const isGone = async (store: Store) =>
      (await store.accountById(account.id)) === null &&
      (await store.keyByDigest(key.digest)) === null
    expect(await unknownFor(isGone)).toBeLessThan(5000)
  })

  test('T8: a drop of the signing keys ends every session on every node', async () => {
    const { session } = await known()
    await node(1).dropSigningKeys(signingKeyRecord(), auditRecord())
    const isOver = async (store: Store) => (await store.sessionById(session.id)) === null
    expect(await unknownFor(isOver)).toBeLessThan(5000)
  })

  test('T8: the signing keys can be dropped while a dump of the database runs', async () => {
    const { session } = await known()
    const dump = new Client({ connectionString: databaseUrl })
    await dump.connect()
    onTestFinished(() => dump.end())
    // What pg_dump holds on every table, from its beginning to its end.
    const tables = 'barbell.sessions, barbell.signing_keys'
    await dump.query(`BEGIN; LOCK TABLE ${tables} IN ACCESS SHARE MODE`)
    const next = signingKeyRecord()
    expect(await node(1).dropSigningKeys(next, auditRecord())).toEqual([next])
    expect(await node(1).sessionById(session.id)).toBeNull()
  })

  test('U9: of 50 accounts of one name over three nodes one is inserted', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const account = accountRecord({ canonicalName: 'one of fifty' })
        const store = opened[index % 3]?.store ?? node(1)
        return store.insertAccount({ account, firstKey: null }, auditRecord())
      }),
    )
    expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1)
  })

  test('K14: of 20 replacements of one key over three nodes one happens', async () => {
    const { account, key } = await known()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const successor = keyRecord({ accountId: account.id })
        const swap = { keyId: key.id, successor, endsAtMs: nowMs + day, nowMs }
        return (opened[index % 3]?.store ?? node(1)).replaceKey(swap, auditRecord())
      }),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await node(2).keysOf(account.id)).toHaveLength(2)
  })

  test('L3: a first use over three nodes leaves one event, and the latest use counts', async () => {
    const { account, key } = await known()
    const firstUse = () => auditRecord({ action: 'key_first_used', accountId: account.id })
    await Promise.all(opened.map(({ store }) => store.noteFirstUse(key.id, nowMs, firstUse())))
    expect(await node(3).auditOf(account.id, 100)).toHaveLength(1)
  })

  test('K11: a node whose ear was cut off hears of a revocation all the same', async () => {
    const { account, key } = await known()
    await terminateListeners()
    const target = { accountId: account.id, keyId: key.id, nowMs }
    await node(1).revokeKey(target, auditRecord())
    const isRevoked = async (store: Store) =>
      (await store.keyByDigest(key.digest))?.revokedAtMs === nowMs
    expect(await unknownFor(isRevoked)).toBeLessThan(5000)
  })
})

async function terminateListeners(): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  // What a listening connection did last is to listen, or to ask whether the server is there.
  const text = `
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'barbell' AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')`
  const { rowCount } = await client.query(text)
  await client.end()
  expect(rowCount).toBe(3)
}

describe('the database is away', () => {
  /** Every kind of call, with how it ends and after how long. */
  async function tryEverything(given: { keyDigest: string; sessionId: string }) {
    const account = accountRecord()
    const calls = {
      keyByDigest: () => node(1).keyByDigest(given.keyDigest),
      sessionById: () => node(1).sessionById(given.sessionId),
      accountByName: () => node(1).accountByName('nobody'),
      signingKeys: () => node(1).signingKeys(),
      insertAccount: () => node(1).insertAccount({ account, firstKey: null }, auditRecord()),
      appendAudit: () => node(1).appendAudit(auditRecord({ accountId: 'away' })),
      latestAudit: () => node(1).latestAudit(1),
      deleteExpired: () => node(1).deleteExpired(nowMs),
      ping: () => node(1).ping(),
    }
    const ends = Object.entries<() => Promise<unknown>>(calls).map(async ([name, attempt]) => {
      const startedMs = performance.now()
      const error: unknown = await attempt().then(
        () => `${name} resolved`,
        (reason: unknown) => reason,
      )
      return { name, error, ms: performance.now() - startedMs }
    })
    return { account, ends: await Promise.all(ends) }
  }

  async function expectRefusals(given: { keyDigest: string; sessionId: string }) {
    const { account, ends } = await tryEverything(given)
    for (const { error, ms } of ends) {
      expect(error).toBeInstanceOf(StoreUnavailable)
      expect(ms).toBeLessThan(callLimitMs)
    }
    return account
  }

  test('F9: paused, everything is refused within its time and nothing of it is done later', async () => {
    await delay(1500) // every node listens again after the test before, and remembers what it reads
    const { key, session } = await known()
    postgres.pause()
    expect(await node(1).keyByDigest(key.digest)).toEqual(key)
    expect(await node(1).sessionById(session.id)).toEqual(session)
    await delay(3100) // what was read before may still be answered until now
    const refused = await expectRefusals({ keyDigest: key.digest, sessionId: session.id })
    postgres.resume()

    expect(await untilUsable()).toBeLessThan(recoveryLimitMs)
    expect(await node(1).keyByDigest(key.digest)).toEqual(key)
    expect(await node(1).accountById(refused.id)).toBeNull()
    const actions = await node(1).latestAudit(100)
    expect(actions.filter(({ accountId }) => accountId === 'away')).toEqual([])
  }, 60_000)

  test('F9: a table that somebody locks, and a pool that is used up by it, refuse in time', async () => {
    const { key, session, account } = await known()
    const client = new Client({ connectionString: databaseUrl })
    await client.connect()
    await client.query('BEGIN; LOCK TABLE barbell.keys, barbell.accounts')
    const startedMs = performance.now()
    const ends = await Promise.allSettled(
      Array.from({ length: 50 }, () => node(1).keysOf(account.id)),
    )
    expect(performance.now() - startedMs).toBeLessThan(callLimitMs)
    for (const end of ends) {
      expect(end).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } })
    }
    await client.end()
    expect(await node(1).keysOf(account.id)).toEqual([key])
    expect(await node(1).sessionById(session.id)).toEqual(session)
  }, 60_000)

  test('F9: a database that only reads is not ready and takes no write, and is left when it is', async () => {
    const url = await postgres.createDatabase()
    const own = await openStore({ ...options, databaseUrl: url })
    const { store } = own
    const name = new URL(url).pathname.slice(1)
    const setReadOnly = async (onOff: 'on' | 'off') => {
      const client = new Client({ connectionString: databaseUrl })
      await client.connect()
      await client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${onOff}`)
      await client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
        [name],
      )
      await client.end()
    }
    await setReadOnly('on')
    const account = accountRecord()
    const insert = () => store.insertAccount({ account, firstKey: null }, auditRecord())
    await expect(insert()).rejects.toThrow(StoreUnavailable)
    await expect(store.ping()).rejects.toThrow('only reads')

    await setReadOnly('off')
    await expect
      .poll(() => store.ping().then(() => 'ready', String), { timeout: 5000 })
      .toBe('ready')
    expect(await insert()).toBe('inserted')
    await own.close()
  }, 60_000)

  test('F1, F9: killed with -9, it has every acknowledged write when it is back', async () => {
    const accounts = Array.from({ length: 200 }, () => accountRecord())
    const outcomes = await Promise.all([
      ...accounts.map((account) =>
        node(1)
          .insertAccount({ account, firstKey: null }, auditRecord())
          .then(
            () => account.id,
            () => null,
          ),
      ),
      delay(30).then(() => postgres.kill()),
    ])
    await postgres.start()
    expect(await untilUsable()).toBeLessThan(recoveryLimitMs)
    for (const id of outcomes) {
      if (typeof id === 'string') expect(await node(1).accountById(id)).not.toBeNull()
    }
  }, 60_000)

  test('F9: stopped, everything is refused, and is there again without a restart of ours', async () => {
    const { account, key, session } = await known()
    await postgres.stop('fast')
    await expectRefusals({ keyDigest: key.digest, sessionId: session.id })
    await postgres.start()

    expect(await untilUsable()).toBeLessThan(recoveryLimitMs)
    expect(await node(1).accountById(account.id)).toEqual(account)
    // The ear is there again too: what one node changes, the others learn.
    const target = { accountId: account.id, keyId: key.id, nowMs }
    await node(1).revokeKey(target, auditRecord())
    const isRevoked = async (store: Store) =>
      (await store.keyByDigest(key.digest))?.revokedAtMs === nowMs
    expect(await unknownFor(isRevoked)).toBeLessThan(5000)
  }, 60_000)
})
