import type { LimitName } from '#auth/limits.ts'
import { refuseUnless } from '#auth/login-guard.ts'
import { type ApiContext, callerOf, step } from '../exchange.ts'

/** Counts the call for the caller's address, before anything is looked at that costs time. */
export const withinAddressLimit = step(
  ['too_many_requests', 'store_unavailable'],
  function withinAddressLimit(c) {
    return countCall(c, 'api_address', callerOf(c).address)
  },
)

/**
 * Counts a call. The answer shows how the limit stands, the nearest one first.
 * @throws {Refusal} too_many_requests
 */
export async function countCall(c: ApiContext, name: LimitName, key: string): Promise<void> {
  const decision = await c.env.services.limiter.consume(name, key)
  if (decision.limit === Infinity) return
  c.env.limits.unshift(decision)
  refuseUnless(decision)
}
