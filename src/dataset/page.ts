import { CursorError, readCursor, writeCursor } from './cursor.ts'
import type { Page } from './records.ts'

/** Items on a page when the caller does not say. */
export const defaultPageLimit = 20
/** Most items on a page. */
export const maxPageLimit = 100

/** Which stretch of a list is wanted. */
export interface PageRequest {
  /** Whole number, 1 to 100; default 20. */
  limit?: number | undefined
  /** `next_cursor` of the page before, from the same list with the same filters; none for the first. */
  cursor?: string | undefined
}

/**
 * Cuts one page from a list in O(limit).
 * @param scope names the list for its cursors.
 * @throws {CursorError} when the cursor is not one of this list.
 * @throws {RangeError} when the limit is out of range: the edge has let something through.
 */
export function pageOf<T>(list: readonly T[], scope: string, request: PageRequest): Page<T> {
  const { limit = defaultPageLimit, cursor } = request
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPageLimit) {
    throw new RangeError(`limit must be a whole number from 1 to ${maxPageLimit}`)
  }
  const start = cursor === undefined ? 0 : readCursor(scope, cursor)
  // No page ends at the end of its list with a cursor, so such a position was never given out.
  if (cursor !== undefined && (start < 1 || start >= list.length)) {
    throw new CursorError('other_list')
  }
  const end = start + limit
  return {
    items: list.slice(start, end),
    next_cursor: end < list.length ? writeCursor(scope, end) : null,
  }
}
