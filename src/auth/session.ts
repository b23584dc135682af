import type { AccountRecord, SessionRecord } from '#store/store.ts'
import { readAccessToken } from './access-token.ts'
import { accountOf, livingAccount } from './account.ts'
import { auditEvent } from './audit.ts'
import type { Caller, Session, TokenIdentity } from './auth.ts'
import type { AuthParts } from './parts.ts'
import { randomId } from './random.ts'
import { Refusal } from './refusal.ts'
import { oneLine } from './text.ts'

/**
 * Starts a session and ends the one of the token `replaces`, if that is valid: a token that somebody else
 * planted does not survive the sign-in.
 * @throws {Refusal} invalid_grant if the account has gone or got another password meanwhile
 */
export async function startSession(
  parts: AuthParts,
  account: AccountRecord,
  options: { replaces: string | undefined; ttlSeconds: number },
  caller: Caller,
): Promise<SessionRecord> {
  // In whole seconds, so that session and token end at the same moment.
  const nowMs = parts.clock.nowMs()
  const nowSeconds = Math.floor(nowMs / 1000)
  const session: SessionRecord = {
    id: randomId(parts.random),
    accountId: account.id,
    createdAtMs: nowMs,
    expiresAtMs: (nowSeconds + options.ttlSeconds) * 1000,
    userAgent: oneLine(caller.userAgent ?? ''),
    address: caller.address,
    confirmedAtMs: nowMs,
  }
  const replaces = await sessionIdOf(parts, options.replaces)
  const event = auditEvent(parts, caller, {
    action: 'signed_in',
    accountId: account.id,
    subjectId: session.id,
  })
  const { passwordVersion } = account
  const isStored = await parts.store.insertSession({ session, passwordVersion, replaces }, event)
  if (!isStored) throw new Refusal('invalid_grant', { because: 'account gone or changed' })
  return session
}

/** @throws {Refusal} invalid_token, for every reason alike */
export async function checkToken(parts: AuthParts, token: string): Promise<TokenIdentity> {
  const claims = await readAccessToken(parts, token)
  const session = await parts.store.sessionById(claims.sessionId)
  if (session?.accountId !== claims.accountId || parts.clock.nowMs() >= session.expiresAtMs) {
    throw new Refusal('invalid_token', { because: 'session ended' })
  }
  const account = await livingAccount(parts, claims.accountId)
  if (account === null) throw new Refusal('invalid_token', { because: 'account gone' })
  return {
    account: accountOf(account),
    session,
    tokenId: claims.tokenId,
    issuedAtMs: claims.issuedAtMs,
    expiresAtMs: claims.expiresAtMs,
    keyId: claims.keyId,
    // A token with another issuer or audience has been refused.
    ...parts.settings,
  }
}

/** Ends a session of this account for all its tokens; if it has ended already, nothing happens. */
export async function endSession(
  parts: AuthParts,
  accountId: string,
  sessionId: string,
  caller: Caller,
): Promise<void> {
  const event = auditEvent(parts, caller, {
    action: 'session_ended',
    accountId,
    subjectId: sessionId,
  })
  await parts.store.endSession({ accountId, sessionId }, event)
}

/** Sessions that go on, newest first. */
export async function listSessions(parts: AuthParts, accountId: string): Promise<Session[]> {
  const nowMs = parts.clock.nowMs()
  const sessions = await parts.store.sessionsOf(accountId)
  return sessions.filter(({ expiresAtMs }) => nowMs < expiresAtMs).reverse()
}

/** Ends every session of this account but one. @returns how many went on until now */
export async function endOtherSessions(
  parts: AuthParts,
  accountId: string,
  sessionId: string,
  caller: Caller,
): Promise<number> {
  const event = auditEvent(parts, caller, { action: 'other_sessions_ended', accountId })
  const target = { accountId, sessionId, nowMs: parts.clock.nowMs() }
  return await parts.store.endOtherSessions(target, event)
}

async function sessionIdOf(parts: AuthParts, token: string | undefined): Promise<string | null> {
  if (token === undefined) return null
  try {
    return (await checkToken(parts, token)).session.id
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
