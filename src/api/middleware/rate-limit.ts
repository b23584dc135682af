import type { LimitBearer, LimitDecision } from '#auth/limiter.ts'
import type { LimitName } from '#auth/limits.ts'
import { refuseUnless } from '#auth/login-guard.ts'
import { type Call, callerOf, step } from '../exchange.ts'

/** Counts the call for the caller's address, before anything is looked at that costs time. */
export const withinAddressLimit = step(
  ['too_many_requests', 'store_unavailable'],
  function withinAddressLimit(c) {
    return countCall(c, 'api_address', callerOf(c).address)
  },
)

/**
 * Counts a call. The answer shows how the limit stands, the nearest one first. The parameters are those of
 * `Limiter.consume`.
 * @throws {Refusal} too_many_requests
 */
export function countCall(
  c: Call,
  name: LimitName,
  key: string,
  bearer?: LimitBearer,
): void | Promise<void> {
  const decision = c.env.services.limiter.consume(name, key, bearer)
  if (decision instanceof Promise) return decision.then((made) => obey(made, c))
  obey(decision, c)
  return undefined
}

function obey(decision: LimitDecision, { env }: Call): void {
  if (decision.limit === Infinity) return
  env.limits.unshift(decision)
  refuseUnless(decision)
}
