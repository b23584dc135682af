import type { FieldError } from '#auth/refusal.ts'
import type { ErrorCode } from './error-codes.ts'

/** What may travel with an edge refusal; all of it is for the caller. */
export interface EdgeFacts {
  /** A sentence in place of the code's general one. Names nothing secret. */
  detail?: string
  fields?: FieldError[]
  /** For `method_not_allowed`: the methods that the path has. */
  allow?: string
  /** `Set-Cookie` values that go out with the refusal. */
  cookies?: string[]
}

/** The edge's "no", beside the domain's `Refusal`. */
export class EdgeRefusal extends Error {
  readonly code: ErrorCode
  readonly facts: EdgeFacts

  constructor(code: ErrorCode, facts: EdgeFacts = {}) {
    super(code)
    this.name = 'EdgeRefusal'
    this.code = code
    this.facts = facts
  }
}
