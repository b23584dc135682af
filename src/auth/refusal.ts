/** Every reason for which the domain says no. The HTTP edge has a row for each (`#api/error-codes.ts`). */
export type RefusalCode =
  | 'invalid_api_key'
  | 'invalid_token'
  | 'invalid_grant'
  | 'validation_failed'
  | 'username_taken'
  | 'key_limit_reached'
  | 'key_not_found'
  | 'too_many_requests'
  | 'sandbox_only'
  | 'overloaded'
  | 'store_unavailable'

/** One thing that is wrong with one field of an input, in words for the person who filled it in. */
export interface FieldError {
  field: string
  message: string
}

/** How a used-up limit stands: `limit` calls per `windowSeconds`, free again in `retryAfterSeconds`. */
export interface LimitState {
  name: string
  limit: number
  remaining: number
  windowSeconds: number
  retryAfterSeconds: number
}

/** What may travel with a refusal. `because` goes to the audit log only, never to the caller. */
export interface RefusalFacts {
  because?: string
  fields?: FieldError[]
  limit?: LimitState
  keyId?: string
  accountId?: string
}

/** The domain's "no": the code is for the caller, the facts are for the log and for the edge. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly facts: RefusalFacts

  constructor(code: RefusalCode, facts: RefusalFacts = {}) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.facts = facts
  }
}
