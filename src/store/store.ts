/** What a store that has everything in memory looks up without a promise: what every call with a key asks for. */
export interface InMemory {
  /**
   * Another number whenever one of the look-ups may answer otherwise than before, but for a key's later uses: until then
   * their answers stand.
   */
  readonly version: number
  accountById(id: string): AccountRecord | null
  keyByDigest(digest: string): KeyRecord | null
}

/**
 * What the domain keeps, and what it may ask of whoever keeps it. Two rules hold for every method:
 *
 * - It resolves only when the change is durable. What a method rejected is not there afterwards, not
 *   in memory either; it rejects with `StoreUnavailable` when the medium fails.
 * - A change and the audit event of that change are stored both or not at all. A change that a rule
 *   refused ("taken", "limit_reached", false) stores no event.
 *
 * Times are milliseconds since 1970 (UTC). Uniqueness is the store's authority, never a look-up before.
 */
export interface Store {
  /** Null where nothing can be looked up without waiting. */
  readonly inMemory: InMemory | null
  accountById(id: string): Promise<AccountRecord | null>
  /** @param canonicalName lower case, as in the record */
  accountByName(canonicalName: string): Promise<AccountRecord | null>
  accountBySeedDigest(seedDigest: string): Promise<AccountRecord | null>
  /** Stores an account, and its first key with it if there is one. Of two with one name, one is `taken`. */
  insertAccount(
    entry: { account: AccountRecord; firstKey: KeyRecord | null },
    event: AuditEvent,
  ): Promise<'inserted' | 'taken'>
  /**
   * Makes a sandbox account an own one under another name and password, in one step: it no longer ends or has a
   * seed, every session of it is over and every key revoked.
   * @returns `taken` if another account has the name; `no_sandbox` if the account is gone, has ended, is closed, or
   * is an own one already
   */
  keepAccount(change: KeptAccount, event: AuditEvent): Promise<'kept' | 'taken' | 'no_sandbox'>
  /** Another hash of the same password. Does nothing and tells `false` if the hash is no longer `from`. */
  replacePasswordHash(accountId: string, swap: { from: string; to: string }): Promise<boolean>
  /**
   * A new password, with all that ends with the old one, in one step: every session but `sessionId` (which
   * counts as confirmed, since the password was just given), and with `revokeKeys` every key.
   * @returns false if the account is gone, or if `passwordVersion` is no longer its version
   */
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
  ): Promise<boolean>
  /**
   * Removes an account with everything of its; audit events stay.
   * @returns false if it is gone already, or if `passwordVersion` is no longer its version
   */
  deleteAccount(
    target: { accountId: string; passwordVersion: number },
    event: AuditEvent,
  ): Promise<boolean>

  /**
   * Closes an account, or opens it again. Closing ends every session of it; its keys stay, and count for nothing
   * until it is open again.
   * @returns false if the account is gone, or is closed or open already
   */
  setAccountDisabled(
    change: { accountId: string; disabledAtMs: number | null },
    event: AuditEvent,
  ): Promise<boolean>

  keyByDigest(digest: string): Promise<KeyRecord | null>
  /** All keys of an account that are not swept yet, ended ones too, in the order of their making. */
  keysOf(accountId: string): Promise<KeyRecord[]>
  /** Counts and inserts in one step. A key that has a successor does not count (see `replaceKey`). */
  insertKey(
    key: KeyRecord,
    rule: { maxActive: number; nowMs: number },
    event: AuditEvent,
  ): Promise<'inserted' | 'limit_reached' | 'no_account'>
  /**
   * Inserts `successor` and lets key `keyId` of the same account end at `endsAtMs`, in one step.
   * The successor takes over the old key's place in the count. A key has at most one successor, and only
   * one predecessor may still be valid: the predecessor's own predecessor ends now. So an account with
   * n places never has more than 2n valid keys.
   * @returns false if the account has no such active key, or it has a successor already
   */
  replaceKey(
    swap: { keyId: string; successor: KeyRecord; endsAtMs: number; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean>
  /** @returns false if the account has no such active key */
  revokeKey(
    target: { accountId: string; keyId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean>
  /** Remembers that a key was used. The event is stored only if this is its first use. Never brings back a key. */
  noteFirstUse(keyId: string, usedAtMs: number, event: AuditEvent): Promise<void>
  /**
   * Remembers that a key was used once more: look-ups say so at once, and within a minute it is written. Of uses that
   * come in another order the latest counts. Never brings back a key that has ended.
   */
  noteLaterUse(keyId: string, usedAtMs: number): void

  sessionById(id: string): Promise<SessionRecord | null>
  /** All sessions of an account that are not swept yet, ended ones too, in the order of their making. */
  sessionsOf(accountId: string): Promise<SessionRecord[]>
  /**
   * Also ends the session `replaces`, if it is there.
   * @returns false if the account is gone or closed, or if the password that opened the session has been changed since:
   * `passwordVersion` is the one of the account whose password it was
   */
  insertSession(
    entry: { session: SessionRecord; passwordVersion: number; replaces: string | null },
    event: AuditEvent,
  ): Promise<boolean>
  /** @returns false if the account has no such session, or if its password has been changed since */
  confirmSession(
    target: { accountId: string; passwordVersion: number; sessionId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<boolean>
  /** @returns false if the account has no such session */
  endSession(target: { accountId: string; sessionId: string }, event: AuditEvent): Promise<boolean>
  /** Ends every session of the account but one. @returns how many went on until now; none leaves no event */
  endOtherSessions(
    target: { accountId: string; sessionId: string; nowMs: number },
    event: AuditEvent,
  ): Promise<number>

  /** All signing keys, newest first: the first one signs. */
  signingKeys(): Promise<SigningKeyRecord[]>
  /** Stores the key only if there is none yet, so that two starters agree. @returns as `signingKeys` */
  insertFirstSigningKey(key: SigningKeyRecord, event: AuditEvent): Promise<SigningKeyRecord[]>
  /** Adds `next` and lets the key before it end at `endsAtMs`, in one step. @returns as `signingKeys` */
  rotateSigningKey(
    swap: { next: SigningKeyRecord; endsAtMs: number },
    event: AuditEvent,
  ): Promise<SigningKeyRecord[]>
  /** Removes every signing key and every session, and adds `next`, in one step. @returns as `signingKeys` */
  dropSigningKeys(next: SigningKeyRecord, event: AuditEvent): Promise<SigningKeyRecord[]>

  /** For events that change nothing else, such as a refused login. */
  appendAudit(event: AuditEvent): Promise<void>
  /** The newest `limit` events, newest first. */
  latestAudit(limit: number): Promise<AuditEvent[]>
  /** The newest `limit` events about an account that there is, newest first; at most `auditKeptPerAccount`. */
  auditOf(accountId: string, limit: number): Promise<AuditEvent[]>

  /**
   * Removes ended accounts with everything of theirs, ended sessions, ended signing keys, and keys that
   * ended more than `endedKeyKeptMs` ago. Audit events stay.
   */
  deleteExpired(nowMs: number): Promise<Swept>
  /** Resolves while the store can be used. For readiness. */
  ping(): Promise<void>
  /** Writes what is pending and lets go of the medium. */
  close(): Promise<void>
}

/** Everything that a store keeps, by table. */
export interface StoreTables {
  accounts: AccountRecord
  keys: KeyRecord
  sessions: SessionRecord
  signingKeys: SigningKeyRecord
  audit: AuditEvent
}

/** The tables in an order in which every record comes after those that it names. */
export const storeTables = ['accounts', 'keys', 'sessions', 'signingKeys', 'audit'] as const

/** A store that can be copied whole, by whoever has it to himself. */
export interface PortableStore extends Store {
  /**
   * Records of a table in ascending order of their ids, by code units.
   * @param page.afterId the last id of the page before; null for the first page
   * @param page.limit 1 to 10,000
   */
  readTable<Table extends keyof StoreTables>(
    table: Table,
    page: { afterId: string | null; limit: number },
  ): Promise<StoreTables[Table][]>
  /**
   * Adds the records whose ids are not there yet, in one step; those that are there stay as they are, so that a
   * copy that was interrupted can be repeated.
   * @returns how many were added
   */
  writeTable<Table extends keyof StoreTables>(
    table: Table,
    records: readonly StoreTables[Table][],
  ): Promise<number>
}

/** Keeps how often accounts call, by key and hour. Not part of `Store`: nothing is decided by it. */
export interface UsageStore {
  /** Adds to what is there. What is of accounts that are gone is left out. */
  addUsage(records: readonly UsageRecord[]): Promise<void>
  /** The records of an account from a moment on, one for each key and hour. */
  usageOf(accountId: string, sinceMs: number): Promise<UsageRecord[]>
  /** Removes what is older than `usageKeptMs`, and what is of accounts that are gone. */
  sweepUsage(nowMs: number): Promise<void>
}

/** Usage that can be copied whole, by whoever has the store to himself. */
export interface PortableUsage extends UsageStore {
  /**
   * Records of accounts that are there, in ascending order of their `usageIdOf`, by code units.
   * @param page.after the last record of the page before; null for the first page
   * @param page.limit 1 to 10,000
   */
  readUsage(page: { after: UsageRecord | null; limit: number }): Promise<UsageRecord[]>
  /** Adds the records that are not there yet, as they are; nothing is added to those that are there. */
  writeUsage(records: readonly UsageRecord[]): Promise<void>
}

/** The calls of a key, or of an account's tokens, in an hour. */
export interface UsageRecord {
  readonly accountId: string
  /** Null for calls with a token. */
  readonly keyId: string | null
  /** When the hour began. */
  readonly hourMs: number
  readonly counts: UsageCounts
}

/** One text for each account, hour and key. */
export function usageIdOf({ accountId, keyId, hourMs }: Omit<UsageRecord, 'counts'>): string {
  return `${accountId} ${String(hourMs).padStart(16, '0')} ${keyId ?? ''}`
}

/** How calls were answered: 2xx and 3xx, 4xx, 429, 5xx. */
export const usageOutcomes = ['accepted', 'refused', 'limited', 'failed'] as const
export type UsageOutcome = (typeof usageOutcomes)[number]
export type UsageCounts = Readonly<Record<UsageOutcome, number>>

export const noUsage: UsageCounts = { accepted: 0, refused: 0, limited: 0, failed: 0 }

/** The calls of both. */
export function addUsage(some: UsageCounts = noUsage, more: UsageCounts = noUsage): UsageCounts {
  return {
    accepted: some.accepted + more.accepted,
    refused: some.refused + more.refused,
    limited: some.limited + more.limited,
    failed: some.failed + more.failed,
  }
}

/** How long calls are remembered. */
export const usageKeptMs = 31 * 24 * 60 * 60 * 1000 // 30 whole days and the one that is under way

/** How long an ended key is kept, so that a refusal can be explained and its digest is never issued again. */
export const endedKeyKeptMs = 30 * 24 * 60 * 60 * 1000 // 30 days

/** How many events of an account its owner can look back on. */
export const auditKeptPerAccount = 100

/** Somebody who can sign in. */
export interface AccountRecord {
  readonly id: string
  /** As it was typed at registration. */
  readonly username: string
  /** Unique: the lower-case form. */
  readonly canonicalName: string
  readonly kind: 'own' | 'sandbox'
  /** `{pepper id}:{bcrypt hash}` */
  readonly passwordHash: string
  /** One more with each new password; another hash of the same password leaves it as it is. */
  readonly passwordVersion: number
  /** Unique. Of a sandbox account: SHA-256 of the seed that everything of it is derived from. */
  readonly seedDigest: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  /** When the operator closed it; null while it is open. */
  readonly disabledAtMs: number | null
}

/** What becomes of a sandbox account that is kept. */
export interface KeptAccount {
  accountId: string
  username: string
  /** Lower case, as in the record. */
  canonicalName: string
  passwordHash: string
  nowMs: number
}

/** An API key without the key itself. */
export interface KeyRecord {
  readonly id: string
  readonly accountId: string
  /** Unique. `{pepper id}:{HMAC-SHA-256 in base64url}` */
  readonly digest: string
  readonly label: string
  readonly hint: string
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly revokedAtMs: number | null
  readonly lastUsedAtMs: number | null
  /** The key that took its place. */
  readonly successorId: string | null
}

/** A stretch of being signed in. */
export interface SessionRecord {
  readonly id: string
  readonly accountId: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly userAgent: string
  readonly address: string
  /** When the account's password was last given in it. */
  readonly confirmedAtMs: number
}

/** An Ed25519 key; the private half is encrypted under a secret that the store never sees. */
export interface SigningKeyRecord {
  /** The `kid`: the RFC 7638 thumbprint. */
  readonly id: string
  /** The public key: `x` of RFC 8037 section 2, base64url. */
  readonly publicX: string
  /** A JWE (RFC 7516, compact) of the 32-byte private key. */
  readonly sealedPrivateKey: string
  readonly createdAtMs: number
  /** From here on it verifies nothing: its last token has ended. Null while it signs. */
  readonly endsAtMs: number | null
}

/** What happened. Holds no key, token, password or text that somebody typed into a credential field. */
export interface AuditEvent {
  readonly id: string
  readonly atMs: number
  readonly action: AuditAction
  readonly outcome: 'done' | 'refused'
  /** The account that it was about, where one is known. */
  readonly accountId: string | null
  /** The key, session or signing key that it was about. */
  readonly subjectId: string | null
  readonly because: string | null
  readonly address: string
  readonly requestId: string
  readonly userAgent: string
}

export type AuditAction =
  | 'account_registered'
  | 'sandbox_opened'
  | 'account_kept'
  | 'signed_in'
  | 'sign_in_locked'
  | 'session_ended'
  | 'other_sessions_ended'
  | 'password_confirmed'
  | 'password_changed'
  | 'account_deleted'
  | 'account_disabled'
  | 'account_enabled'
  | 'password_reset'
  | 'key_issued'
  | 'key_replaced'
  | 'key_revoked'
  | 'all_keys_revoked'
  | 'key_first_used'
  | 'signing_key_made'
  | 'signing_key_rotated'
  | 'signing_keys_dropped'

/** How many records a sweep removed. */
export interface Swept {
  accounts: number
  keys: number
  sessions: number
}

/** Whether a key may still be used at a moment. One rule for the stores and the domain. */
export function isActiveKey(key: KeyRecord, nowMs: number): boolean {
  return key.revokedAtMs === null && (key.expiresAtMs === null || nowMs < key.expiresAtMs)
}

/** The medium failed or is gone; nothing of the call was stored. The message is for the operator. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreUnavailable'
  }
}

/** The store cannot be opened as it is found. The message says what to do about it. */
export class StoreRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreRefused'
  }
}
