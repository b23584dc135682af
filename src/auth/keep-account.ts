import { accountOf, checkedName, livingAccount } from './account.ts'
import { auditEvent } from './audit.ts'
import type { Account, Caller } from './auth.ts'
import { refuseUnless } from './login-guard.ts'
import type { AuthParts } from './parts.ts'
import { hashPassword } from './password.ts'
import { Refusal } from './refusal.ts'

/**
 * Makes a sandbox account one that lasts, under a name and a password of its owner's choice. All that scripts of
 * the page may have seen of it ends: its password, its keys, its sessions, and the seed that they follow from.
 * Counts as a registration for the limits.
 * @throws {Refusal} validation_failed, username_taken, too_many_requests, overloaded; invalid_token if the account
 * has ended, or lasts already
 */
export async function keepAccount(
  parts: AuthParts,
  accountId: string,
  chosen: { username: string; password: string },
  caller: Caller,
): Promise<Account> {
  const account = await livingAccount(parts, accountId)
  if (account?.kind !== 'sandbox') throw notToKeep(accountId)
  const canonicalName = checkedName(chosen)
  refuseUnless(await parts.limiter.consume('register_address', caller.address))
  const kept = {
    accountId,
    username: chosen.username,
    canonicalName,
    passwordHash: await hashPassword(parts, chosen.password),
    nowMs: parts.clock.nowMs(),
  }
  const event = auditEvent(parts, caller, { action: 'account_kept', accountId })
  const outcome = await parts.store.keepAccount(kept, event)
  if (outcome === 'taken') throw new Refusal('username_taken')
  if (outcome === 'no_sandbox') throw notToKeep(accountId)
  return { ...accountOf(account), username: chosen.username, kind: 'own', expiresAtMs: null }
}

function notToKeep(accountId: string): Refusal {
  return new Refusal('invalid_token', { because: 'no sandbox account', accountId })
}
