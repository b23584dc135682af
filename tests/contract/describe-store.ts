import { describe, expect, test } from 'vitest'
import {
  type AccountRecord,
  auditKeptPerAccount,
  endedKeyKeptMs,
  type KeptAccount,
  type PortableStore,
  type Store,
  StoreRefused,
  storeTables,
  StoreUnavailable,
} from '#store/store.ts'
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
  store: PortableStore
  /** Closes the store and opens it again on the same medium. */
  reopen: () => Promise<PortableStore>
}

const day = 24 * 60 * 60 * 1000

/** Of a session that an account's first password opens, and that replaces no other. */
const opening = { passwordVersion: 1, replaces: null }

/** What every store has to do. `open` gives an empty store that ends with the test. */
export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  async function withAccount(given: Partial<AccountRecord> = {}) {
    const opened = await open()
    const account = accountRecord(given)
    await opened.store.insertAccount({ account, firstKey: null }, auditRecord())
    return { ...opened, account }
  }

  function sandboxRecord(seedDigest: string, expiresAtMs = nowMs + day): AccountRecord {
    return accountRecord({ kind: 'sandbox', seedDigest, expiresAtMs })
  }

  function withSandbox() {
    return withAccount({ kind: 'sandbox', seedDigest: 'of a seed', expiresAtMs: nowMs + day })
  }

  /** Keeps an account as Ada's. */
  function keeping({ id }: AccountRecord): KeptAccount {
    const name = { username: 'Ada', canonicalName: 'ada' }
    return { accountId: id, ...name, passwordHash: 'p1:of their own', nowMs: nowMs + 1 }
  }

  function keptEvent() {
    return auditRecord({ action: 'account_kept' })
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

    test('a sandbox account that is kept has all that is new, and nothing of what was before works', async () => {
      const { store, reopen, account } = await withSandbox()
      const key = keyRecord({ accountId: account.id, expiresAtMs: account.expiresAtMs })
      await store.insertKey(key, { maxActive: 5, nowMs }, auditRecord())
      const session = sessionRecord({ accountId: account.id })
      await store.insertSession({ session, ...opening }, auditRecord())

      expect(await store.keepAccount(keeping(account), keptEvent())).toBe('kept')
      const again = await reopen()
      expect(await again.accountByName('ada')).toEqual({
        ...account,
        username: 'Ada',
        canonicalName: 'ada',
        kind: 'own',
        passwordHash: 'p1:of their own',
        passwordVersion: 2,
        seedDigest: null,
        expiresAtMs: null,
      })
      expect(await again.accountByName(account.canonicalName)).toBeNull()
      expect(await again.accountBySeedDigest('of a seed')).toBeNull()
      expect(await again.sessionsOf(account.id)).toEqual([])
      expect(await again.keyByDigest(key.digest)).toMatchObject({ revokedAtMs: nowMs + 1 })
      expect(await actionsOf(again)).toContain('account_kept')
      await again.deleteExpired(nowMs + 2 * day)
      expect(await again.accountById(account.id)).not.toBeNull()
    })

    test('U9: of many who keep their accounts under one name one may, and the others keep what they have', async () => {
      const { store, account } = await withSandbox()
      const others = Array.from({ length: 9 }, (_, index) => sandboxRecord(`seed ${index}`))
      for (const each of others) {
        await store.insertAccount({ account: each, firstKey: null }, auditRecord())
      }
      const outcomes = await Promise.all(
        [account, ...others].map((each) => store.keepAccount(keeping(each), keptEvent())),
      )
      expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(9)
      const all = await Promise.all([account, ...others].map(({ id }) => store.accountById(id)))
      expect(all.filter((each) => each?.kind === 'sandbox')).toHaveLength(9)
      const events = await actionsOf(store)
      expect(events.filter((action) => action === 'account_kept')).toHaveLength(1)
    })

    test('an account is kept once, and only a sandbox account that lives', async () => {
      const { store, account } = await withSandbox()
      const own = accountRecord()
      await store.insertAccount({ account: own, firstKey: null }, auditRecord())
      await store.keepAccount(keeping(account), keptEvent())
      const ended = sandboxRecord('another seed', nowMs)
      await store.insertAccount({ account: ended, firstKey: null }, auditRecord())
      const closed = sandboxRecord('a third seed')
      await store.insertAccount({ account: closed, firstKey: null }, auditRecord())
      await store.setAccountDisabled({ accountId: closed.id, disabledAtMs: nowMs }, auditRecord())

      for (const each of [account, own, ended, closed, accountRecord()]) {
        const change = { ...keeping(each), username: 'Bea', canonicalName: 'bea' }
        expect(await store.keepAccount(change, keptEvent())).toBe('no_sandbox')
      }
      expect(await store.accountByName('bea')).toBeNull()
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

  /** An account with two sessions and a key. */
  async function signedInTwice() {
    const opened = await withKey()
    const [here, there] = [
      sessionRecord({ accountId: opened.account.id, confirmedAtMs: nowMs - day }),
      sessionRecord({ accountId: opened.account.id }),
    ]
    for (const session of [here, there]) {
      await opened.store.insertSession({ session, ...opening }, auditRecord())
    }
    return { ...opened, here, there }
  }

  describe(`${name} changes passwords`, () => {
    async function readyToChange() {
      const opened = await signedInTwice()
      const change = {
        accountId: opened.account.id,
        passwordVersion: 1,
        passwordHash: 'p1:new',
        sessionId: opened.here.id,
        revokeKeys: false,
        nowMs,
      }
      return { ...opened, change }
    }

    test('U11: a new password ends every session but one, which counts as confirmed', async () => {
      const { store, reopen, account, key, here, change } = await readyToChange()
      const event = auditRecord({ action: 'password_changed' })
      expect(await store.changePassword(change, [event])).toBe(true)

      const again = await reopen()
      expect(await again.accountById(account.id)).toEqual({
        ...account,
        passwordHash: 'p1:new',
        passwordVersion: 2,
      })
      expect(await again.sessionsOf(account.id)).toEqual([{ ...here, confirmedAtMs: nowMs }])
      expect(await again.keysOf(account.id)).toEqual([key])
      expect((await again.latestAudit(1))[0]).toEqual(event)
    })

    test('U11: keys go with the old password where that is asked, ended ones stay as they ended', async () => {
      const { store, account, key, change } = await readyToChange()
      const expired = keyRecord({ accountId: account.id, expiresAtMs: nowMs })
      await store.insertKey(expired, { maxActive: 5, nowMs }, auditRecord())
      await store.changePassword({ ...change, revokeKeys: true }, [auditRecord()])

      expect(await store.keysOf(account.id)).toEqual([{ ...key, revokedAtMs: nowMs }, expired])
    })

    test('U11: of 20 simultaneous changes one happens, with its events', async () => {
      const { store, change } = await readyToChange()
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.changePassword({ ...change, passwordHash: `p1:${index}` }, [
            auditRecord({ action: 'password_changed' }),
          ]),
        ),
      )
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      const actions = await actionsOf(store)
      expect(actions.filter((action) => action === 'password_changed')).toHaveLength(1)
    })

    test('U11: what the old password was given for before the change is not done after it', async () => {
      const { store, account, here, change } = await readyToChange()
      await store.changePassword(change, [auditRecord()])
      const session = sessionRecord({ accountId: account.id })
      const events = await actionsOf(store)
      const known = { accountId: account.id, passwordVersion: 1 }

      expect(await store.insertSession({ session, ...opening }, auditRecord())).toBe(false)
      const target = { ...known, sessionId: here.id, nowMs }
      expect(await store.confirmSession(target, auditRecord())).toBe(false)
      expect(await store.deleteAccount(known, auditRecord())).toBe(false)
      expect(await store.sessionById(session.id)).toBeNull()
      expect(await actionsOf(store)).toEqual(events)
    })

    test('U6: another hash of the same password is no new password', async () => {
      const { store, account, change } = await readyToChange()
      await store.replacePasswordHash(account.id, { from: 'p1:hash', to: 'p2:hash' })
      expect(await store.changePassword(change, [auditRecord()])).toBe(true)
    })
  })

  describe(`${name} deletes accounts`, () => {
    test('U13: an account goes with everything of its, once, and its events stay', async () => {
      const { store, reopen, account, key, here, there } = await signedInTwice()
      const target = { accountId: account.id, passwordVersion: 1 }
      const events = await store.latestAudit(100)
      const event = auditRecord({ action: 'account_deleted', accountId: account.id })

      expect(await store.deleteAccount(target, event)).toBe(true)
      expect(await store.deleteAccount(target, auditRecord())).toBe(false)
      const again = await reopen()
      expect(await again.accountByName(account.canonicalName)).toBeNull()
      expect(await again.keyByDigest(key.digest)).toBeNull()
      for (const { id } of [here, there]) expect(await again.sessionById(id)).toBeNull()
      expect(await again.latestAudit(100)).toEqual([event, ...events])
    })

    test('U13: whoever registers the name next has nothing of the account before', async () => {
      const { store, account } = await signedInTwice()
      await store.appendAudit(auditRecord({ accountId: account.id }))
      await store.deleteAccount({ accountId: account.id, passwordVersion: 1 }, auditRecord())
      const next = accountRecord({ canonicalName: account.canonicalName })

      expect(await store.insertAccount({ account: next, firstKey: null }, auditRecord())).toBe(
        'inserted',
      )
      expect(await store.keysOf(next.id)).toEqual([])
      expect(await store.sessionsOf(next.id)).toEqual([])
      expect(await store.auditOf(next.id, 100)).toEqual([])
      expect(await store.auditOf(account.id, 100)).toEqual([])
    })

    test('U13: a key that is made while its account is deleted does not outlive it', async () => {
      const { store, account } = await withAccount()
      const key = keyRecord({ accountId: account.id })
      const [deleted] = await Promise.all([
        store.deleteAccount({ accountId: account.id, passwordVersion: 1 }, auditRecord()),
        store.insertKey(key, { maxActive: 5, nowMs }, auditRecord()),
      ])
      expect(deleted).toBe(true)
      expect(await store.keyByDigest(key.digest)).toBeNull()
      expect(await store.insertKey(key, { maxActive: 5, nowMs }, auditRecord())).toBe('no_account')
    })
  })

  describe(`${name} closes accounts`, () => {
    const closing = (accountId: string) => ({ accountId, disabledAtMs: nowMs })
    const reopening = (accountId: string) => ({ accountId, disabledAtMs: null })

    test('U14: closing an account ends its sessions, once, with one event; its keys stay', async () => {
      const { store, reopen, account, key, here, there } = await signedInTwice()
      const event = auditRecord({ action: 'account_disabled', accountId: account.id })
      expect(await store.setAccountDisabled(closing(account.id), event)).toBe(true)
      expect(await store.setAccountDisabled(closing(account.id), auditRecord())).toBe(false)

      for (const { id } of [here, there]) expect(await store.sessionById(id)).toBeNull()
      const again = await reopen()
      expect(await again.accountById(account.id)).toEqual({ ...account, disabledAtMs: nowMs })
      expect(await again.sessionsOf(account.id)).toEqual([])
      expect(await again.keysOf(account.id)).toEqual([key])
      expect(await again.latestAudit(1)).toEqual([event])
    })

    test('an account that was opened again is as before, without sessions', async () => {
      const { store, account, key } = await signedInTwice()
      expect(await store.setAccountDisabled(reopening(account.id), auditRecord())).toBe(false)
      await store.setAccountDisabled(closing(account.id), auditRecord())
      expect(await store.setAccountDisabled(reopening(account.id), auditRecord())).toBe(true)

      expect(await store.accountByName(account.canonicalName)).toEqual(account)
      expect(await store.keyByDigest(key.digest)).toEqual(key)
      expect(await store.sessionsOf(account.id)).toEqual([])
    })

    test('U14: a sign-in that was under way when its account was closed opens no session', async () => {
      const { store, account } = await withAccount()
      await store.setAccountDisabled(closing(account.id), auditRecord())
      const session = sessionRecord({ accountId: account.id })
      const entry = { session, passwordVersion: account.passwordVersion, replaces: null }
      expect(await store.insertSession(entry, auditRecord())).toBe(false)

      await store.setAccountDisabled(reopening(account.id), auditRecord())
      expect(await store.sessionById(session.id)).toBeNull()
    })

    test('an account that is gone is neither closed nor opened, and others stay as they are', async () => {
      const { store, account } = await withAccount()
      const events = await actionsOf(store)
      for (const change of [closing('nobody'), reopening('nobody')]) {
        expect(await store.setAccountDisabled(change, auditRecord())).toBe(false)
      }
      expect(await store.accountById(account.id)).toEqual(account)
      expect(await actionsOf(store)).toEqual(events)
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
      await Promise.all(
        Array.from({ length: 20 }, () => store.noteFirstUse(key.id, nowMs, firstUse())),
      )
      store.noteLaterUse(key.id, nowMs + 60_000)
      await store.noteFirstUse(key.id, nowMs + 120_000, firstUse()) // by a caller who did not know of the others

      expect((await actionsOf(store)).filter((action) => action === 'key_first_used')).toHaveLength(
        1,
      )
      expect((await store.keyByDigest(key.digest))?.lastUsedAtMs).toBe(nowMs + 120_000)
    })

    test('K12: the last use never goes back, and survives a restart', async () => {
      const { store, reopen, key } = await withKey()
      await store.noteFirstUse(key.id, nowMs, auditRecord())
      for (const minutes of [3, 2, 1]) store.noteLaterUse(key.id, nowMs + minutes * 60_000)
      const again = await reopen()
      expect((await again.keyByDigest(key.digest))?.lastUsedAtMs).toBe(nowMs + 3 * 60_000)
    })

    test('K12: uses before, during and after a revocation leave the key revoked', async () => {
      const { store, reopen, account, key } = await withKey()
      await store.noteFirstUse(key.id, nowMs, auditRecord())
      const target = { accountId: account.id, keyId: key.id, nowMs }
      const useFrom = (minute: number): void => {
        for (let at = minute; at < minute + 50; at += 1) {
          store.noteLaterUse(key.id, nowMs + at * 60_000)
        }
      }
      useFrom(1)
      const revoking = store.revokeKey(target, auditRecord())
      useFrom(51)
      await revoking
      store.noteLaterUse(key.id, nowMs + day)

      expect((await store.keyByDigest(key.digest))?.revokedAtMs).toBe(nowMs)
      const again = await reopen()
      expect((await again.keyByDigest(key.digest))?.revokedAtMs).toBe(nowMs)
    })

    test('a use of a key that is not there changes nothing', async () => {
      const { store } = await open()
      await store.noteFirstUse('nothing', nowMs, auditRecord())
      store.noteLaterUse('nothing', nowMs)
      expect(await actionsOf(store)).toEqual([])
    })
  })

  describe(`${name} keeps sessions`, () => {
    test('a session is found until it is ended, by its account only', async () => {
      const { store, account } = await withAccount()
      const session = sessionRecord({ accountId: account.id })
      expect(await store.insertSession({ session, ...opening }, auditRecord())).toBe(true)
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
      await store.insertSession({ session: first, ...opening }, auditRecord())
      await store.insertSession({ session: second, ...opening, replaces: first.id }, auditRecord())

      expect(await store.sessionById(first.id)).toBeNull()
      expect(await store.sessionById(second.id)).toEqual(second)
    })

    test('U14: sessions are listed in the order of their making', async () => {
      const { store, account, here, there } = await signedInTwice()
      expect(await store.sessionsOf(account.id)).toEqual([here, there])
    })

    test('U14: all others of the account end at once, with one event', async () => {
      const { store, account, here } = await signedInTwice()
      const ended = sessionRecord({ accountId: account.id, expiresAtMs: nowMs })
      await store.insertSession({ session: ended, ...opening }, auditRecord())
      const eve = accountRecord()
      await store.insertAccount({ account: eve, firstKey: null }, auditRecord())
      const foreign = sessionRecord({ accountId: eve.id })
      await store.insertSession({ session: foreign, ...opening }, auditRecord())
      const target = { accountId: account.id, sessionId: here.id, nowMs }
      const event = () => auditRecord({ action: 'other_sessions_ended' })

      expect(await store.endOtherSessions(target, event())).toBe(1)
      expect(await store.endOtherSessions(target, event())).toBe(0)
      expect(await store.sessionsOf(account.id)).toEqual([here])
      expect(await store.sessionById(foreign.id)).toEqual(foreign)
      const actions = await actionsOf(store)
      expect(actions.filter((action) => action === 'other_sessions_ended')).toHaveLength(1)
    })

    test('K13: a session is confirmed by its own account only, and while it is there', async () => {
      const { store, account, here } = await signedInTwice()
      const confirm = (target: { accountId?: string; sessionId?: string }) =>
        store.confirmSession(
          { accountId: account.id, sessionId: here.id, passwordVersion: 1, nowMs, ...target },
          auditRecord(),
        )
      expect(await confirm({ accountId: 'somebody else' })).toBe(false)
      expect(await confirm({ sessionId: 'no session' })).toBe(false)
      expect(await store.sessionById(here.id)).toEqual(here)
      expect(await confirm({})).toBe(true)
      expect(await store.sessionById(here.id)).toEqual({ ...here, confirmedAtMs: nowMs })
    })

    test('a session of no account is not inserted', async () => {
      const { store } = await open()
      const session = sessionRecord({ accountId: 'nobody' })
      expect(await store.insertSession({ session, ...opening }, auditRecord())).toBe(false)
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

  describe(`${name} changes signing keys`, () => {
    async function withSigningKey() {
      const opened = await open()
      const first = signingKeyRecord()
      await opened.store.insertFirstSigningKey(first, auditRecord())
      return { ...opened, first }
    }

    test('T8: the next key signs, the ones before keep their end, and the sweep takes them then', async () => {
      const { store, reopen, first } = await withSigningKey()
      // The clock may have gone back meanwhile: the one that was made last signs.
      const [second, third] = [signingKeyRecord({ createdAtMs: nowMs - day }), signingKeyRecord()]
      await store.rotateSigningKey({ next: second, endsAtMs: nowMs + 1000 }, auditRecord())
      const keys = await store.rotateSigningKey(
        { next: third, endsAtMs: nowMs + 2000 },
        auditRecord(),
      )

      expect(keys).toEqual([
        third,
        { ...second, endsAtMs: nowMs + 2000 },
        { ...first, endsAtMs: nowMs + 1000 },
      ])
      const again = await reopen()
      expect(await again.signingKeys()).toEqual(keys)
      await again.deleteExpired(nowMs + 1000)
      expect(await again.signingKeys()).toEqual(keys.slice(0, 2))
    })

    test('T8: a drop leaves one new key and no session', async () => {
      const { store, account, here } = await signedInTwice()
      await store.insertFirstSigningKey(signingKeyRecord(), auditRecord())
      const next = signingKeyRecord()

      expect(await store.dropSigningKeys(next, auditRecord())).toEqual([next])
      expect(await store.signingKeys()).toEqual([next])
      expect(await store.sessionById(here.id)).toBeNull()
      expect(await store.accountById(account.id)).toEqual(account)
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

  describe(`${name} keeps each account’s part of the audit log`, () => {
    test('L3: the newest come first, others’ are not among them, and a restart changes nothing', async () => {
      const { store, reopen, account } = await withAccount()
      const own = Array.from({ length: 5 }, () =>
        auditRecord({ accountId: account.id, userAgent: 'ü "\u{1F916}"' }),
      )
      for (const event of own) {
        await store.appendAudit(event)
        await store.appendAudit(auditRecord({ accountId: 'somebody else' }))
      }
      const newest = own.toReversed()

      expect(await store.auditOf(account.id, 3)).toEqual(newest.slice(0, 3))
      expect(await store.auditOf(account.id, 0)).toEqual([])
      const again = await reopen()
      expect(await again.auditOf(account.id, 100)).toEqual(newest)
    })

    test('L3: an account looks back on a hundred events', async () => {
      const { store, reopen, account } = await withAccount()
      const own = Array.from({ length: auditKeptPerAccount + 20 }, () =>
        auditRecord({ accountId: account.id }),
      )
      for (const event of own) await store.appendAudit(event)
      const newest = own.toReversed().slice(0, auditKeptPerAccount)

      expect(await store.auditOf(account.id, 1000)).toEqual(newest)
      expect(await (await reopen()).auditOf(account.id, 1000)).toEqual(newest)
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
      await store.insertSession({ session, ...opening }, auditRecord())

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
      await store.insertSession({ session, ...opening }, auditRecord())

      expect(await store.deleteExpired(nowMs + day)).toEqual({ accounts: 0, keys: 0, sessions: 1 })
      const later = nowMs + endedKeyKeptMs
      expect(await store.deleteExpired(later)).toEqual({ accounts: 0, keys: 1, sessions: 0 })
      expect(await store.keysOf(account.id)).toEqual([key])
    })
  })

  describe(`${name} can be copied whole`, () => {
    /** Two of everything, in one table of each kind. */
    async function filled() {
      const opened = await signedInTwice()
      const { store, account, key } = opened
      await store.insertAccount({ account: accountRecord(), firstKey: null }, auditRecord())
      await store.noteFirstUse(key.id, nowMs, auditRecord({ accountId: account.id }))
      store.noteLaterUse(key.id, nowMs + 60_000)
      const successor = keyRecord({ accountId: account.id })
      const swap = { keyId: key.id, successor, endsAtMs: nowMs + day, nowMs }
      await store.replaceKey(swap, auditRecord())
      await store.insertFirstSigningKey(signingKeyRecord(), auditRecord())
      await store.rotateSigningKey(
        { next: signingKeyRecord(), endsAtMs: nowMs + day },
        auditRecord({ userAgent: 'ü "\u{1F916}"' }),
      )
      return opened
    }

    test('F8: every record of every table is read once, by pages, in the order of the ids', async () => {
      const { store } = await filled()
      for (const table of storeTables) {
        const whole = await store.readTable(table, { afterId: null, limit: 10_000 })
        const ids: string[] = []
        for (;;) {
          const afterId = ids.at(-1) ?? null
          const [record, ...more] = await store.readTable(table, { afterId, limit: 1 })
          expect(more).toEqual([])
          if (record === undefined) break
          ids.push(record.id)
        }
        expect(whole.length).toBeGreaterThan(1)
        expect(ids).toEqual(whole.map(({ id }) => id))
        expect(ids).toEqual(ids.toSorted())
      }
    })

    test('F8: a copy is the same, and goes on where it was interrupted', async () => {
      const { store, account, key } = await filled()
      const target = await open()
      for (const table of storeTables) {
        const records = await store.readTable(table, { afterId: null, limit: 10_000 })
        expect(await target.store.writeTable(table, records.slice(0, 1))).toBe(1)
        expect(await target.store.writeTable(table, records)).toBe(records.length - 1)
        expect(await target.store.writeTable(table, records)).toBe(0)
        expect(await target.store.readTable(table, { afterId: null, limit: 10_000 })).toEqual(
          records,
        )
      }
      const copy = await target.reopen()
      expect(await copy.accountByName(account.canonicalName)).toEqual(account)
      expect(await copy.keysOf(account.id)).toEqual(await store.keysOf(account.id))
      expect((await copy.keyByDigest(key.digest))?.lastUsedAtMs).toBe(nowMs + 60_000)
      expect((await copy.signingKeys())[0]).toEqual((await store.signingKeys())[0])
    })

    test('F8: what is there already stays as it is', async () => {
      const { store, account } = await withAccount()
      expect(await store.writeTable('accounts', [{ ...account, passwordHash: 'p1:older' }])).toBe(0)
      expect(await store.accountById(account.id)).toEqual(account)
    })

    test('F8: another account of the same name is refused, with all that came with it', async () => {
      const { store, account } = await withAccount()
      const other = accountRecord()
      const collision = accountRecord({ canonicalName: account.canonicalName })
      await expect(store.writeTable('accounts', [other, collision])).rejects.toThrow(StoreRefused)
      expect(await store.accountById(other.id)).toBeNull()
    })
  })

  describe(`${name} is durable`, () => {
    test('F1: everything is there after it was closed and opened again', async () => {
      const { store, reopen, account, key } = await withKey()
      const session = sessionRecord({ accountId: account.id })
      await store.insertSession({ session, ...opening }, auditRecord())
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
