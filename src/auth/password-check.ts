import type { AccountRecord, AuditAction } from '#store/store.ts'
import { isLiving, livingAccount } from './account.ts'
import { auditEvent } from './audit.ts'
import type { Caller } from './auth.ts'
import type { AuthParts } from './parts.ts'
import { passwordMatches } from './password.ts'
import { Refusal } from './refusal.ts'
import { canonicalName } from './username.ts'

/** What a password is given for: the event that a wrong one leaves. */
type Purpose = Extract<
  AuditAction,
  'signed_in' | 'password_confirmed' | 'password_changed' | 'account_deleted'
>

interface Found {
  account: AccountRecord | null
  right: boolean
}

/**
 * The account of this name, if the password is its. Takes the time of one hash whether or not there is one.
 * @throws {Refusal} invalid_grant, too_many_requests, overloaded
 */
export async function accountByPassword(
  parts: AuthParts,
  given: { username: string; password: string },
  caller: Caller,
): Promise<AccountRecord> {
  const name = canonicalName(given.username)
  return await countedCheck(parts, { name: name ?? '', purpose: 'signed_in' }, caller, async () => {
    const found = name === null ? null : await parts.store.accountByName(name)
    return await compare(parts, found, given.password)
  })
}

/**
 * The account of this id, if the password is its. Whoever holds a session gets as many guesses as whoever
 * has none, from the same count.
 * @throws {Refusal} invalid_grant, too_many_requests, overloaded; invalid_token if the account is gone
 */
export async function ownPasswordChecked(
  parts: AuthParts,
  given: { accountId: string; password: string; purpose: Purpose },
  caller: Caller,
): Promise<AccountRecord> {
  const { accountId, password, purpose } = given
  const known = await livingAccount(parts, accountId)
  if (known === null) throw new Refusal('invalid_token', { because: 'account gone', accountId })
  return await countedCheck(parts, { name: known.canonicalName, purpose }, caller, async () =>
    // Looked up once more: while this waited for its turn, the password may have been changed.
    compare(parts, await parts.store.accountById(accountId), password),
  )
}

/** Compares within the limits, and leaves an event of what was wrong. */
async function countedCheck(
  parts: AuthParts,
  what: { name: string; purpose: Purpose },
  caller: Caller,
  check: () => Promise<Found>,
): Promise<AccountRecord> {
  const who = { name: what.name, address: caller.address }
  const { account, right, usedUp } = await parts.loginGuard.attempt(who, check)
  if (account !== null && right) return account
  const because = account === null ? 'unknown account' : 'wrong password'
  await auditRefusedPassword(parts, { account, purpose: what.purpose, because }, caller)
  if (usedUp) await auditLock(parts, account, caller)
  throw new Refusal('invalid_grant', { because })
}

async function compare(
  parts: AuthParts,
  found: AccountRecord | null,
  password: string,
): Promise<Found> {
  const account = found !== null && isLiving(found, parts.clock.nowMs()) ? found : null
  const hash = account?.passwordHash ?? parts.nobodysPasswordHash
  const right = await passwordMatches(parts, password, hash)
  return { account, right: right && account !== null }
}

/** Leaves the event of a password that was not taken. */
export async function auditRefusedPassword(
  parts: AuthParts,
  what: { account: AccountRecord | null; purpose: Purpose; because: string },
  caller: Caller,
): Promise<void> {
  const event = auditEvent(parts, caller, {
    action: what.purpose,
    outcome: 'refused',
    because: what.because,
    ...(what.account !== null && { accountId: what.account.id }),
  })
  await parts.store.appendAudit(event)
}

async function auditLock(
  parts: AuthParts,
  account: AccountRecord | null,
  caller: Caller,
): Promise<void> {
  const event = auditEvent(parts, caller, {
    action: 'sign_in_locked',
    ...(account !== null && { accountId: account.id }),
  })
  await parts.store.appendAudit(event)
}
