import { join } from 'node:path'
import { Low } from 'lowdb'
import { AuditLog } from './audit-log.ts'
import { refuseHalfRestored } from './backup.ts'
import { addToRing, backupsName, newestGoodBackup } from './backup-ring.ts'
import { lockFile, prepareDirectory } from './data-directory.ts'
import { removeLeftovers } from './durable-file.ts'
import { processLockName } from './process-lock.ts'
import {
  type AccountRecord,
  type AuditEvent,
  isActiveKey,
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
import { StoreDamaged, StoreFile } from './store-file.ts'
import { addMissing, pageOf } from './table-copy.ts'
import {
  activeKeyOf,
  endAllSessions,
  endSessionsBut,
  livingSandboxOf,
  newestFirst,
  removeAccount,
  revokeAllKeys,
  sessionOf,
  sweep,
  unchangedAccount,
} from './table-rules.ts'
import { areChanged, emptyTables, forkTables, settleTables, type Tables } from './tables.ts'
import { refuseHalfCopiedFolder } from './unfinished-copy.ts'

const laterUseDelayMs = 30 * 1000 // half a minute: a last use is on the disk within one

/** What one flush is about to make durable. */
interface Draft {
  tables: Tables
  events: AuditEvent[]
  copies: AuditCopy[]
  writesLaterUses: boolean
  sweeps: boolean
}

/** Events of another store, and how many of them were new here, known once they are durable. */
interface AuditCopy {
  events: readonly AuditEvent[]
  added: number
}

interface Job {
  /** Applies the change to the draft. @returns tells the caller, once the draft is durable */
  stage(draft: Draft): () => void
  reject(error: unknown): void
}

/**
 * Opens the embedded store: `barbell.json` for the records, `audit.jsonl` for the audit log. One process
 * at a time; reads come from memory. A write replaces the whole file: with a key per account, 3 ms at 1,000
 * accounts, 28 ms at 10,000, 273 ms at 100,000 (`npm run bench -- store-cost`). Beyond some 20,000 use PostgreSQL.
 * @throws {StoreRefused} if another process has it, or if a file is damaged or not ours
 */
export async function openLowdbStore(options: Place): Promise<FileStore> {
  try {
    return await open(options)
  } catch (error) {
    throw await explained(error, options.directory)
  }
}

/** From here on every write takes so long that PostgreSQL is the better store (60 ms and more). */
export const lowdbCeilingAccounts = 20_000

/** The store in a file. */
export interface FileStore extends PortableStore {
  accountCount(): number
}

interface Place {
  directory: string
  clock: { nowMs(): number }
  /** Told how long each group of writes took to become durable. */
  onFlush?: (ms: number) => void
  /** Whether it is opened by who copies it: then it need not be whole. */
  isCopied?: boolean
}

/** The files of which an interrupted write can have left a part. */
const writtenNames: ReadonlySet<string> = new Set(['barbell.json', 'audit.jsonl', processLockName])

async function open({ directory, clock, onFlush, isCopied }: Place): Promise<FileStore> {
  const path = join(directory, 'barbell.json')
  await prepareDirectory(directory)
  const lock = new Lock()
  const release = await lockFile(path, (error) => lock.lose(error))
  await using undo = new AsyncDisposableStack()
  undo.defer(release)
  await refuseHalfRestored(directory)
  if (isCopied !== true) await refuseHalfCopiedFolder(directory)
  await removeLeftovers(directory, (name) => writtenNames.has(name))
  const audit = await AuditLog.open(join(directory, 'audit.jsonl'))
  undo.defer(() => audit.close())
  const file = new StoreFile(path, clock, onFlush)
  const db = new Low<Tables>(file, emptyTables())
  await readOrCreate(db, { path, mustExist: audit.size > 0 })
  if (file.isOld) {
    await addToRing({ directory, clock }) // what a later version does not like can be brought back
    await db.write()
  }
  await audit.dropUnwritten(db.data.writes)
  // After an older file was put back by hand the numbers go on: the log's end must not look unwritten.
  db.data = { ...db.data, writes: Math.max(db.data.writes, audit.newestWrite) }
  forgetTheGone(audit, db.data)
  undo.move() // all is well: what was opened stays open until `close`
  return new LowdbStore({ db, audit, lock, release })
}

async function readOrCreate(
  db: Low<Tables>,
  file: { path: string; mustExist: boolean },
): Promise<void> {
  const empty = db.data
  await db.read()
  if (db.data !== empty) return
  if (file.mustExist) {
    throw new StoreDamaged(
      `${file.path} is missing, but audit.jsonl beside it is not empty: restore a backup, or move audit.jsonl away to start anew.`,
    )
  }
  await db.write()
}

/** What the operator can do about it. */
async function explained(error: unknown, directory: string): Promise<unknown> {
  if (error instanceof StoreDamaged) {
    const advice = await adviceFor(directory).catch((broken: unknown) => messageOf(broken))
    return new StoreRefused(`${error.message} Nothing was started. ${advice}`, { cause: error })
  }
  if (!(error instanceof Error && 'syscall' in error)) return error
  return new StoreRefused(
    `${directory} cannot be used: ${error.message}. The server's user must be able to write there, and the disk needs space. Nothing was started.`,
    { cause: error },
  )
}

async function adviceFor(directory: string): Promise<string> {
  const backup = await newestGoodBackup(directory)
  if (backup === null) return `There is no good backup in ${join(directory, backupsName)}.`
  const at = new Date(backup.madeAtMs).toISOString()
  return `The newest good backup was made at ${at}: npm run barbell -- restore ${backup.path}`
}

/** What nobody can ask for any more takes no memory. */
function forgetTheGone(audit: AuditLog, tables: Tables): void {
  audit.keepOnly((accountId) => tables.accounts.get(accountId) !== null)
}

/** Whether this process still is the only one that may write. */
class Lock {
  lostBecause: string | null = null

  lose(error: Error): void {
    this.lostBecause = error.message
  }
}

class LowdbStore implements FileStore {
  readonly inMemory = {
    version: 0,
    accountById: (id: string): AccountRecord | null => this.#tables.accounts.get(id),
    keyByDigest: (digest: string): KeyRecord | null => {
      const key = this.#tables.keys.one('digest', digest)
      return key === null ? null : this.#withLastUse(key)
    },
  }
  readonly #db: Low<Tables>
  readonly #audit: AuditLog
  readonly #lock: Lock
  readonly #release: () => Promise<void>
  /** What is on the disk. Reads see this, never a draft. */
  #tables: Tables
  #queue: Job[] = []
  #draining: Promise<void> | null = null
  /** Last uses that are not on the disk yet. */
  readonly #laterUses = new Map<string, number>()
  #laterUseTimer: NodeJS.Timeout | null = null
  #closed = false

  constructor(parts: {
    db: Low<Tables>
    audit: AuditLog
    lock: Lock
    release: () => Promise<void>
  }) {
    this.#db = parts.db
    this.#audit = parts.audit
    this.#lock = parts.lock
    this.#release = parts.release
    this.#tables = parts.db.data
  }

  accountCount(): number {
    return this.#tables.accounts.size
  }

  accountById(id: string): Promise<AccountRecord | null> {
    return Promise.resolve(this.inMemory.accountById(id))
  }

  accountByName(canonicalName: string): Promise<AccountRecord | null> {
    return Promise.resolve(this.#tables.accounts.one('canonicalName', canonicalName))
  }

  accountBySeedDigest(seedDigest: string): Promise<AccountRecord | null> {
    return Promise.resolve(this.#tables.accounts.one('seedDigest', seedDigest))
  }

  insertAccount(
    entry: { account: AccountRecord; firstKey: KeyRecord | null },
    event: AuditEvent,
  ): Promise<'inserted' | 'taken'> {
    return this.#commit(({ tables, events }) => {
      const { account, firstKey } = entry
      if (tables.accounts.one('canonicalName', account.canonicalName) !== null) return 'taken'
      tables.accounts.put(account)
      if (firstKey !== null) tables.keys.put(firstKey)
      events.push(event)
      return 'inserted'
    })
  }

  keepAccount(change: KeptAccount, event: AuditEvent): Promise<'kept' | 'taken' | 'no_sandbox'> {
    return this.#commit(({ tables, events }) => {
      const account = livingSandboxOf(tables, change)
      if (account === null) return 'no_sandbox'
      const { accountId, username, canonicalName, passwordHash, nowMs } = change
      if (tables.accounts.one('canonicalName', canonicalName) !== null) return 'taken'
      tables.accounts.put({
        ...account,
        username,
        canonicalName,
        kind: 'own',
        passwordHash,
        passwordVersion: account.passwordVersion + 1,
        seedDigest: null,
        expiresAtMs: null,
      })
      endAllSessions(tables, accountId)
      revokeAllKeys(tables, { accountId, nowMs })
      events.push(event)
      return 'kept'
    })
  }

  replacePasswordHash(accountId: string, swap: { from: string; to: string }): Promise<boolean> {
    return this.#commit(({ tables }) => {
      const account = tables.accounts.get(accountId)
      if (account?.passwordHash !== swap.from) return false
      tables.accounts.put({ ...account, passwordHash: swap.to })
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
    changeEvents: readonly AuditEvent[],
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      const { passwordHash, sessionId, nowMs } = change
      const account = unchangedAccount(tables, change)
      if (account === null) return false
      const passwordVersion = account.passwordVersion + 1
      tables.accounts.put({ ...account, passwordHash, passwordVersion })
      endSessionsBut(tables, change)
      const session = sessionOf(tables, { accountId: account.id, sessionId })
      if (session !== null) tables.sessions.put({ ...session, confirmedAtMs: nowMs })
      if (change.revokeKeys) revokeAllKeys(tables, { accountId: account.id, nowMs })
      events.push(...changeEvents)
      return true
    })
  }

  deleteAccount(
    target: { accountId: string; passwordVersion: number },
    event: AuditEvent,
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      if (unchangedAccount(tables, target) === null) return false
      removeAccount(tables, target.accountId)
      events.push(event)
      return true
    })
  }

  setAccountDisabled(
    change: { accountId: string; disabledAtMs: number | null },
    event: AuditEvent,
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      const { accountId, disabledAtMs } = change
      const account = tables.accounts.get(accountId)
      const isClosed = account !== null && account.disabledAtMs !== null
      const closes = disabledAtMs !== null
      if (account === null || isClosed === closes) return false
      tables.accounts.put({ ...account, disabledAtMs })
      if (closes) endAllSessions(tables, accountId)
      events.push(event)
      return true
    })
  }

  keyByDigest(digest: string): Promise<KeyRecord | null> {
    return Promise.resolve(this.inMemory.keyByDigest(digest))
  }

  keysOf(accountId: string): Promise<KeyRecord[]> {
    const keys = this.#tables.keys.where('accountId', accountId)
    return Promise.resolve(keys.map((key) => this.#withLastUse(key)))
  }

  insertKey(
    key: KeyRecord,
    rule: { maxActive: number; nowMs: number },
    event: AuditEvent,
  ): Promise<'inserted' | 'limit_reached' | 'no_account'> {
    return this.#commit(({ tables, events }) => {
      if (tables.accounts.get(key.accountId) === null) return 'no_account'
      const counted = tables.keys
        .where('accountId', key.accountId)
        .filter((other) => isActiveKey(other, rule.nowMs) && other.successorId === null)
      if (counted.length >= rule.maxActive) return 'limit_reached'
      tables.keys.put(key)
      events.push(event)
      return 'inserted'
    })
  }

  replaceKey(
    swap: { keyId: string; successor: KeyRecord; endsAtMs: number; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      const { successor, endsAtMs, nowMs } = swap
      const old = activeKeyOf(tables, { ...swap, accountId: successor.accountId })
      if (old === null || old.successorId !== null) return false
      for (const predecessor of tables.keys.where('successorId', old.id)) {
        if (isActiveKey(predecessor, nowMs)) tables.keys.put({ ...predecessor, expiresAtMs: nowMs })
      }
      const expiresAtMs = Math.min(endsAtMs, old.expiresAtMs ?? endsAtMs)
      tables.keys.put({ ...old, expiresAtMs, successorId: successor.id })
      tables.keys.put(successor)
      events.push(event)
      return true
    })
  }

  revokeKey(
    target: { accountId: string; keyId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      const key = activeKeyOf(tables, target)
      if (key === null) return false
      tables.keys.put({ ...key, revokedAtMs: target.nowMs })
      events.push(event)
      return true
    })
  }

  async noteFirstUse(keyId: string, usedAtMs: number, event: AuditEvent): Promise<void> {
    const wasUsed = await this.#commit(({ tables, events }) => {
      const key = tables.keys.get(keyId)
      if (key === null || key.lastUsedAtMs !== null) return key !== null
      if (!isActiveKey(key, usedAtMs)) return false
      tables.keys.put({ ...key, lastUsedAtMs: usedAtMs })
      events.push(event)
      return false
    })
    if (wasUsed) this.noteLaterUse(keyId, usedAtMs)
  }

  noteLaterUse(keyId: string, usedAtMs: number): void {
    const written = this.#tables.keys.get(keyId)?.lastUsedAtMs ?? null
    if (written === null || this.#closed) return
    if (usedAtMs <= (this.#laterUses.get(keyId) ?? written)) return
    this.#laterUses.set(keyId, usedAtMs)
    this.#laterUseTimer ??= setTimeout(() => {
      // What could not be written stays in #laterUses, and the next use tries again.
      this.#writeLaterUses().catch(() => undefined)
    }, laterUseDelayMs).unref()
  }

  sessionById(id: string): Promise<SessionRecord | null> {
    return Promise.resolve(this.#tables.sessions.get(id))
  }

  sessionsOf(accountId: string): Promise<SessionRecord[]> {
    return Promise.resolve(this.#tables.sessions.where('accountId', accountId))
  }

  insertSession(
    entry: { session: SessionRecord; passwordVersion: number; replaces: string | null },
    event: AuditEvent,
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      const { session, passwordVersion, replaces } = entry
      const { accountId } = session
      const account = unchangedAccount(tables, { accountId, passwordVersion })
      if (account === null || account.disabledAtMs !== null) return false
      if (replaces !== null) tables.sessions.remove(replaces)
      tables.sessions.put(session)
      events.push(event)
      return true
    })
  }

  confirmSession(
    target: { accountId: string; passwordVersion: number; sessionId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      const session = sessionOf(tables, target)
      if (session === null || unchangedAccount(tables, target) === null) return false
      tables.sessions.put({ ...session, confirmedAtMs: target.nowMs })
      events.push(event)
      return true
    })
  }

  endSession(
    target: { accountId: string; sessionId: string },
    event: AuditEvent,
  ): Promise<boolean> {
    return this.#commit(({ tables, events }) => {
      const session = sessionOf(tables, target)
      if (session === null) return false
      tables.sessions.remove(session.id)
      events.push(event)
      return true
    })
  }

  endOtherSessions(
    target: { accountId: string; sessionId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<number> {
    return this.#commit(({ tables, events }) => {
      const ended = endSessionsBut(tables, target)
      if (ended > 0) events.push(event)
      return ended
    })
  }

  signingKeys(): Promise<SigningKeyRecord[]> {
    return Promise.resolve(newestFirst(this.#tables))
  }

  insertFirstSigningKey(key: SigningKeyRecord, event: AuditEvent): Promise<SigningKeyRecord[]> {
    return this.#commit(({ tables, events }) => {
      if (tables.signingKeys.size === 0) {
        tables.signingKeys.put(key)
        events.push(event)
      }
      return newestFirst(tables)
    })
  }

  rotateSigningKey(
    swap: { next: SigningKeyRecord; endsAtMs: number },
    event: AuditEvent,
  ): Promise<SigningKeyRecord[]> {
    return this.#commit(({ tables, events }) => {
      for (const key of [...tables.signingKeys.rows()]) {
        if (key.endsAtMs === null) tables.signingKeys.put({ ...key, endsAtMs: swap.endsAtMs })
      }
      tables.signingKeys.put(swap.next)
      events.push(event)
      return newestFirst(tables)
    })
  }

  dropSigningKeys(next: SigningKeyRecord, event: AuditEvent): Promise<SigningKeyRecord[]> {
    return this.#commit(({ tables, events }) => {
      for (const { id } of [...tables.signingKeys.rows()]) tables.signingKeys.remove(id)
      for (const { id } of [...tables.sessions.rows()]) tables.sessions.remove(id)
      tables.signingKeys.put(next)
      events.push(event)
      return newestFirst(tables)
    })
  }

  appendAudit(event: AuditEvent): Promise<void> {
    return this.#commit(({ events }) => {
      events.push(event)
    })
  }

  latestAudit(limit: number): Promise<AuditEvent[]> {
    return this.#audit.latest(limit).catch(auditUnreadable)
  }

  auditOf(accountId: string, limit: number): Promise<AuditEvent[]> {
    if (this.#tables.accounts.get(accountId) === null) return Promise.resolve([])
    return this.#audit.latestOf(accountId, limit).catch(auditUnreadable)
  }

  deleteExpired(nowMs: number): Promise<Swept> {
    return this.#commit((draft) => {
      draft.sweeps = true
      return sweep(draft.tables, nowMs)
    })
  }

  readTable<Table extends keyof StoreTables>(
    table: Table,
    page: { afterId: string | null; limit: number },
  ): Promise<StoreTables[Table][]>
  async readTable(
    table: keyof StoreTables,
    page: { afterId: string | null; limit: number },
  ): Promise<StoreTables[keyof StoreTables][]> {
    if (table === 'audit') return this.#audit.page(page).catch(auditUnreadable)
    await this.#writeLaterUses()
    return pageOf<StoreTables[typeof table]>(this.#tables[table].rows(), page)
  }

  writeTable<Table extends keyof StoreTables>(
    table: Table,
    records: readonly StoreTables[Table][],
  ): Promise<number>
  async writeTable(
    table: keyof StoreTables,
    records: readonly StoreTables[keyof StoreTables][],
  ): Promise<number> {
    if (table === 'audit') return this.#copyAudit(records as readonly AuditEvent[])
    const rows = records as readonly Exclude<StoreTables[keyof StoreTables], AuditEvent>[]
    const added = await this.#commit(({ tables }) => addMissing(tables, table, rows))
    if (added instanceof StoreRefused) throw added
    return added
  }

  async #copyAudit(events: readonly AuditEvent[]): Promise<number> {
    const copy: AuditCopy = { events, added: 0 }
    await this.#commit(({ copies }) => {
      copies.push(copy)
    })
    return copy.added
  }

  ping(): Promise<void> {
    const reason = this.#whyUnusable()
    return reason === null ? Promise.resolve() : Promise.reject(new StoreUnavailable(reason))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const lastWrite = this.#writeLaterUses()
    this.#closed = true
    try {
      await lastWrite
    } finally {
      await this.#draining
      await this.#audit.close()
      await this.#release()
    }
  }

  #whyUnusable(): string | null {
    if (this.#closed) return 'The store is closed.'
    if (this.#lock.lostBecause === null) return null
    return `The store's lock is lost: ${this.#lock.lostBecause}. Restart this server.`
  }

  #withLastUse(key: KeyRecord): KeyRecord {
    const usedAtMs = this.#laterUses.get(key.id)
    return usedAtMs === undefined ? key : { ...key, lastUsedAtMs: usedAtMs }
  }

  async #writeLaterUses(): Promise<void> {
    if (this.#laterUseTimer !== null) clearTimeout(this.#laterUseTimer)
    this.#laterUseTimer = null
    if (this.#laterUses.size === 0) return
    await this.#commit((draft) => {
      draft.writesLaterUses = true
    })
  }

  /**
   * Group commit: a change waits for the flush that runs, and then all that wait share the next one.
   * Inside a flush changes see each other in order, so that rules such as uniqueness hold; outside
   * nobody sees them until they are on the disk.
   */
  #commit<R>(change: (draft: Draft) => R): Promise<R> {
    const reason = this.#whyUnusable()
    if (reason !== null) return Promise.reject(new StoreUnavailable(reason))
    const { promise, resolve, reject } = Promise.withResolvers<R>()
    this.#queue.push({
      stage: (draft) => {
        const result = change(draft)
        return () => resolve(result)
      },
      reject,
    })
    this.#draining ??= this.#drain()
    return promise
  }

  async #drain(): Promise<void> {
    await Promise.resolve() // calls of the same moment share the first flush
    while (this.#queue.length > 0) await this.#flush(this.#queue.splice(0))
    this.#draining = null
  }

  async #flush(jobs: Job[]): Promise<void> {
    const tables = forkTables(this.#tables)
    const draft = { tables, events: [], copies: [], writesLaterUses: false, sweeps: false }
    try {
      const tellCallers = jobs.map((job) => job.stage(draft))
      await this.#write(draft)
      if (draft.sweeps) forgetTheGone(this.#audit, this.#tables)
      for (const tell of tellCallers) tell()
    } catch (error) {
      for (const job of jobs) job.reject(error)
    }
  }

  async #write(draft: Draft): Promise<void> {
    const reason = this.#lock.lostBecause
    if (reason !== null) throw new StoreUnavailable(`The store's lock is lost: ${reason}.`)
    const auditSize = this.#audit.size
    try {
      const isChanged = draft.writesLaterUses || areChanged(draft.tables)
      for (const copy of draft.copies) copy.added = await this.#audit.addMissing(copy.events)
      if (draft.events.length > 0) {
        await this.#audit.append(draft.events, isChanged ? draft.tables.writes : null)
      }
      if (isChanged) await this.#writeTables(draft.tables)
    } catch (error) {
      await this.#audit.cutTo(auditSize).catch(() => undefined) // tried again before the next append
      throw new StoreUnavailable(`The store could not be written: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  async #writeTables(tables: Tables): Promise<void> {
    const written = new Map(this.#laterUses)
    for (const [keyId, lastUsedAtMs] of written) {
      const key = tables.keys.get(keyId) // the key as it is now: a use never brings back an older one
      if (key !== null) tables.keys.put({ ...key, lastUsedAtMs })
    }
    try {
      this.#db.data = tables
      await this.#db.write()
      settleTables(tables)
      this.#tables = tables
      this.inMemory.version += 1
    } finally {
      this.#db.data = this.#tables
    }
    for (const [keyId, usedAtMs] of written) {
      if (this.#laterUses.get(keyId) === usedAtMs) this.#laterUses.delete(keyId)
    }
  }
}

function auditUnreadable(error: unknown): never {
  throw new StoreUnavailable(`The audit log could not be read: ${messageOf(error)}`, {
    cause: error,
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
