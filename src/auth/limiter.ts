import type { LimitName } from './limits.ts'
import type { LimitState } from './refusal.ts'

/** Whether a call may go on, and how its counter stands after it. */
export type LimitDecision = LimitState & { allowed: boolean }

/**
 * One who calls again and again with the same key of a limit. A counter in this process counts these calls in it, and
 * so finds them without a search; what it keeps here is for that counter alone.
 */
export interface LimitBearer {
  /** The counter; undefined before the first call. */
  limitCounter: object | undefined
  /** Calls since the first that was counted. */
  limitCalls: number
  /** Milliseconds by a clock that nobody sets; 0 for calls that are forgotten. */
  limitEndsAtMs: number
}

/**
 * Counts calls per limit and key. Counting is atomic: of any number of simultaneous calls at most
 * `limit` are allowed. A call that is not allowed does not prolong the window. A counter in this process decides
 * at once; one elsewhere promises to, and if it cannot be reached the promise rejects, and the caller's request fails.
 */
export interface Limiter {
  /**
   * @param bearer an object that is the same for many calls with this key and this limit, in which a counter in this
   * process is found faster than by the key
   */
  consume(
    name: LimitName,
    key: string,
    bearer?: LimitBearer,
  ): LimitDecision | Promise<LimitDecision>
  /** How `consume` would decide, without counting. */
  peek(name: LimitName, key: string): LimitDecision | Promise<LimitDecision>
  reset(name: LimitName, key: string): void | Promise<void>
}
