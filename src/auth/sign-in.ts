import type { AccountRecord } from '#store/store.ts'
import { signAccessToken, tokenTtlSeconds } from './access-token.ts'
import { accountOf, isLiving } from './account.ts'
import { auditEvent } from './audit.ts'
import type { Caller, SignIn } from './auth.ts'
import type { AuthParts } from './parts.ts'
import { hashPassword, isOutdatedHash, passwordMatches } from './password.ts'
import { Refusal } from './refusal.ts'
import { startSession } from './session.ts'
import { canonicalName } from './username.ts'

interface SignInInput {
  username: string
  password: string
  replaces?: string | undefined
  withBodyToken?: boolean | undefined
  sandboxOnly?: boolean | undefined
}

/**
 * The password grant (RFC 6749 section 4.3).
 * @throws {Refusal} invalid_grant, too_many_requests, overloaded, sandbox_only
 */
export async function signIn(
  parts: AuthParts,
  input: SignInInput,
  caller: Caller,
): Promise<SignIn> {
  const account = await authenticate(parts, input, caller)
  if (input.sandboxOnly === true && account.kind !== 'sandbox') {
    await auditRefusal(parts, { account, because: 'sandbox_only' }, caller)
    throw new Refusal('sandbox_only', { accountId: account.id })
  }
  await renewHash(parts, account, input.password)
  const session = await startSession(parts, account, { replaces: input.replaces }, caller)
  const signedIn: SignIn = {
    account: accountOf(account),
    session,
    token: await signAccessToken(parts, session),
    expiresInSeconds: tokenTtlSeconds,
  }
  if (input.withBodyToken === true) signedIn.bodyToken = await signAccessToken(parts, session)
  return signedIn
}

/** The account whose password this is. */
async function authenticate(
  parts: AuthParts,
  input: SignInInput,
  caller: Caller,
): Promise<AccountRecord> {
  const name = canonicalName(input.username)
  const { account, right, usedUp } = await parts.loginGuard.attempt(
    { name: name ?? '', address: caller.address },
    () => comparePassword(parts, name, input.password),
  )
  if (account !== null && right) return account
  const because = account === null ? 'unknown account' : 'wrong password'
  await auditRefusal(parts, { account, because }, caller)
  if (usedUp) await auditLock(parts, account, caller)
  throw new Refusal('invalid_grant', { because })
}

/** Takes the time of one hash whether or not there is such an account. */
async function comparePassword(
  parts: AuthParts,
  name: string | null,
  password: string,
): Promise<{ account: AccountRecord | null; right: boolean }> {
  const found = name === null ? null : await parts.store.accountByName(name)
  const account = found !== null && isLiving(found, parts.clock.nowMs()) ? found : null
  const hash = account?.passwordHash ?? parts.nobodysPasswordHash
  const right = await passwordMatches(parts, password, hash)
  return { account, right: right && account !== null }
}

/** Now, while the password is at hand, a hash of an older pepper or a lower cost can be made anew. */
async function renewHash(
  parts: AuthParts,
  account: AccountRecord,
  password: string,
): Promise<void> {
  if (!isOutdatedHash(parts, account.passwordHash)) return
  const to = await hashPassword(parts, password)
  await parts.store.replacePasswordHash(account.id, { from: account.passwordHash, to })
}

async function auditRefusal(
  parts: AuthParts,
  what: { account: AccountRecord | null; because: string },
  caller: Caller,
): Promise<void> {
  const event = auditEvent(parts, caller, {
    action: 'signed_in',
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
