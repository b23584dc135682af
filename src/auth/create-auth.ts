import { type Store, StoreUnavailable } from '#store/store.ts'
import { AcceptedKeys } from './accepted-keys.ts'
import { isNameFree, register } from './account.ts'
import { recentActivity } from './activity.ts'
import { checkApiKey, issueApiKey, listApiKeys, replaceApiKey, revokeApiKey } from './api-key.ts'
import type { Auth, Caller } from './auth.ts'
import type { Clock } from './clock.ts'
import { formToken, isFormToken } from './form-token.ts'
import { keepAccount } from './keep-account.ts'
import type { Limiter } from './limiter.ts'
import { createLoginGuard } from './login-guard.ts'
import {
  changePassword,
  confirmPassword,
  deleteAccount,
  isRecentlyConfirmed,
} from './own-password.ts'
import type { AuthParts, AuthSettings } from './parts.ts'
import { hashPassword } from './password.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { base62, type Random, randomText } from './random.ts'
import { Refusal } from './refusal.ts'
import { openSandboxAccount } from './sandbox-account.ts'
import type { Secrets } from './secrets.ts'
import { checkToken, endOtherSessions, endSession, listSessions } from './session.ts'
import { signIn } from './sign-in.ts'
import { openSigningKeys } from './signing-keys.ts'

/**
 * Puts the domain together. Everything outside is handed in; what was handed in stays the caller's to
 * close. The caller also sweeps: `store.deleteExpired(nowMs)` now and then.
 * @throws {SecretsRefused} if the secrets do not belong to the store
 */
export async function createAuth(outside: {
  store: Store
  clock: Clock
  random: Random
  limiter: Limiter
  secrets: Secrets
  hasher: PasswordHasher
  settings: AuthSettings
}): Promise<Auth> {
  const parts: AuthParts = {
    ...outside,
    acceptedKeys: new AcceptedKeys(),
    loginGuard: createLoginGuard(outside.limiter),
    signingKeys: await openSigningKeys(outside),
    nobodysPasswordHash: await hashPassword(outside, randomText(outside.random, base62, 32)),
  }
  return {
    register: bound(register),
    isNameFree: bound(isNameFree),
    keepAccount: bound(keepAccount),
    openSandboxAccount: bound(openSandboxAccount),
    signIn: bound(signIn),
    checkToken: bound(checkToken),
    endSession: bound(endSession),
    listSessions: bound(listSessions),
    endOtherSessions: bound(endOtherSessions),
    isRecentlyConfirmed: (session) => isRecentlyConfirmed(parts, session),
    confirmPassword: bound(confirmPassword),
    changePassword: bound(changePassword),
    deleteAccount: bound(deleteAccount),
    recentActivity: bound(recentActivity),
    checkApiKey: (value, caller) => {
      const found = checkApiKey(parts, value, caller)
      return found instanceof Promise ? found.catch(refuseWithoutStore) : found
    },
    listApiKeys: bound(listApiKeys),
    issueApiKey: bound(issueApiKey),
    replaceApiKey: bound(replaceApiKey),
    revokeApiKey: bound(revokeApiKey),
    formToken: (sessionId) => formToken(parts.secrets, sessionId),
    isFormToken: (sessionId, value) => isFormToken(parts.secrets, sessionId, value),
    rotateSigningKey: bound(({ signingKeys }, caller: Caller) => signingKeys.rotate(caller)),
    dropSigningKeys: bound(({ signingKeys }, caller: Caller) => signingKeys.drop(caller)),
    publicKeys: () => parts.signingKeys.jwks(),
  }

  /** The rule with its parts; a store that fails becomes a refusal that the edge has a row for. */
  function bound<Given extends unknown[], Result>(
    rule: (parts: AuthParts, ...given: Given) => Promise<Result>,
  ): (...given: Given) => Promise<Result> {
    return (...given) => rule(parts, ...given).catch(refuseWithoutStore)
  }
}

function refuseWithoutStore(error: unknown): never {
  if (!(error instanceof StoreUnavailable)) throw error
  throw new Refusal('store_unavailable', { because: error.message })
}
