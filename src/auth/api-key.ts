import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  type AccountRecord,
  type InMemory,
  isActiveKey,
  type KeyRecord,
  StoreUnavailable,
} from '#store/store.ts'
import type { AcceptedKey } from './accepted-keys.ts'
import { accountOf, isLiving, livingAccount } from './account.ts'
import { auditEvent } from './audit.ts'
import type { ApiKey, CallSubject, Caller, KeyIdentity, KeySecret } from './auth.ts'
import type { LimitDecision } from './limiter.ts'
import { refuseUnless } from './login-guard.ts'
import type { AuthParts } from './parts.ts'
import { base62, type Random, randomId, randomText } from './random.ts'
import { Refusal } from './refusal.ts'
import type { Secrets } from './secrets.ts'
import { characterCount } from './text.ts'
import { canonicalName } from './username.ts'

/** Active keys per account; one that is being replaced does not count. */
export const maxActiveKeys = 5

const secretLength = 16 // 95 bits
const maxLabelCharacters = 64
const defaultLabel = 'API key'
const maxOverlapSeconds = 7 * 24 * 60 * 60 // a week
const minuteMs = 60 * 1000

/** `{USERNAME}:{KEY}` and nothing else: the longest is 49 characters. */
const credentialShape = /^([A-Za-z0-9_-]{3,32}):([0-9A-Za-z]{16})$/

/** A username as its caller wrote it, in canonical form, with the key that is claimed to be its. */
export interface KeyCredential {
  name: string
  secret: KeySecret
}

/**
 * Splits an `x-api-auth` value at its only colon.
 * @param value raw field value. @returns null if it is not exactly `{USERNAME}:{KEY}`
 * @see RFC 9110 section 5.5
 */
export function parseApiKey(value: string): KeyCredential | null {
  const [, username, secret] = credentialShape.exec(value) ?? []
  if (username === undefined || secret === undefined) return null
  const name = canonicalName(username)
  return name === null ? null : { name, secret: secret as KeySecret }
}

/** Makes the 16 characters of a key. */
export function makeKeySecret(random: Random): KeySecret {
  return randomText(random, base62, secretLength) as KeySecret
}

/**
 * What the store keeps of a key: an HMAC-SHA-256 over name and key. Not a password hash: 95 random bits
 * cannot be guessed, and 85 ms per request would be a gift to whoever wants the server down. The name is
 * part of it, so that a key opens nothing under another name.
 * @param pepperId which pepper, by default the newest
 */
export function digestKey(
  secrets: Secrets,
  credential: KeyCredential,
  pepperId: string = secrets.currentId,
): string {
  const hmac = createHmac('sha256', secrets.key('api-key', pepperId))
  return `${pepperId}:${hmac.update(`${credential.name}:${credential.secret}`).digest('base64url')}`
}

/**
 * @returns at once for most calls: see `acceptedKey`
 * @throws {Refusal} invalid_api_key for every reason alike; too_many_requests. It is the promise that rejects
 */
export function checkApiKey(
  parts: AuthParts,
  value: string,
  caller: Caller,
): KeyIdentity | Promise<KeyIdentity> {
  const failures = parts.limiter.peek('key_failures_address', caller.address)
  const isFree = !(failures instanceof Promise) && failures.allowed
  return (isFree ? acceptedKey(parts, value) : null) ?? decide(parts, failures, value, caller)
}

/**
 * Whose key this is, where that takes no waiting: it was accepted lately, still works, and this is not its first use.
 * @returns null for any other
 */
function acceptedKey(parts: AuthParts, value: string): KeyIdentity | null {
  const { inMemory } = parts.store
  const credential = inMemory === null ? null : parseApiKey(value)
  if (inMemory === null || credential === null) return null
  const accepted = parts.acceptedKeys.get(credential)
  if (accepted === undefined) return null
  if (accepted.version !== inMemory.version || !stands(accepted, parts.clock.nowMs())) {
    lookUp(parts, inMemory, credential, accepted)
  }
  return accepted.identity
}

/** Whether what the store said still stands while the store has not changed: the key has not ended, its use is noted. */
function stands({ notedMinute, endsAtMs }: AcceptedKey, nowMs: number): boolean {
  return notedMinute === minuteAt(nowMs) && (endsAtMs === null || nowMs < endsAtMs)
}

/** Asks the store again, and notes the use. What it says stands until its next version, unless a time is over before. */
function lookUp(
  parts: AuthParts,
  inMemory: InMemory,
  credential: KeyCredential,
  accepted: AcceptedKey,
): void {
  const key = inMemory.keyByDigest(accepted.digest)
  const account = key === null ? null : inMemory.accountById(key.accountId)
  const because = whyRefused(parts, { credential, key, account })
  accepted.version = inMemory.version
  accepted.identity = null
  accepted.notedMinute = 0
  if (key === null || account === null || because !== null) return
  const usedAtMs = useToNote(parts, key)
  if (usedAtMs !== null && key.lastUsedAtMs === null) return
  accepted.identity = identityOf(account, key, accepted)
  if (usedAtMs !== null) {
    parts.store.noteLaterUse(key.id, usedAtMs)
    return // this call is told of the use before it, the next one of this
  }
  accepted.notedMinute = minuteAt(parts.clock.nowMs())
  accepted.endsAtMs = earlier(key.expiresAtMs, account.expiresAtMs)
}

/** Frozen, since it is one object for many calls; its subject is for those who count them. */
function identityOf(account: AccountRecord, key: KeyRecord, subject: CallSubject): KeyIdentity {
  const identity = {
    account: Object.freeze(accountOf(account)),
    key: Object.freeze(apiKeyOf(key)),
    subject,
  }
  return Object.freeze(identity)
}

async function decide(
  parts: AuthParts,
  failures: LimitDecision | Promise<LimitDecision>,
  value: string,
  caller: Caller,
): Promise<KeyIdentity> {
  refuseUnless(await failures)
  const credential = parseApiKey(value)
  if (credential === null) return await refuseKey(parts, caller, { because: 'malformed' })

  const accepted = parts.acceptedKeys.get(credential)
  const key = await (accepted === undefined
    ? findKey(parts, credential)
    : parts.store.keyByDigest(accepted.digest))
  const account = key === null ? null : await parts.store.accountById(key.accountId)
  const because = whyRefused(parts, { credential, key, account })
  if (key === null || account === null || because !== null) {
    parts.acceptedKeys.forget(credential)
    return await refuseKey(parts, caller, {
      because: because ?? 'unknown',
      ...(key !== null && { keyId: key.id, accountId: key.accountId }),
    })
  }
  const subject = accepted ?? parts.acceptedKeys.remember(credential, key)
  await noteUse(parts, key, caller)
  return identityOf(account, key, subject)
}

/** Active keys, newest first. */
export async function listApiKeys(parts: AuthParts, accountId: string): Promise<ApiKey[]> {
  const nowMs = parts.clock.nowMs()
  const keys = await parts.store.keysOf(accountId)
  return keys
    .filter((key) => isActiveKey(key, nowMs))
    .reverse() // of two made in one millisecond the later one comes first as well
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .map(apiKeyOf)
}

/** @throws {Refusal} key_limit_reached; validation_failed for a label or an end that cannot be */
export async function issueApiKey(
  parts: AuthParts,
  accountId: string,
  options: { label?: string | undefined; expiresAtMs?: number | null | undefined },
  caller: Caller,
): Promise<{ apiKey: string; key: ApiKey }> {
  const nowMs = parts.clock.nowMs()
  const label = checkedLabel(options.label)
  const expiresAtMs = checkedEnd(options.expiresAtMs ?? null, nowMs)
  const account = await ownerOf(parts, accountId)
  const secret = makeKeySecret(parts.random)
  const key = keyRecord(parts, { account, secret, label, expiresAtMs })
  const event = auditEvent(parts, caller, { action: 'key_issued', accountId, subjectId: key.id })
  const outcome = await parts.store.insertKey(key, { maxActive: maxActiveKeys, nowMs }, event)
  if (outcome === 'limit_reached') throw new Refusal('key_limit_reached', { accountId })
  if (outcome === 'no_account') throw accountGone(accountId)
  return { apiKey: `${account.username}:${secret}`, key: apiKeyOf(key) }
}

/**
 * Issues a successor with the old key's label and lets the old key end after `overlapSeconds`.
 * @param options.overlapSeconds 0 (at once) to 604,800 (a week)
 * @throws {Refusal} key_not_found, also if the key has a successor already
 */
export async function replaceApiKey(
  parts: AuthParts,
  accountId: string,
  keyId: string,
  options: { overlapSeconds: number },
  caller: Caller,
): Promise<{ apiKey: string; key: ApiKey }> {
  const { overlapSeconds } = options
  if (!(overlapSeconds >= 0 && overlapSeconds <= maxOverlapSeconds)) {
    throw new TypeError(`overlapSeconds must be 0 to ${maxOverlapSeconds}`)
  }
  const nowMs = parts.clock.nowMs()
  const account = await ownerOf(parts, accountId)
  const old = (await parts.store.keysOf(accountId)).find(({ id }) => id === keyId)
  if (old === undefined) throw keyNotFound(accountId, keyId)
  const secret = makeKeySecret(parts.random)
  // An old key that would have ended has a successor that does not: replacing is how one prolongs.
  const successor = keyRecord(parts, { account, secret, label: old.label, expiresAtMs: null })
  const event = auditEvent(parts, caller, { action: 'key_replaced', accountId, subjectId: keyId })
  const swap = { keyId, successor, endsAtMs: nowMs + overlapSeconds * 1000, nowMs }
  const isReplaced = await parts.store.replaceKey(swap, event)
  if (!isReplaced) throw keyNotFound(accountId, keyId)
  return { apiKey: `${account.username}:${secret}`, key: apiKeyOf(successor) }
}

/** @throws {Refusal} key_not_found, the same for a foreign key and for none */
export async function revokeApiKey(
  parts: AuthParts,
  accountId: string,
  keyId: string,
  caller: Caller,
): Promise<void> {
  const event = auditEvent(parts, caller, { action: 'key_revoked', accountId, subjectId: keyId })
  const target = { accountId, keyId, nowMs: parts.clock.nowMs() }
  const isRevoked = await parts.store.revokeKey(target, event)
  if (!isRevoked) throw keyNotFound(accountId, keyId)
}

/** The record of a new key of this account; a sandbox account's key ends with the account. */
export function keyRecord(
  parts: Pick<AuthParts, 'clock' | 'random' | 'secrets'>,
  made: {
    account: AccountRecord
    secret: KeySecret
    label: string
    expiresAtMs: number | null
  },
): KeyRecord {
  const { account, secret, label } = made
  return {
    id: randomId(parts.random),
    accountId: account.id,
    digest: digestKey(parts.secrets, { name: account.canonicalName, secret }),
    label,
    hint: secret.slice(-4),
    createdAtMs: parts.clock.nowMs(),
    expiresAtMs: earlier(made.expiresAtMs, account.expiresAtMs),
    revokedAtMs: null,
    lastUsedAtMs: null,
    successorId: null,
  }
}

/** The key of this credential, under whichever pepper it was stored. */
export async function findKey(
  parts: Pick<AuthParts, 'store' | 'secrets'>,
  credential: KeyCredential,
): Promise<KeyRecord | null> {
  for (const pepperId of parts.secrets.ids) {
    const digest = digestKey(parts.secrets, credential, pepperId)
    const key = await parts.store.keyByDigest(digest)
    // The store looked it up by an index; what decides is this, and its time tells nothing.
    if (isSameDigest(key?.digest ?? '', digest)) return key
  }
  return null
}

function isSameDigest(stored: string, digest: string): boolean {
  const ours = Buffer.from(digest)
  const theirs = Buffer.alloc(ours.length)
  theirs.write(stored)
  return timingSafeEqual(ours, theirs) && stored.length === digest.length
}

function whyRefused(
  parts: AuthParts,
  found: { credential: KeyCredential; key: KeyRecord | null; account: AccountRecord | null },
): string | null {
  const { credential, key, account } = found
  const nowMs = parts.clock.nowMs()
  if (key === null) return 'unknown'
  if (key.revokedAtMs !== null) return 'revoked'
  if (!isActiveKey(key, nowMs)) return 'expired'
  if (account?.canonicalName !== credential.name || !isLiving(account, nowMs)) return 'account gone'
  return null
}

/** One answer for every reason; the address's counter decides how often it may be had. */
async function refuseKey(
  parts: AuthParts,
  caller: Caller,
  facts: { because: string; keyId?: string; accountId?: string },
): Promise<never> {
  refuseUnless(await parts.limiter.consume('key_failures_address', caller.address))
  throw new Refusal('invalid_api_key', facts)
}

/** When the key is used now, to the minute; null where that is noted already. */
function useToNote({ clock }: AuthParts, key: KeyRecord): number | null {
  const usedAtMs = Math.max(minuteAt(clock.nowMs()) * minuteMs, key.createdAtMs)
  return key.lastUsedAtMs !== null && usedAtMs <= key.lastUsedAtMs ? null : usedAtMs
}

/** Minutes since the epoch. */
function minuteAt(atMs: number): number {
  return Math.floor(atMs / minuteMs)
}

async function noteUse(parts: AuthParts, key: KeyRecord, caller: Caller): Promise<void> {
  const usedAtMs = useToNote(parts, key)
  if (usedAtMs === null) return
  if (key.lastUsedAtMs !== null) {
    parts.store.noteLaterUse(key.id, usedAtMs)
    return
  }
  const firstUse = auditEvent(parts, caller, {
    action: 'key_first_used',
    accountId: key.accountId,
    subjectId: key.id,
  })
  await parts.store.noteFirstUse(key.id, usedAtMs, firstUse).catch((error: unknown) => {
    // Reads go on while the disk is full: the use stays unknown, and the next one is noted as the first.
    if (!(error instanceof StoreUnavailable)) throw error
  })
}

async function ownerOf(parts: AuthParts, accountId: string): Promise<AccountRecord> {
  const account = await livingAccount(parts, accountId)
  if (account === null) throw accountGone(accountId)
  return account
}

function checkedLabel(label: string | undefined): string {
  const text = label?.trim() ?? ''
  if (text === '') return defaultLabel
  if (!text.isWellFormed() || /[\p{Cc}\u2028\u2029]/u.test(text)) {
    throw invalidField('label', 'Use a label of one line, without control characters.')
  }
  if (characterCount(text) > maxLabelCharacters) {
    throw invalidField('label', `Use at most ${maxLabelCharacters} characters.`)
  }
  return text
}

function checkedEnd(expiresAtMs: number | null, nowMs: number): number | null {
  if (expiresAtMs === null) return null
  if (Number.isSafeInteger(expiresAtMs) && expiresAtMs > nowMs) return expiresAtMs
  throw invalidField('expires_at', 'Use a moment in the future.')
}

function invalidField(field: string, message: string): Refusal {
  return new Refusal('validation_failed', { fields: [{ field, message }] })
}

function keyNotFound(accountId: string, keyId: string): Refusal {
  return new Refusal('key_not_found', { accountId, keyId })
}

function accountGone(accountId: string): Refusal {
  return new Refusal('invalid_token', { because: 'account gone', accountId })
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

function apiKeyOf(record: KeyRecord): ApiKey {
  const { id, accountId, label, hint, createdAtMs, expiresAtMs, lastUsedAtMs, successorId } = record
  return { id, accountId, label, hint, createdAtMs, expiresAtMs, lastUsedAtMs, successorId }
}
