import type { AccountRecord } from '#store/store.ts'
import { auditEvent } from './audit.ts'
import type { Caller, Session } from './auth.ts'
import type { AuthParts } from './parts.ts'
import { hashPassword, passwordProblem } from './password.ts'
import { ownPasswordChecked } from './password-check.ts'
import { Refusal } from './refusal.ts'

/** How long a password that was given stands for the next dangerous action (ASVS 7.5.1, 7.5.3). */
const confirmationKeptMs = 15 * 60 * 1000 // a quarter of an hour

/** Whether the session gave the password lately. */
export function isRecentlyConfirmed(
  parts: Pick<AuthParts, 'clock'>,
  session: Pick<Session, 'confirmedAtMs'>,
): boolean {
  return parts.clock.nowMs() <= session.confirmedAtMs + confirmationKeptMs
}

/** @throws {Refusal} invalid_grant, too_many_requests, overloaded; invalid_token if the session has ended */
export async function confirmPassword(
  parts: AuthParts,
  accountId: string,
  sessionId: string,
  password: string,
  caller: Caller,
): Promise<void> {
  const given = { accountId, password, purpose: 'password_confirmed' } as const
  const { passwordVersion } = await ownPasswordChecked(parts, given, caller)
  const event = auditEvent(parts, caller, {
    action: 'password_confirmed',
    accountId,
    subjectId: sessionId,
  })
  const target = { accountId, passwordVersion, sessionId, nowMs: parts.clock.nowMs() }
  const isStored = await parts.store.confirmSession(target, event)
  if (!isStored) throw new Refusal('invalid_token', { because: 'session ended', accountId })
}

/**
 * Changes the password, ends all sessions but `sessionId` and, if asked, revokes all keys, in one step.
 * @throws {Refusal} validation_failed (field `new_password`), invalid_grant, too_many_requests, overloaded;
 * invalid_token if the account is gone
 */
export async function changePassword(
  parts: AuthParts,
  accountId: string,
  change: {
    currentPassword: string
    newPassword: string
    sessionId: string
    revokeKeys: boolean
  },
  caller: Caller,
): Promise<void> {
  const { currentPassword, newPassword, sessionId, revokeKeys } = change
  const given = { accountId, password: currentPassword, purpose: 'password_changed' } as const
  const account = await ownPasswordChecked(parts, given, caller)
  refuseUnfit(account, newPassword)
  const isStored = await parts.store.changePassword(
    {
      accountId,
      passwordVersion: account.passwordVersion,
      passwordHash: await hashPassword(parts, newPassword),
      sessionId,
      revokeKeys,
      nowMs: parts.clock.nowMs(),
    },
    [
      auditEvent(parts, caller, { action: 'password_changed', accountId }),
      ...(revokeKeys ? [auditEvent(parts, caller, { action: 'all_keys_revoked', accountId })] : []),
    ],
  )
  if (!isStored) throw changedMeanwhile(accountId)
}

/**
 * Removes the account with its keys and sessions; the audit log keeps what happened.
 * @throws {Refusal} invalid_grant, too_many_requests, overloaded; invalid_token if the account is gone
 */
export async function deleteAccount(
  parts: AuthParts,
  accountId: string,
  password: string,
  caller: Caller,
): Promise<void> {
  const given = { accountId, password, purpose: 'account_deleted' } as const
  const { passwordVersion } = await ownPasswordChecked(parts, given, caller)
  const event = auditEvent(parts, caller, { action: 'account_deleted', accountId })
  const isDeleted = await parts.store.deleteAccount({ accountId, passwordVersion }, event)
  if (!isDeleted) throw changedMeanwhile(accountId)
}

function refuseUnfit(account: AccountRecord, newPassword: string): void {
  const message =
    account.kind === 'sandbox'
      ? 'A sandbox account keeps its password until it ends.' // it follows from the seed
      : passwordProblem(newPassword, account.username)
  if (message === null) return
  throw new Refusal('validation_failed', { fields: [{ field: 'new_password', message }] })
}

/** The password was right when it was compared and is not any more: another change came first. */
function changedMeanwhile(accountId: string): Refusal {
  return new Refusal('invalid_grant', { because: 'password changed meanwhile', accountId })
}
