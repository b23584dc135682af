import type { TokenIdentity } from '#auth/auth.ts'
import { accessTokenClearedEverywhere, readAccessTokenCookie } from '../access-token-cookie.ts'
import { EdgeRefusal } from '../edge-refusal.ts'
import { type Call, step } from '../exchange.ts'
import { type CookieJar, cookieJar, refuseUnlessJarMayHold } from './cookie-jar.ts'
import { countCall } from './rate-limit.ts'

/** What a request with a token brings to its endpoint. */
export interface TokenVariables {
  tokenIdentity: TokenIdentity
  jar: CookieJar
}

/** `Bearer` and one token (RFC 6750 section 2.1); the scheme in any case. */
const bearerShape = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** The request bears one token that works, as cookie or as Bearer. */
export const tokenMatches = step<TokenVariables>(
  [
    'missing_token',
    'invalid_token',
    'ambiguous_credentials',
    'sandbox_only',
    'malformed_request',
    'store_unavailable',
  ],
  async function tokenMatches(c) {
    const jar = cookieJar(c)
    const identity = await c.env.services.auth.checkToken(readToken(c, jar))
    c.env.actsAs = identity.account.kind
    refuseUnlessJarMayHold(jar, identity.account)
    c.set('tokenIdentity', identity)
    c.set('jar', jar)
  },
)

/** Counts the call for the account that the token speaks for. */
export const withinAccountLimit = step<TokenVariables>(
  ['too_many_requests', 'store_unavailable'],
  function withinAccountLimit(c) {
    const { account } = c.get('tokenIdentity')
    c.env.usedBy = { accountId: account.id, id: null }
    return countCall(c, 'api_key', account.id)
  },
)

function readToken(c: Pick<Call, 'env' | 'req'>, jar: CookieJar): string {
  const authorization = c.req.raw.headers.get('authorization')
  const cookie = readAccessTokenCookie(jar.cookies)
  if (cookie.kind === 'several') throw severalCookies(c, jar)
  if (authorization === null) {
    if (cookie.kind === 'none') throw new EdgeRefusal('missing_token')
    return cookie.value
  }
  const isAmbiguous = cookie.kind === 'one' || c.req.raw.headers.has('x-api-auth')
  if (isAmbiguous) throw new EdgeRefusal('ambiguous_credentials')
  return bearerToken(authorization)
}

function bearerToken(authorization: string): string {
  const token = bearerShape.exec(authorization)?.[1]
  if (token !== undefined) return token
  const code = /^Bearer\b/i.test(authorization) ? 'invalid_token' : 'missing_token'
  throw new EdgeRefusal(code, { detail: 'Authorization must be Bearer and one token, once.' })
}

/** Clears both, so that the next sign-in works. A program clears its own jar. */
function severalCookies(c: Pick<Call, 'env' | 'req'>, jar: CookieJar): EdgeRefusal {
  const { origin, secure } = c.env.services.config
  const place = { path: c.req.path, host: new URL(origin).hostname }
  const cookies = jar.kind === 'browser' ? accessTokenClearedEverywhere(place, { secure }) : []
  return new EdgeRefusal('invalid_token', {
    detail: 'There are two cookies named access_token, and one of them may be somebody else’s.',
    cookies,
  })
}
