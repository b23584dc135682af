import { type ErrorCode, errorCodes, errorRow } from '#api/error-codes.ts'

/** Every code, in the order of the table. */
export const allErrorCodes = Object.keys(errorCodes) as readonly ErrorCode[]

/** What the page of errors has a paragraph for: the codes, and the words that OAuth has for some of them. */
export const errorAnchors: readonly string[] = [
  ...new Set(
    allErrorCodes.flatMap((code) => [errorRow(code).anchor, errorRow(code).oauth ?? []].flat()),
  ),
]

/** Where an error is explained. @param anchor one of `errorAnchors` */
export function errorPage(anchor: string): string {
  return `/docs/errors#${anchor}`
}
