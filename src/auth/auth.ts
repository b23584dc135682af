import type { JSONWebKeySet } from 'jose'
import type { LimitBearer } from './limiter.ts'
import type { UsageBearer } from './usage.ts'

declare const secret: unique symbol

/** The 16 characters of an API key. Exists in memory only between its making and its one showing. */
export type KeySecret = string & { readonly [secret]: 'key' }

/** A signed JWT. Never logged. */
export type AccessToken = string & { readonly [secret]: 'token' }

/** Where a request came from: what limits and audit want to know of it. */
export interface Caller {
  /** Client address as the edge decided it, or 'unknown' (all unknown callers share one bucket). */
  address: string
  requestId: string
  userAgent?: string
}

/** An account as the outside may see it. */
export interface Account {
  /** Opaque and immutable; tokens bind to it (`sub`), so a re-used name inherits nothing. */
  id: string
  username: string
  kind: 'own' | 'sandbox'
  createdAtMs: number
  /** Sandbox accounts end by themselves; own accounts have null. */
  expiresAtMs: number | null
}

/** An API key as its owner may see it after the one time that it was shown. */
export interface ApiKey {
  id: string
  accountId: string
  label: string
  /** The last four of its 16 characters. */
  hint: string
  createdAtMs: number
  expiresAtMs: number | null
  /** Kept to the minute. */
  lastUsedAtMs: number | null
  /** The key that took its place; this one still works until `expiresAtMs`, and cannot be replaced again. */
  successorId: string | null
}

/** A stretch of being signed in: every token of it dies with it. */
export interface Session {
  id: string
  accountId: string
  createdAtMs: number
  expiresAtMs: number
  userAgent: string
  address: string
  /** When this session last gave the account's password; what is dangerous wants it recent. */
  confirmedAtMs: number
}

/** One event of an account's own history, in words that the edge puts into a sentence. */
export interface Activity {
  atMs: number
  /** As in the audit log: `signed_in`, `key_issued`, ... */
  action: string
  /** False for what was tried and refused, such as a wrong password. */
  ok: boolean
  address: string
}

/** Who a valid token speaks for. */
export interface TokenIdentity {
  account: Account
  session: Session
  tokenId: string
  issuedAtMs: number
  expiresAtMs: number
  /** The `kid` of its header: which signing key it was signed with. */
  keyId: string
  /** Its `iss`. */
  issuer: string
  /** Its `aud`. */
  audience: string
}

/** Who a valid API key speaks for: the same object for many calls, as long as nothing about it changes. */
export interface KeyIdentity {
  readonly account: Account
  readonly key: ApiKey
  readonly subject: CallSubject
}

/** Whose calls are counted: one object for as long as a key is accepted, in which they are counted. */
export interface CallSubject extends UsageBearer, LimitBearer {
  /** Of the key. */
  readonly id: string
}

/** The outcome of a password grant. */
export interface SignIn {
  account: Account
  session: Session
  /** For the cookie. */
  token: AccessToken
  /** Another token of the same session with its own `jti`, for a body; only when asked for. */
  bodyToken?: AccessToken
  expiresInSeconds: number
}

/** A sandbox account with all that a sample needs to run as it. */
export interface SandboxAccount {
  account: Account
  password: string
  /** `{USERNAME}:{KEY}` */
  apiKey: string
  /** For the cookie that finds this account again; base64url, 43 characters. */
  seed: string
}

/**
 * Everything the HTTP edge may ask of the domain. Each call is durable when its promise resolves.
 * Each may throw a `Refusal`; any other error is a bug or a broken store and must become a 500 or 503.
 */
export interface Auth {
  /** @throws {Refusal} validation_failed (facts.fields), username_taken, too_many_requests, overloaded */
  register(input: { username: string; password: string }, caller: Caller): Promise<Account>
  /**
   * Whether nobody has this name yet. Counts as a registration for the limits, and takes as long as one.
   * @throws {Refusal} validation_failed (facts.fields), too_many_requests, overloaded
   */
  isNameFree(username: string, caller: Caller): Promise<boolean>
  /**
   * Makes a sandbox account one that lasts, under this name and password. Its keys and all its sessions end, and
   * its seed finds nothing any more. Counts as a registration for the limits.
   * @throws {Refusal} as `register`; invalid_token if the account has ended, or lasts already
   */
  keepAccount(
    accountId: string,
    chosen: { username: string; password: string },
    caller: Caller,
  ): Promise<Account>
  /**
   * Opens a throw-away account of 24 hours. Password and key are derived from a 256-bit random seed that
   * the browser keeps in an HttpOnly cookie, so that the same reader gets the same account again on the
   * next page while no script-readable storage ever holds a secret. Without a seed, or with one whose
   * account is gone, a new account with a new seed is made.
   * @throws {Refusal} too_many_requests, overloaded
   */
  openSandboxAccount(input: { seed?: string | undefined }, caller: Caller): Promise<SandboxAccount>
  /**
   * The password grant (RFC 6749 section 4.3). Ends the session of `replaces`, if that token is valid.
   * @throws {Refusal} invalid_grant, too_many_requests, overloaded, sandbox_only (with `sandboxOnly`, and
   * only after the password was right)
   */
  signIn(
    input: {
      username: string
      password: string
      replaces?: string | undefined
      withBodyToken?: boolean | undefined
      sandboxOnly?: boolean | undefined
      /** For a token, and a session, of 5 seconds. Own accounts get the usual ones. */
      short?: boolean | undefined
    },
    caller: Caller,
  ): Promise<SignIn>
  /** @throws {Refusal} invalid_token, whatever is wrong with it */
  checkToken(token: string): Promise<TokenIdentity>
  /** Ends a session of this account; ending one that is gone already is fine. */
  endSession(accountId: string, sessionId: string, caller: Caller): Promise<void>

  /** Sessions that go on, newest first. */
  listSessions(accountId: string): Promise<Session[]>
  /** @returns how many were ended */
  endOtherSessions(accountId: string, sessionId: string, caller: Caller): Promise<number>
  /** Whether the session gave the password in the last 15 minutes (ASVS 7.5.1, 7.5.3). */
  isRecentlyConfirmed(session: Session): boolean
  /**
   * Takes the password once more. Counts as a sign-in for the limits.
   * @throws {Refusal} invalid_grant, too_many_requests, overloaded; invalid_token if the session has ended
   */
  confirmPassword(
    accountId: string,
    sessionId: string,
    password: string,
    caller: Caller,
  ): Promise<void>
  /**
   * Changes the password, ends all other sessions and, if asked, revokes all keys.
   * Counts as a sign-in for the limits.
   * @throws {Refusal} invalid_grant (the current one is wrong), validation_failed (field `new_password`),
   * too_many_requests, overloaded; invalid_token if the account is gone
   */
  changePassword(
    accountId: string,
    change: {
      currentPassword: string
      newPassword: string
      sessionId: string
      revokeKeys: boolean
    },
    caller: Caller,
  ): Promise<void>
  /**
   * Removes the account with its keys and sessions. Counts as a sign-in for the limits.
   * @throws {Refusal} invalid_grant, too_many_requests, overloaded; invalid_token if the account is gone
   */
  deleteAccount(accountId: string, password: string, caller: Caller): Promise<void>
  /** The account's own part of the audit log, newest first. @param limit at most 100 */
  recentActivity(accountId: string, limit: number): Promise<Activity[]>

  /**
   * @param value raw `x-api-auth` field value
   * @returns at once for a key that was accepted lately and can be looked up without waiting. It never throws: the
   * promise rejects
   * @throws {Refusal} invalid_api_key, too_many_requests
   */
  checkApiKey(value: string, caller: Caller): KeyIdentity | Promise<KeyIdentity>
  /** Active keys, newest first. */
  listApiKeys(accountId: string): Promise<ApiKey[]>
  /**
   * @returns the whole `{USERNAME}:{KEY}`, for its one showing.
   * @throws {Refusal} key_limit_reached, validation_failed (facts.fields: label, expires_at)
   */
  issueApiKey(
    accountId: string,
    options: { label?: string | undefined; expiresAtMs?: number | null | undefined },
    caller: Caller,
  ): Promise<{ apiKey: string; key: ApiKey }>
  /** Issues a successor and ends the old key after `overlapSeconds` (0 = at once), in one step. @throws {Refusal} key_not_found */
  replaceApiKey(
    accountId: string,
    keyId: string,
    options: { overlapSeconds: number },
    caller: Caller,
  ): Promise<{ apiKey: string; key: ApiKey }>
  /** @throws {Refusal} key_not_found, the same for a foreign key and for none */
  revokeApiKey(accountId: string, keyId: string, caller: Caller): Promise<void>

  /** The token that a form of this session must carry (a keyed hash of its id; OWASP CSRF cheat sheet). */
  formToken(sessionId: string): string
  /** Compares in constant time. */
  isFormToken(sessionId: string, value: string): boolean

  /**
   * Signs with a new key from now on; the old one verifies until its last token has ended.
   * @returns the new key's id
   */
  rotateSigningKey(caller: Caller): Promise<{ keyId: string }>
  /** Forgets every signing key at once and makes a new one: all tokens are refused, and all sessions over. */
  dropSigningKeys(caller: Caller): Promise<{ keyId: string }>

  /** The public signing keys (RFC 7517). */
  publicKeys(): Promise<JSONWebKeySet>
}
