import {
  decodeProtectedHeader,
  errors,
  type JWTHeaderParameters,
  jwtVerify,
  type JWTPayload,
  SignJWT,
} from 'jose'
import type { SessionRecord } from '#store/store.ts'
import type { AccessToken } from './auth.ts'
import type { AuthParts } from './parts.ts'
import { randomId } from './random.ts'
import { Refusal } from './refusal.ts'
import { clockToleranceSeconds, tokenTtlSeconds } from './token-lifetime.ts'

/** A token is some 400 characters. What is longer is refused unread. */
const maxTokenCharacters = 2048

const tokenType = 'at+jwt' // RFC 9068 section 2.1

/** What a verified token says. Times in milliseconds. */
export interface TokenClaims {
  accountId: string
  sessionId: string
  tokenId: string
  issuedAtMs: number
  expiresAtMs: number
  /** The `kid` that chose the key. */
  keyId: string
}

type TokenParts = Pick<AuthParts, 'clock' | 'random' | 'signingKeys' | 'settings'>

/** Signs a new token of a session, with its own `jti`. It ends with the session. */
export async function signAccessToken(
  parts: TokenParts,
  session: SessionRecord,
): Promise<AccessToken> {
  const { kid, privateKey } = await parts.signingKeys.current()
  const token = await new SignJWT({ sid: session.id })
    .setProtectedHeader({ alg: 'EdDSA', typ: tokenType, kid })
    .setIssuer(parts.settings.issuer)
    .setAudience(parts.settings.audience)
    .setSubject(session.accountId)
    .setJti(randomId(parts.random))
    .setIssuedAt(Math.floor(parts.clock.nowMs() / 1000))
    .setExpirationTime(session.expiresAtMs / 1000)
    .sign(privateKey)
  return token as AccessToken
}

/**
 * Verifies signature and claims; whether the session still exists is not looked at here.
 * @throws {Refusal} invalid_token
 * @see RFC 8725 section 3
 */
export async function readAccessToken(parts: TokenParts, token: string): Promise<TokenClaims> {
  if (token.length > maxTokenCharacters) throw refusal('too long')
  const { payload, protectedHeader } = await jwtVerify(token, await keyOf(parts, token), {
    algorithms: ['EdDSA'],
    typ: tokenType,
    issuer: parts.settings.issuer,
    audience: parts.settings.audience,
    requiredClaims: ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp'],
    maxTokenAge: tokenTtlSeconds,
    clockTolerance: clockToleranceSeconds,
    currentDate: new Date(parts.clock.nowMs()),
  }).catch((error: unknown) => {
    throw error instanceof errors.JOSEError ? refusal(error.code) : error
  })
  return claimsOf(payload, protectedHeader)
}

/** Only a `kid` of ours chooses a key. A header with anything else in it is not one that we wrote. */
async function keyOf(parts: TokenParts, token: string): Promise<CryptoKey> {
  const header = headerOf(token)
  if (Object.keys(header).some((name) => !['alg', 'typ', 'kid'].includes(name))) {
    throw refusal('foreign header')
  }
  const { kid } = header
  const key = typeof kid === 'string' ? await parts.signingKeys.publicKey(kid) : undefined
  if (key === undefined) throw refusal('unknown kid')
  return key
}

function headerOf(token: string): Record<string, unknown> {
  try {
    return { ...decodeProtectedHeader(token) }
  } catch {
    throw refusal('malformed')
  }
}

function claimsOf(payload: JWTPayload, { kid }: JWTHeaderParameters): TokenClaims {
  const { sub, sid, jti, iat, exp } = payload
  if (typeof sub !== 'string' || typeof sid !== 'string' || typeof jti !== 'string') {
    throw refusal('claim of a wrong type')
  }
  if (iat === undefined || exp === undefined || kid === undefined) throw refusal('claim missing')
  return {
    accountId: sub,
    sessionId: sid,
    tokenId: jti,
    issuedAtMs: iat * 1000,
    expiresAtMs: exp * 1000,
    keyId: kid,
  }
}

function refusal(because: string): Refusal {
  return new Refusal('invalid_token', { because })
}
