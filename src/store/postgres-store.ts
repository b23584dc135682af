import { DatabaseError, type Pool, type PoolClient } from 'pg'
import { RecordCache } from './postgres-cache.ts'
import { announce, type Change, ChangeFeed } from './postgres-changes.ts'
import { refuseWhileCopied } from './postgres-copy-lock.ts'
import { LastUses } from './postgres-last-uses.ts'
import { migratePostgres } from './postgres-migrations.ts'
import { changeRows, inTransaction, type Parameter, queryRows } from './postgres-pool.ts'
import {
  countKeys,
  endSessionsBut,
  holdUnchangedAccount,
  isActive,
  lockAccount,
  lockSigningKeys,
  revokeAllKeys,
  signingKeysNewestFirst,
  sweep,
} from './postgres-rules.ts'
import { recordTables } from './postgres-tables.ts'
import {
  type AccountRecord,
  type AuditEvent,
  auditKeptPerAccount,
  type KeptAccount,
  type KeyRecord,
  type PortableStore,
  type SessionRecord,
  type SigningKeyRecord,
  StoreRefused,
  type StoreTables,
  StoreUnavailable,
  type Swept,
} from './store.ts'
import { refuseHalfCopiedDatabase } from './unfinished-copy.ts'

const { accounts, keys, sessions, signingKeys, audit } = recordTables

/** SQLSTATE class of a row that a constraint refused. */
const integrityViolation = '23'
const uniqueName = 'accounts_canonical_name_unique'

/** A transaction that is under way. */
interface Writing {
  client: PoolClient
  /** Runs a statement. @returns how many rows it changed */
  run: (text: string, parameters: readonly Parameter[]) => Promise<number>
  log: (...events: readonly AuditEvent[]) => Promise<number>
  /** Lets every node forget what it knew, once this is stored. */
  changes: (change: Change) => Promise<void>
}

/**
 * Opens the store of many nodes; brings the database to this version first. Accounts, keys and sessions that were
 * read within 3 s are answered from memory while the node listens for changes, so that what one node ends is refused
 * by the others as soon as they hear of it, and after 3 s if they do not.
 * @param options.url as in DATABASE_URL
 * @param options.pool of the same database; stays open when the store is closed
 * @param options.isCopied whether it is opened by who copies it, and has the lock for that
 * @throws {StoreRefused} if the database cannot be used as it is
 */
export async function openPostgresStore(options: {
  url: string
  pool: Pool
  isCopied?: boolean
}): Promise<PortableStore> {
  await migratePostgres(options.url)
  if (options.isCopied !== true) {
    await refuseWhileCopied(options.pool)
    await refuseHalfCopiedDatabase(options.pool)
  }
  return new PostgresStore(options)
}

class PostgresStore implements PortableStore {
  readonly inMemory = null
  readonly #pool: Pool
  readonly #cache = new RecordCache()
  readonly #feed: ChangeFeed
  readonly #lastUses: LastUses
  /** Calls that are under way: they are let finish before the store is closed. */
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false

  constructor({ url, pool }: { url: string; pool: Pool }) {
    this.#pool = pool
    this.#lastUses = new LastUses(pool)
    this.#feed = new ChangeFeed(url, {
      onChange: (change) => this.#forget(change),
      onListening: (listens) => this.#cache.serve(listens),
    })
  }

  accountById(id: string): Promise<AccountRecord | null> {
    return this.#cachedAccount(`account:${id}`, 'WHERE id = $1', id)
  }

  accountByName(canonicalName: string): Promise<AccountRecord | null> {
    return this.#cachedAccount(`name:${canonicalName}`, 'WHERE canonical_name = $1', canonicalName)
  }

  accountBySeedDigest(seedDigest: string): Promise<AccountRecord | null> {
    return this.#use(() => accounts.one(this.#pool, 'WHERE seed_digest = $1', [seedDigest]))
  }

  insertAccount(
    entry: { account: AccountRecord; firstKey: KeyRecord | null },
    event: AuditEvent,
  ): Promise<'inserted' | 'taken'> {
    return this.#commit(async ({ client, log }) => {
      const added = await accounts.insert(client, [entry.account], { onConflict: 'DO NOTHING' })
      if (added === 0) return 'taken'
      if (entry.firstKey !== null) await keys.insert(client, [entry.firstKey])
      await log(event)
      return 'inserted'
    })
  }

  async keepAccount(
    change: KeptAccount,
    event: AuditEvent,
  ): Promise<'kept' | 'taken' | 'no_sandbox'> {
    const { accountId, username, canonicalName, passwordHash, nowMs } = change
    const kept = this.#commit(async ({ client, run, log, changes }) => {
      const changed = await run(
        `UPDATE barbell.accounts SET username = $2, canonical_name = $3, kind = 'own', password_hash = $4,
           password_version = password_version + 1, seed_digest = NULL, expires_at_ms = NULL
         WHERE id = $1 AND kind = 'sandbox' AND disabled_at_ms IS NULL
           AND (expires_at_ms IS NULL OR $5::bigint < expires_at_ms)`,
        [accountId, username, canonicalName, passwordHash, nowMs],
      )
      if (changed === 0) return 'no_sandbox'
      await run('DELETE FROM barbell.sessions WHERE account_id = $1', [accountId])
      await revokeAllKeys(client, { accountId, nowMs })
      await log(event)
      await changes({ accountId })
      return 'kept'
    })
    return await kept.catch(takenName)
  }

  replacePasswordHash(accountId: string, swap: { from: string; to: string }): Promise<boolean> {
    return this.#commit(async ({ run, changes }) => {
      const text =
        'UPDATE barbell.accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2'
      if ((await run(text, [accountId, swap.from, swap.to])) === 0) return false
      await changes({ accountId })
      return true
    })
  }

  changePassword(
    change: {
      accountId: string
      passwordVersion: number
      passwordHash: string
      sessionId: string
      revokeKeys: boolean
      nowMs: number
    },
    events: readonly AuditEvent[],
  ): Promise<boolean> {
    const { accountId, passwordVersion, passwordHash, sessionId, nowMs } = change
    return this.#commit(async ({ client, run, log, changes }) => {
      const changed = await run(
        `UPDATE barbell.accounts SET password_hash = $3, password_version = password_version + 1
         WHERE id = $1 AND password_version = $2`,
        [accountId, passwordVersion, passwordHash],
      )
      if (changed === 0) return false
      await endSessionsBut(client, change)
      await run('UPDATE barbell.sessions SET confirmed_at_ms = $2 WHERE id = $1', [
        sessionId,
        nowMs,
      ])
      if (change.revokeKeys) await revokeAllKeys(client, change)
      await log(...events)
      await changes({ accountId })
      return true
    })
  }

  deleteAccount(
    target: { accountId: string; passwordVersion: number },
    event: AuditEvent,
  ): Promise<boolean> {
    const { accountId, passwordVersion } = target
    return this.#commit(async ({ run, log, changes }) => {
      const text = 'DELETE FROM barbell.accounts WHERE id = $1 AND password_version = $2'
      if ((await run(text, [accountId, passwordVersion])) === 0) return false
      await log(event)
      await changes({ accountId })
      return true
    })
  }

  setAccountDisabled(
    change: { accountId: string; disabledAtMs: number | null },
    event: AuditEvent,
  ): Promise<boolean> {
    const { accountId, disabledAtMs } = change
    return this.#commit(async ({ run, log, changes }) => {
      const text = `
        UPDATE barbell.accounts SET disabled_at_ms = $2::bigint
        WHERE id = $1 AND (disabled_at_ms IS NULL) <> ($2::bigint IS NULL)`
      if ((await run(text, [accountId, disabledAtMs])) === 0) return false
      if (disabledAtMs !== null) {
        await run('DELETE FROM barbell.sessions WHERE account_id = $1', [accountId])
      }
      await log(event)
      await changes({ accountId })
      return true
    })
  }

  async keyByDigest(digest: string): Promise<KeyRecord | null> {
    const load = () => this.#use(() => keys.one(this.#pool, 'WHERE digest = $1', [digest]))
    const key = await this.#cache.through(`key:${digest}`, load, accountIdOf)
    return key === null ? null : this.#lastUses.merge(key)
  }

  async keysOf(accountId: string): Promise<KeyRecord[]> {
    const rest = 'WHERE account_id = $1 ORDER BY created_at_ms, seq'
    const found = await this.#use(() => keys.all(this.#pool, rest, [accountId]))
    return found.map((key) => this.#lastUses.merge(key))
  }

  insertKey(
    key: KeyRecord,
    rule: { maxActive: number; nowMs: number },
    event: AuditEvent,
  ): Promise<'inserted' | 'limit_reached' | 'no_account'> {
    const { accountId } = key
    return this.#commit(async ({ client, log }) => {
      if (!(await lockAccount(client, accountId))) return 'no_account'
      const counted = await countKeys(client, { accountId, nowMs: rule.nowMs })
      if (counted >= rule.maxActive) return 'limit_reached'
      await keys.insert(client, [key])
      await log(event)
      return 'inserted'
    })
  }

  replaceKey(
    swap: { keyId: string; successor: KeyRecord; endsAtMs: number; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean> {
    const { keyId, successor, endsAtMs, nowMs } = swap
    const { accountId } = successor
    return this.#commit(async ({ client, run, log, changes }) => {
      if (!(await lockAccount(client, accountId))) return false
      const replaced = await run(
        `UPDATE barbell.keys SET successor_id = $3, expires_at_ms = LEAST($4::bigint, expires_at_ms)
         WHERE account_id = $1 AND id = $2 AND successor_id IS NULL AND ${isActive('$5')}`,
        [accountId, keyId, successor.id, endsAtMs, nowMs],
      )
      if (replaced === 0) return false
      await run(
        `UPDATE barbell.keys SET expires_at_ms = $3
         WHERE account_id = $1 AND successor_id = $2 AND ${isActive('$3')}`,
        [accountId, keyId, nowMs],
      )
      await keys.insert(client, [successor])
      await log(event)
      await changes({ accountId })
      return true
    })
  }

  revokeKey(
    target: { accountId: string; keyId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean> {
    const { accountId, keyId, nowMs } = target
    return this.#commit(async ({ run, log, changes }) => {
      const text = `
        UPDATE barbell.keys SET revoked_at_ms = $3
        WHERE account_id = $1 AND id = $2 AND ${isActive('$3')}`
      if ((await run(text, [accountId, keyId, nowMs])) === 0) return false
      await log(event)
      await changes({ accountId })
      return true
    })
  }

  async noteFirstUse(keyId: string, usedAtMs: number, event: AuditEvent): Promise<void> {
    if (!this.#lastUses.isKnown(keyId)) {
      const isFirst = await this.#commit(async ({ run, log }) => {
        const text = `
          UPDATE barbell.keys SET last_used_at_ms = $2
          WHERE id = $1 AND last_used_at_ms IS NULL AND ${isActive('$2')}`
        if ((await run(text, [keyId, usedAtMs])) === 0) return false
        await log(event)
        return true
      })
      if (isFirst) this.#lastUses.learn(keyId, usedAtMs)
    }
    this.noteLaterUse(keyId, usedAtMs) // nothing new of a first use
  }

  noteLaterUse(keyId: string, usedAtMs: number): void {
    if (!this.#closed) this.#lastUses.writeLater(keyId, usedAtMs)
  }

  sessionById(id: string): Promise<SessionRecord | null> {
    const load = () => this.#use(() => sessions.one(this.#pool, 'WHERE id = $1', [id]))
    return this.#cache.through(`session:${id}`, load, accountIdOf)
  }

  sessionsOf(accountId: string): Promise<SessionRecord[]> {
    const rest = 'WHERE account_id = $1 ORDER BY created_at_ms, seq'
    return this.#use(() => sessions.all(this.#pool, rest, [accountId]))
  }

  insertSession(
    entry: { session: SessionRecord; passwordVersion: number; replaces: string | null },
    event: AuditEvent,
  ): Promise<boolean> {
    const { session, passwordVersion, replaces } = entry
    return this.#commit(async ({ client, log, changes }) => {
      const { accountId } = session
      if (!(await holdUnchangedAccount(client, { accountId, passwordVersion }))) return false
      if (replaces !== null) {
        const text = `DELETE FROM barbell.sessions WHERE id = $1 RETURNING account_id AS "accountId"`
        const ended = await queryRows<{ accountId: string }>(client, text, [replaces])
        for (const { accountId } of ended) await changes({ accountId })
      }
      await sessions.insert(client, [session])
      await log(event)
      return true
    })
  }

  confirmSession(
    target: { accountId: string; passwordVersion: number; sessionId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean> {
    const { accountId, sessionId, nowMs } = target
    return this.#commit(async ({ client, run, log, changes }) => {
      if (!(await holdUnchangedAccount(client, target))) return false
      const text =
        'UPDATE barbell.sessions SET confirmed_at_ms = $3 WHERE account_id = $1 AND id = $2'
      if ((await run(text, [accountId, sessionId, nowMs])) === 0) return false
      await log(event)
      await changes({ accountId })
      return true
    })
  }

  endSession(
    target: { accountId: string; sessionId: string },
    event: AuditEvent,
  ): Promise<boolean> {
    const { accountId, sessionId } = target
    return this.#commit(async ({ run, log, changes }) => {
      const text = 'DELETE FROM barbell.sessions WHERE account_id = $1 AND id = $2'
      if ((await run(text, [accountId, sessionId])) === 0) return false
      await log(event)
      await changes({ accountId })
      return true
    })
  }

  endOtherSessions(
    target: { accountId: string; sessionId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<number> {
    return this.#commit(async ({ client, log, changes }) => {
      const ended = await endSessionsBut(client, target)
      if (ended === 0) return 0
      await log(event)
      await changes({ accountId: target.accountId })
      return ended
    })
  }

  signingKeys(): Promise<SigningKeyRecord[]> {
    return this.#use(() => signingKeysNewestFirst(this.#pool))
  }

  insertFirstSigningKey(key: SigningKeyRecord, event: AuditEvent): Promise<SigningKeyRecord[]> {
    return this.#commit(async ({ client, log }) => {
      await lockSigningKeys(client)
      const known = await signingKeysNewestFirst(client)
      if (known.length > 0) return known
      await signingKeys.insert(client, [key])
      await log(event)
      return [key]
    })
  }

  rotateSigningKey(
    swap: { next: SigningKeyRecord; endsAtMs: number },
    event: AuditEvent,
  ): Promise<SigningKeyRecord[]> {
    return this.#commit(async ({ client, run, log }) => {
      await lockSigningKeys(client)
      await run('UPDATE barbell.signing_keys SET ends_at_ms = $1 WHERE ends_at_ms IS NULL', [
        swap.endsAtMs,
      ])
      await signingKeys.insert(client, [swap.next])
      await log(event)
      return await signingKeysNewestFirst(client)
    })
  }

  dropSigningKeys(next: SigningKeyRecord, event: AuditEvent): Promise<SigningKeyRecord[]> {
    return this.#commit(async ({ client, run, log, changes }) => {
      await lockSigningKeys(client)
      await run('DELETE FROM barbell.signing_keys', [])
      // Not TRUNCATE: that waits for a dump to end. 300,000 rows take an eighth of a second.
      await run('DELETE FROM barbell.sessions', [])
      await signingKeys.insert(client, [next])
      await log(event)
      await changes('everything')
      return [next]
    })
  }

  async appendAudit(event: AuditEvent): Promise<void> {
    // Not a bare statement: a server that was silent too long would still carry it out when it wakes.
    await this.#commit(({ log }) => log(event))
  }

  latestAudit(limit: number): Promise<AuditEvent[]> {
    const rest = 'ORDER BY at_ms DESC, seq DESC LIMIT $1'
    return this.#use(() => audit.all(this.#pool, rest, [Math.max(0, limit)]))
  }

  auditOf(accountId: string, limit: number): Promise<AuditEvent[]> {
    const rest = `
      WHERE account_id = $1 AND EXISTS (SELECT 1 FROM barbell.accounts WHERE id = $1)
      ORDER BY at_ms DESC, seq DESC LIMIT $2`
    const atMost = Math.max(0, Math.min(limit, auditKeptPerAccount))
    return this.#use(() => audit.all(this.#pool, rest, [accountId, atMost]))
  }

  deleteExpired(nowMs: number): Promise<Swept> {
    // Nobody has to forget: what has ended is refused by its times, in a cache too.
    return this.#use(() => sweep(this.#pool, nowMs)).finally(() => this.#cache.forgetAll())
  }

  async readTable<Table extends keyof StoreTables>(
    table: Table,
    { afterId, limit }: { afterId: string | null; limit: number },
  ): Promise<StoreTables[Table][]> {
    const rest = 'WHERE $1::text IS NULL OR id > $1 ORDER BY id LIMIT $2'
    return await this.#use(async () => {
      if (table === 'keys') await this.#lastUses.write()
      return await recordTables[table].all(this.#pool, rest, [afterId, limit])
    })
  }

  async writeTable<Table extends keyof StoreTables>(
    table: Table,
    records: readonly StoreTables[Table][],
  ): Promise<number> {
    const onConflict = '(id) DO NOTHING'
    const written = this.#commit(async ({ client, changes }) => {
      const added = await recordTables[table].insert(client, records, { onConflict })
      await changes('everything')
      return added
    })
    return await written.catch(refuseCollision)
  }

  async ping(): Promise<void> {
    const text = `SELECT current_setting('transaction_read_only') AS "onlyReads"`
    const [row] = await this.#use(() => queryRows<{ onlyReads: string }>(this.#pool, text))
    if (row?.onlyReads !== 'off') {
      throw new StoreUnavailable('The database only reads, as a replica does.')
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    await this.#feed.close()
    await this.#lastUses.write()
  }

  #cachedAccount(lookup: string, rest: string, value: string): Promise<AccountRecord | null> {
    const load = () => this.#use(() => accounts.one(this.#pool, rest, [value]))
    return this.#cache.through(lookup, load, ({ id }) => id)
  }

  #forget(change: Change): void {
    if (change === 'everything') this.#cache.forgetAll()
    else this.#cache.forget(change.accountId)
  }

  /** What `work` does is stored whole or not at all; it must be able to run twice. */
  async #commit<R>(work: (writing: Writing) => Promise<R>): Promise<R> {
    const changed: Change[] = []
    const write = (client: PoolClient): Promise<R> =>
      work({
        client,
        run: (text, parameters) => changeRows(client, text, parameters),
        log: (...events) => audit.insert(client, events),
        changes: async (change) => {
          changed.push(change)
          await announce(client, change)
        },
      })
    try {
      return await this.#use(() => inTransaction(this.#pool, write))
    } finally {
      // Before anybody is told that it is done; and after a failure, since it may have been stored.
      for (const change of changed) this.#forget(change)
    }
  }

  async #use<R>(call: () => Promise<R>): Promise<R> {
    if (this.#closed) throw new StoreUnavailable('The store is closed.')
    const result = call()
    this.#underWay.add(result)
    try {
      return await result
    } finally {
      this.#underWay.delete(result)
    }
  }
}

function accountIdOf({ accountId }: { accountId: string }): string {
  return accountId
}

/** Of two who choose one name at the same moment, the index lets one through. */
function takenName(error: unknown): 'taken' {
  if (error instanceof DatabaseError && error.constraint === uniqueName) return 'taken'
  throw error
}

/** A record that is there under another id, or whose account is not: a copy of something else is there already. */
function refuseCollision(error: unknown): never {
  if (!(error instanceof DatabaseError) || !error.code?.startsWith(integrityViolation)) throw error
  throw new StoreRefused(
    `A record does not fit those that the database has (${error.message}): copy into an empty one.`,
    { cause: error },
  )
}
