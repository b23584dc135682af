import { type ErrorCode, errorRow } from '#api/error-codes.ts'
import { allErrorCodes } from './error-anchors.ts'
import type { Operation } from './operations.ts'

/** One way in which a call is refused. */
export interface RefusalRow {
  readonly status: number
  /** What the answer says: the code, or the word that OAuth has for it. */
  readonly word: string
  readonly code: ErrorCode
}

/** The ways in which a call is refused, or all there are, by status. */
export function refusalsOf(operation: Operation | undefined): RefusalRow[] {
  const codes = operation?.refusals.flatMap((refusal) => refusal.codes) ?? allErrorCodes
  return codes
    .map((code): RefusalRow => {
      const { status, oauth } = errorRow(code)
      return { status, word: (operation?.oauthErrors === true ? oauth : undefined) ?? code, code }
    })
    .toSorted((one, other) => one.status - other.status)
}
