import type { AccountRecord } from '#store/store.ts'
import { auditEvent } from './audit.ts'
import type { Account, Caller } from './auth.ts'
import { refuseUnless } from './login-guard.ts'
import { hashPassword, passwordProblem } from './password.ts'
import type { AuthParts } from './parts.ts'
import { randomId } from './random.ts'
import { type FieldError, Refusal } from './refusal.ts'
import { canonicalName, usernameProblem } from './username.ts'

/**
 * Opens an account. Usernames are public by design, so a taken one is told; how often one may ask is limited.
 * @throws {Refusal} validation_failed, username_taken, too_many_requests, overloaded
 */
export async function register(
  parts: AuthParts,
  input: { username: string; password: string },
  caller: Caller,
): Promise<Account> {
  const name = checkedName(input)
  refuseUnless(await parts.limiter.consume('register_address', caller.address))
  const account: AccountRecord = {
    id: randomId(parts.random),
    username: input.username,
    canonicalName: name,
    kind: 'own',
    // Before the name is looked at: a taken name takes as long to refuse as a free one to give.
    passwordHash: await hashPassword(parts, input.password),
    passwordVersion: 1,
    seedDigest: null,
    createdAtMs: parts.clock.nowMs(),
    expiresAtMs: null,
    disabledAtMs: null,
  }
  const event = auditEvent(parts, caller, { action: 'account_registered', accountId: account.id })
  const outcome = await parts.store.insertAccount({ account, firstKey: null }, event)
  if (outcome === 'taken') throw new Refusal('username_taken')
  return accountOf(account)
}

/**
 * Whether nobody has this name yet. Asking counts as a registration and takes as long as one, so that nobody learns
 * more names by asking than by registering (decisions/0010).
 * @throws {Refusal} validation_failed, too_many_requests, overloaded
 */
export async function isNameFree(
  parts: AuthParts,
  username: string,
  caller: Caller,
): Promise<boolean> {
  const message = usernameProblem(username)
  if (message !== null) {
    throw new Refusal('validation_failed', { fields: [{ field: 'username', message }] })
  }
  refuseUnless(await parts.limiter.consume('register_address', caller.address))
  await hashPassword(parts, username) // for its time only
  const name = canonicalName(username)
  return name !== null && (await parts.store.accountByName(name)) === null
}

/**
 * The canonical name of an input without faults; all faults are told at once.
 * @throws {Refusal} validation_failed
 */
export function checkedName(input: { username: string; password: string }): string {
  const fields: FieldError[] = []
  const nameProblem = usernameProblem(input.username)
  if (nameProblem !== null) fields.push({ field: 'username', message: nameProblem })
  const problem = passwordProblem(input.password, input.username)
  if (problem !== null) fields.push({ field: 'password', message: problem })

  const name = canonicalName(input.username)
  if (fields.length > 0 || name === null) throw new Refusal('validation_failed', { fields })
  return name
}

/** Whether an account counts for anything: it has not come to its end, and the operator has not closed it. */
export function isLiving(account: AccountRecord, nowMs: number): boolean {
  const hasEnded = account.expiresAtMs !== null && nowMs >= account.expiresAtMs
  return !hasEnded && account.disabledAtMs === null
}

/** The living account of this id, or null. */
export async function livingAccount(
  parts: Pick<AuthParts, 'store' | 'clock'>,
  accountId: string,
): Promise<AccountRecord | null> {
  const account = await parts.store.accountById(accountId)
  return account !== null && isLiving(account, parts.clock.nowMs()) ? account : null
}

/** What the outside may see of an account. */
export function accountOf(record: AccountRecord): Account {
  const { id, username, kind, createdAtMs, expiresAtMs } = record
  return { id, username, kind, createdAtMs, expiresAtMs }
}
