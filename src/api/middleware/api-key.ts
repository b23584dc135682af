import type { KeyIdentity } from '#auth/auth.ts'
import { EdgeRefusal } from '../edge-refusal.ts'
import { type Call, callerOf, step } from '../exchange.ts'
import { countCall } from './rate-limit.ts'

/**
 * The request bears a key that works, in `x-api-auth` and nowhere else. A header sent twice arrives joined
 * by a comma, which no key contains. The cookie is not looked at: a browser sends it asked or not.
 */
export const apiKeyMatches = step<{ keyIdentity: KeyIdentity }>(
  [
    'missing_api_key',
    'invalid_api_key',
    'ambiguous_credentials',
    'too_many_requests',
    'store_unavailable',
  ],
  function apiKeyMatches(c) {
    const value = c.req.raw.headers.get('x-api-auth')
    if (value === null) throw new EdgeRefusal('missing_api_key')
    if (c.req.raw.headers.has('authorization')) throw new EdgeRefusal('ambiguous_credentials')
    const identity = c.env.services.auth.checkApiKey(value, callerOf(c))
    if (identity instanceof Promise) return identity.then((found) => actAs(c, found))
    actAs(c, identity)
    return undefined
  },
)

function actAs(c: Call<{ keyIdentity: KeyIdentity }>, identity: KeyIdentity): void {
  c.env.actsAs = identity.account.kind
  c.set('keyIdentity', identity)
}

/** Counts the call for its key. */
export const withinKeyLimit = step<{ keyIdentity: KeyIdentity }>(
  ['too_many_requests', 'store_unavailable'],
  function withinKeyLimit(c) {
    const { subject } = c.get('keyIdentity')
    c.env.usedBy = subject
    return countCall(c, 'api_key', subject.id, subject)
  },
)
