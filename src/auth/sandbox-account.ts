import { createHash, hkdfSync } from 'node:crypto'
import { type AccountRecord, isActiveKey } from '#store/store.ts'
import { accountOf, isLiving } from './account.ts'
import { findKey, keyRecord, makeKeySecret, maxActiveKeys } from './api-key.ts'
import { auditEvent } from './audit.ts'
import type { Caller, KeySecret, SandboxAccount } from './auth.ts'
import { refuseUnless } from './login-guard.ts'
import type { AuthParts } from './parts.ts'
import { hashPassword } from './password.ts'
import { base62, type Random, randomId, randomText } from './random.ts'
import { Refusal } from './refusal.ts'
import { sandboxPrefix } from './username.ts'

/** How long a sandbox account lives. */
export const sandboxTtlSeconds = 24 * 60 * 60 // a day

const keyLabel = 'Sandbox'
const passwordLength = 24 // base62: 143 bits
/** No vowels and nothing that looks like something else: no words, no typos. */
const nameAlphabet = '23456789bcdfghjkmnpqrstvwxz'
const nameLength = 8
const seedShape = /^[A-Za-z0-9_-]{43}$/ // 32 bytes in base64url

/**
 * The sandbox account of a seed, or a new account with a new seed. Password and key are derived from the
 * seed whenever it is shown; the store has only its digest.
 * @throws {Refusal} too_many_requests, overloaded
 */
export async function openSandboxAccount(
  parts: AuthParts,
  input: { seed?: string | undefined },
  caller: Caller,
): Promise<SandboxAccount> {
  const known = await reopen(parts, input.seed, caller)
  return known ?? (await open(parts, caller))
}

/** The account of a seed with a key that works, or null where there is none or none can be had. */
async function reopen(
  parts: AuthParts,
  seed: string | undefined,
  caller: Caller,
): Promise<SandboxAccount | null> {
  if (seed === undefined || !seedShape.test(seed)) return null
  const account = await parts.store.accountBySeedDigest(digestSeed(seed))
  if (account === null || !isLiving(account, parts.clock.nowMs())) return null
  const secret = await workingKey(parts, { account, seed }, caller)
  return secret === null ? null : shown(account, { seed, secret })
}

async function open(parts: AuthParts, caller: Caller): Promise<SandboxAccount> {
  refuseUnless(await parts.limiter.consume('sandbox_address', caller.address))
  refuseUnless(await parts.limiter.consume('sandbox_global', 'all'))
  const seed = Buffer.from(parts.random.bytes(32)).toString('base64url')
  const name = sandboxPrefix + randomText(parts.random, nameAlphabet, nameLength)
  const nowMs = parts.clock.nowMs()
  const account: AccountRecord = {
    id: randomId(parts.random),
    username: name,
    canonicalName: name,
    kind: 'sandbox',
    passwordHash: await hashPassword(parts, derivePassword(seed)),
    passwordVersion: 1,
    seedDigest: digestSeed(seed),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + sandboxTtlSeconds * 1000,
    disabledAtMs: null,
  }
  const secret = deriveKey(seed, 0)
  const firstKey = keyRecord(parts, { account, secret, label: keyLabel, expiresAtMs: null })
  const event = auditEvent(parts, caller, { action: 'sandbox_opened', accountId: account.id })
  const outcome = await parts.store.insertAccount({ account, firstKey }, event)
  // One of 282 billion names was drawn twice within a day: the next attempt draws another.
  if (outcome === 'taken') throw new Refusal('overloaded', { because: 'sandbox name taken' })
  return shown(account, { seed, secret })
}

/**
 * The first derived key that has not ended. A reader may have revoked or replaced the one before it, and
 * an ended key is never brought back: its successor is derived and issued.
 */
async function workingKey(
  parts: AuthParts,
  of: { account: AccountRecord; seed: string },
  caller: Caller,
): Promise<KeySecret | null> {
  const nowMs = parts.clock.nowMs()
  for (let generation = 0; ; generation += 1) {
    const secret = deriveKey(of.seed, generation)
    const key = await findKey(parts, { name: of.account.canonicalName, secret })
    if (key === null) return (await issueDerived(parts, { ...of, secret }, caller)) ? secret : null
    if (isActiveKey(key, nowMs)) return secret
  }
}

async function issueDerived(
  parts: AuthParts,
  of: { account: AccountRecord; secret: KeySecret },
  caller: Caller,
): Promise<boolean> {
  const key = keyRecord(parts, { ...of, label: keyLabel, expiresAtMs: null })
  const event = auditEvent(parts, caller, {
    action: 'key_issued',
    accountId: of.account.id,
    subjectId: key.id,
  })
  const rule = { maxActive: maxActiveKeys, nowMs: parts.clock.nowMs() }
  return (await parts.store.insertKey(key, rule, event)) === 'inserted'
}

function shown(
  account: AccountRecord,
  secrets: { seed: string; secret: KeySecret },
): SandboxAccount {
  return {
    account: accountOf(account),
    password: derivePassword(secrets.seed),
    apiKey: `${account.username}:${secrets.secret}`,
    seed: secrets.seed,
  }
}

function derivePassword(seed: string): string {
  return randomText(derivedRandom(seed, 'password'), base62, passwordLength)
}

function deriveKey(seed: string, generation: number): KeySecret {
  return makeKeySecret(derivedRandom(seed, `key ${generation}`))
}

/** Bytes that follow from a seed and a purpose (HKDF, RFC 5869), in as many blocks as are asked for. */
function derivedRandom(seed: string, purpose: string): Random {
  const key = Buffer.from(seed, 'base64url')
  let block = 0
  return {
    bytes(count) {
      const info = `barbell sandbox ${purpose} ${block}`
      block += 1
      return new Uint8Array(hkdfSync('sha256', key, '', info, count))
    },
  }
}

/** Plain SHA-256: nobody can try 2^256 seeds. Of the bytes, because the last character has spare bits. */
function digestSeed(seed: string): string {
  return createHash('sha256').update(Buffer.from(seed, 'base64url')).digest('base64url')
}
