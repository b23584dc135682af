import { describe, expect, test } from 'vitest'
import { type AccountRecord, endedKeyKeptMs, type Store, StoreUnavailable } from '#store/store.ts'
import {
  accountRecord,
  auditRecord,
  keyRecord,
  nowMs,
  sessionRecord,
  signingKeyRecord,
} from './records.ts'

/** A store, and a way to see what is left of it after it was closed. */
export interface OpenedStore {
  store: Store
  /** Closes the store and opens it again on the same medium. */
  reopen: () => Promise<Store>
}

const day = 24 * 60 * 60 * 1000

/** What every store has to do. `open` gives an empty store that ends with the test. */
export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  async function withAccount(given: Partial<AccountRecord> = {}) {
    const opened = await open()
    const account = accountRecord(given)
    await opened.store.insertAccount({ account, firstKey: null }, auditRecord())
    return { ...opened, account }
  }

  async function withKey() {
    const opened = await withAccount()
    const key = keyRecord({ accountId: opened.account.id })
    await opened.store.insertKey(key, { maxActive: 5, nowMs }, auditRecord())
    return { ...opened, key }
  }

  async function actionsOf(store: Store): Promise<string[]> {
    return (await store.latestAudit(100)).map(({ action }) => action)
  }

  describe(`${name} keeps accounts`, () => {
    test('an account is found by id, by name and by seed', async () => {
      const { store, account } = await withAccount({ kind: 'sandbox', seedDigest: 'of a seed' })

      expect(await store.accountById(account.id)).toEqual(account)
      expect(await store.accountByName(account.canonicalName)).toEqual(account)
      expect(await store.accountBySeedDigest('of a seed')).toEqual(account)
    })

    test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])(
      'I4: %j is nobody until somebody is called so',
      async (word) => {
        const { store } = await open()
        for (const find of [
          store.accountById(word),
          store.accountByName(word),
          store.accountBySeedDigest(word),
          store.keyByDigest(word),
          store.sessionById(word),
        ]) {
          expect(await find).toBeNull()
        }
        expect(await store.keysOf(word)).toEqual([])
        const account = accountRecord({ canonicalName: word })
        await store.insertAccount({ account, firstKey: null }, auditRecord())
        expect(await store.accountByName(word)).toEqual(account)
      },
    )

    test('U9: of 50 simultaneous accounts with one name one is inserted, with one event', async () => {
      const { store } = await open()
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () =>
          store.insertAccount(
            { account: accountRecord({ canonicalName: 'ada' }), firstKey: null },
            auditRecord(),
          ),
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(49)
      expect(await actionsOf(store)).toHaveLength(1)
    })

    test('the first key comes with its account, or not at all', async () => {
      const { store, account } = await withAccount()
      const other = accountRecord()
      const key = keyRecord({ accountId: other.id })
      await store.insertAccount({ account: other, firstKey: key }, auditRecord())
      const again = accountRecord({ canonicalName: account.canonicalName })
      const refused = keyRecord({ accountId: again.id })

      expect(await store.keysOf(other.id)).toEqual([key])
      expect(await store.insertAccount({ account: again, firstKey: refused }, auditRecord())).toBe(
        'taken',
      )
      expect(await store.keyByDigest(refused.digest)).toBeNull()
    })

    test('a password hash is replaced only where it is still the one that was read', async () => {
      const { store, account } = await withAccount()
      const swap = { from: 'p1:hash', to: 'p2:hash' }

      expect(await store.replacePasswordHash(account.id, swap)).toBe(true)
      expect(await store.replacePasswordHash(account.id, swap)).toBe(false)
      expect(await store.replacePasswordHash('nobody', swap)).toBe(false)
      expect((await store.accountById(account.id))?.passwordHash).toBe('p2:hash')
    })
  })

  describe(`${name} keeps keys`, () => {
    test('a key is found by its digest and with its account', async () => {
      const { store, account, key } = await withKey()

      expect(await store.keyByDigest(key.digest)).toEqual(key)
      expect(await store.keysOf(account.id)).toEqual([key])
    })

    test('K14: of 20 simultaneous keys as many are inserted as there are places', async () => {
      const { store, account } = await withAccount()
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () =>
          store.insertKey(
            keyRecord({ accountId: account.id }),
            { maxActive: 5, nowMs },
            auditRecord(),
          ),
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(5)
      expect(await store.keysOf(account.id)).toHaveLength(5)
      expect(await actionsOf(store)).toHaveLength(6)
    })

    test('ended keys take no place', async () => {
      const { store, account } = await withAccount()
      const rule = { maxActive: 1, nowMs }
      const expired = keyRecord({ accountId: account.id, expiresAtMs: nowMs })
      await store.insertKey(expired, rule, auditRecord())

      const key = keyRecord({ accountId: account.id })
      expect(await store.insertKey(key, rule, auditRecord())).toBe('inserted')
      await store.revokeKey({ accountId: account.id, keyId: key.id, nowMs }, auditRecord())
      const next = keyRecord({ accountId: account.id })
      expect(await store.insertKey(next, rule, auditRecord())).toBe('inserted')
    })

    test('a key of no account is not inserted', async () => {
      const { store } = await open()
      const key = keyRecord({ accountId: 'nobody' })
      expect(await store.insertKey(key, { maxActive: 5, nowMs }, auditRecord())).toBe('no_account')
    })

    test('K10: a replaced key ends when it is told, its successor takes its place', async () => {
      const { store, account, key } = await withKey()
      const successor = keyRecord({ accountId: account.id })
      const swap = { keyId: key.id, successor, endsAtMs: nowMs + day, nowMs }

      expect(await store.replaceKey(swap, auditRecord())).toBe(true)
      const [old, next] = await store.keysOf(account.id)
      expect(old).toEqual({ ...key, expiresAtMs: nowMs + day, successorId: successor.id })
      expect(next).toEqual(successor)
      const rule = { maxActive: 2, nowMs }
      expect(await store.insertKey(keyRecord({ accountId: account.id }), rule, auditRecord())).toBe(
        'inserted',
      )
    })

    test('K10: an overlap prolongs no key that ends earlier', async () => {
      const { store, account } = await withAccount()
      const key = keyRecord({ accountId: account.id, expiresAtMs: nowMs + 1000 })
      await store.insertKey(key, { maxActive: 5, nowMs }, auditRecord())
      const successor = keyRecord({ accountId: account.id })
      await store.replaceKey(
        { keyId: key.id, successor, endsAtMs: nowMs + day, nowMs },
        auditRecord(),
      )

      expect((await store.keyByDigest(key.digest))?.expiresAtMs).toBe(nowMs + 1000)
    })

    test('K10: of a chain of replacements only the last two are valid', async () => {
      const { store, account, key } = await withKey()
      const [second, third] = [
        keyRecord({ accountId: account.id }),
        keyRecord({ accountId: account.id }),
      ]
      const times = { endsAtMs: nowMs + day, nowMs }
      await store.replaceKey({ keyId: key.id, successor: second, ...times }, auditRecord())
      await store.replaceKey({ keyId: second.id, successor: third, ...times }, auditRecord())

      const ends = (await store.keysOf(account.id)).map(({ expiresAtMs }) => expiresAtMs)
      expect(ends).toEqual([nowMs, nowMs + day, null])
    })

    test('K14: of 20 simultaneous replacements of one key one happens, with one event', async () => {
      const { store, account, key } = await withKey()
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => {
          const successor = keyRecord({ accountId: account.id })
          const swap = { keyId: key.id, successor, endsAtMs: nowMs + day, nowMs }
          return store.replaceKey(swap, auditRecord({ action: 'key_replaced' }))
        }),
      )
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect(await store.keysOf(account.id)).toHaveLength(2)
      expect((await actionsOf(store)).filter((action) => action === 'key_replaced')).toHaveLength(1)
    })

    test('K6: a key of another account can be neither revoked nor replaced', async () => {
      const { store, key } = await withKey()
      const eve = accountRecord()
      await store.insertAccount({ account: eve, firstKey: null }, auditRecord())
      const successor = keyRecord({ accountId: eve.id })
      const swap = { keyId: key.id, successor, endsAtMs: nowMs, nowMs }

      expect(await store.replaceKey(swap, auditRecord())).toBe(false)
      const target = { accountId: eve.id, keyId: key.id, nowMs }
      expect(await store.revokeKey(target, auditRecord())).toBe(false)
      expect(await store.keyByDigest(key.digest)).toEqual(key)
      expect(await store.keyByDigest(successor.digest)).toBeNull()
    })

    test('a key is revoked once', async () => {
      const { store, account, key } = await withKey()
      const target = { accountId: account.id, keyId: key.id, nowMs }

      expect(await store.revokeKey(target, auditRecord())).toBe(true)
      expect(await store.revokeKey(target, auditRecord())).toBe(false)
      expect((await store.keyByDigest(key.digest))?.revokedAtMs).toBe(nowMs)
    })

    test('L3: the first use leaves one event, however many come at once', async () => {
      const { store, key } = await withKey()
      const firstUse = () => auditRecord({ action: 'key_first_used' })
      await Promise.all(Array.from({ length: 20 }, () => store.touchKey(key.id, nowMs, firstUse())))
      await store.touchKey(key.id, nowMs + 60_000, firstUse())

      expect((await actionsOf(store)).filter((action) => action === 'key_first_used')).toHaveLength(
        1,
      )
      expect((await store.keyByDigest(key.digest))?.lastUsedAtMs).toBe(nowMs + 60_000)
    })

    test('K12: the last use never goes back, and survives a restart', async () => {
      const { store, reopen, key } = await withKey()
      for (const minutes of [0, 3, 2, 1]) {
        await store.touchKey(key.id, nowMs + minutes * 60_000, auditRecord())
      }
      const again = await reopen()
      expect((await again.keyByDigest(key.digest))?.lastUsedAtMs).toBe(nowMs + 3 * 60_000)
    })

    test('K12: uses before, during and after a revocation leave the key revoked', async () => {
      const { store, reopen, account, key } = await withKey()
      await store.touchKey(key.id, nowMs, auditRecord())
      const target = { accountId: account.id, keyId: key.id, nowMs }
      const calls = Array.from({ length: 100 }, (_, index) =>
        index === 50
          ? store.revokeKey(target, auditRecord())
          : store.touchKey(key.id, nowMs + index * 60_000, auditRecord()),
      )
      await Promise.all(calls)
      await store.touchKey(key.id, nowMs + day, auditRecord())

      expect((await store.keyByDigest(key.digest))?.revokedAtMs).toBe(nowMs)
      const again = await reopen()
      expect((await again.keyByDigest(key.digest))?.revokedAtMs).toBe(nowMs)
    })

    test('a use of a key that is not there changes nothing', async () => {
      const { store } = await open()
      await store.touchKey('nothing', nowMs, auditRecord())
      expect(await actionsOf(store)).toEqual([])
    })
  })

  describe(`${name} keeps sessions`, () => {
    test('a session is found until it is ended, by its account only', async () => {
      const { store, account } = await withAccount()
      const session = sessionRecord({ accountId: account.id })
      expect(await store.insertSession({ session, replaces: null }, auditRecord())).toBe(true)
      expect(await store.sessionById(session.id)).toEqual(session)

      const end = (accountId: string) =>
        store.endSession({ accountId, sessionId: session.id }, auditRecord())
      expect(await end('somebody else')).toBe(false)
      expect(await end(account.id)).toBe(true)
      expect(await end(account.id)).toBe(false)
      expect(await store.sessionById(session.id)).toBeNull()
    })

    test('T7: a new session ends the one that it replaces', async () => {
      const { store, account } = await withAccount()
      const [first, second] = [
        sessionRecord({ accountId: account.id }),
        sessionRecord({ accountId: account.id }),
      ]
      await store.insertSession({ session: first, replaces: null }, auditRecord())
      await store.insertSession({ session: second, replaces: first.id }, auditRecord())

      expect(await store.sessionById(first.id)).toBeNull()
      expect(await store.sessionById(second.id)).toEqual(second)
    })

    test('a session of no account is not inserted', async () => {
      const { store } = await open()
      const session = sessionRecord({ accountId: 'nobody' })
      expect(await store.insertSession({ session, replaces: null }, auditRecord())).toBe(false)
    })
  })

  describe(`${name} keeps signing keys`, () => {
    test('L4: of 20 simultaneous first keys one is kept, and all are told which', async () => {
      const { store } = await open()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          store.insertFirstSigningKey(signingKeyRecord(), auditRecord()),
        ),
      )
      const [kept] = await store.signingKeys()

      for (const answer of answers) expect(answer).toEqual([kept])
      expect(await actionsOf(store)).toHaveLength(1)
    })
  })

  describe(`${name} keeps the audit log`, () => {
    test('the newest events come first', async () => {
      const { store } = await open()
      const events = Array.from({ length: 5 }, () => auditRecord({ userAgent: 'ü "\u{1F916}"' }))
      for (const event of events) await store.appendAudit(event)

      expect(await store.latestAudit(3)).toEqual(events.reverse().slice(0, 3))
      expect(await store.latestAudit(0)).toEqual([])
    })
  })

  describe(`${name} sweeps`, () => {
    test('an ended account goes with everything of its, and its name is free', async () => {
      const { store, account } = await withAccount({
        seedDigest: 'of a seed',
        expiresAtMs: nowMs + day,
      })
      const key = keyRecord({ accountId: account.id })
      await store.insertKey(key, { maxActive: 5, nowMs }, auditRecord())
      const session = sessionRecord({ accountId: account.id })
      await store.insertSession({ session, replaces: null }, auditRecord())

      expect(await store.deleteExpired(nowMs)).toEqual({ accounts: 0, keys: 0, sessions: 0 })
      expect(await store.deleteExpired(nowMs + day)).toEqual({ accounts: 1, keys: 1, sessions: 1 })
      expect(await store.accountById(account.id)).toBeNull()
      expect(await store.accountBySeedDigest('of a seed')).toBeNull()
      expect(await store.keyByDigest(key.digest)).toBeNull()
      expect(await store.sessionById(session.id)).toBeNull()
      const next = accountRecord({ canonicalName: account.canonicalName })
      expect(await store.insertAccount({ account: next, firstKey: null }, auditRecord())).toBe(
        'inserted',
      )
    })

    test('ended sessions go; ended keys go after 30 days; the rest stays', async () => {
      const { store, account, key } = await withKey()
      const revoked = keyRecord({ accountId: account.id })
      await store.insertKey(revoked, { maxActive: 5, nowMs }, auditRecord())
      await store.revokeKey({ accountId: account.id, keyId: revoked.id, nowMs }, auditRecord())
      const session = sessionRecord({ accountId: account.id })
      await store.insertSession({ session, replaces: null }, auditRecord())

      expect(await store.deleteExpired(nowMs + day)).toEqual({ accounts: 0, keys: 0, sessions: 1 })
      const later = nowMs + endedKeyKeptMs
      expect(await store.deleteExpired(later)).toEqual({ accounts: 0, keys: 1, sessions: 0 })
      expect(await store.keysOf(account.id)).toEqual([key])
    })
  })

  describe(`${name} is durable`, () => {
    test('F1: everything is there after it was closed and opened again', async () => {
      const { store, reopen, account, key } = await withKey()
      const session = sessionRecord({ accountId: account.id })
      await store.insertSession({ session, replaces: null }, auditRecord())
      const signingKeys = await store.insertFirstSigningKey(signingKeyRecord(), auditRecord())
      const events = await store.latestAudit(100)

      const again = await reopen()
      expect(await again.accountByName(account.canonicalName)).toEqual(account)
      expect(await again.keyByDigest(key.digest)).toEqual(key)
      expect(await again.sessionById(session.id)).toEqual(session)
      expect(await again.signingKeys()).toEqual(signingKeys)
      expect(await again.latestAudit(100)).toEqual(events)
    })

    test('F11: what was asked before it is closed is stored, what is asked after is refused', async () => {
      const { store, reopen } = await open()
      const account = accountRecord()
      const pending = store.insertAccount({ account, firstKey: null }, auditRecord())
      const again = await reopen()

      expect(await pending).toBe('inserted')
      expect(await again.accountById(account.id)).toEqual(account)
      await expect(store.appendAudit(auditRecord())).rejects.toThrow(StoreUnavailable)
      await expect(store.ping()).rejects.toThrow(StoreUnavailable)
      await again.ping()
    })
  })
}
