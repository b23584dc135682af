import type { AccountRecord } from '#store/store.ts'
import { signAccessToken } from './access-token.ts'
import { accountOf } from './account.ts'
import type { Caller, SignIn } from './auth.ts'
import type { AuthParts } from './parts.ts'
import { hashPassword, isOutdatedHash } from './password.ts'
import { accountByPassword, auditRefusedPassword } from './password-check.ts'
import { Refusal } from './refusal.ts'
import { startSession } from './session.ts'
import { shortTokenTtlSeconds, tokenTtlSeconds } from './token-lifetime.ts'

interface SignInInput {
  username: string
  password: string
  replaces?: string | undefined
  withBodyToken?: boolean | undefined
  sandboxOnly?: boolean | undefined
  short?: boolean | undefined
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
  const account = await accountByPassword(parts, input, caller)
  if (input.sandboxOnly === true && account.kind !== 'sandbox') {
    const refused = { account, purpose: 'signed_in', because: 'sandbox_only' } as const
    await auditRefusedPassword(parts, refused, caller)
    throw new Refusal('sandbox_only', { accountId: account.id })
  }
  await renewHash(parts, account, input.password)
  const ttlSeconds =
    input.short === true && account.kind === 'sandbox' ? shortTokenTtlSeconds : tokenTtlSeconds
  const session = await startSession(
    parts,
    account,
    { replaces: input.replaces, ttlSeconds },
    caller,
  )
  const signedIn: SignIn = {
    account: accountOf(account),
    session,
    token: await signAccessToken(parts, session),
    expiresInSeconds: ttlSeconds,
  }
  if (input.withBodyToken === true) signedIn.bodyToken = await signAccessToken(parts, session)
  return signedIn
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
