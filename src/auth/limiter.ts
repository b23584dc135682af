import type { LimitName } from './limits.ts'
import type { LimitState } from './refusal.ts'

/** Whether a call may go on, and how its counter stands after it. */
export type LimitDecision = LimitState & { allowed: boolean }

/**
 * Counts calls per limit and key. Counting is atomic: of any number of simultaneous calls at most
 * `limit` are allowed. A call that is not allowed does not prolong the window. If the counter cannot be
 * reached the promise rejects, and the caller's request fails.
 */
export interface Limiter {
  consume(name: LimitName, key: string): Promise<LimitDecision>
  /** How `consume` would decide, without counting. */
  peek(name: LimitName, key: string): Promise<LimitDecision>
  reset(name: LimitName, key: string): Promise<void>
}
