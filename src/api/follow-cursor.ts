import { Refusal } from '#auth/refusal.ts'
import { CursorError } from '#dataset/cursor.ts'

/**
 * Reads a page of the dataset.
 * @throws {Refusal} validation_failed for a cursor that cannot be followed
 */
export function followCursor<Page>(read: () => Page): Page {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CursorError)) throw error
    const fields = [{ field: 'cursor', message: error.message }]
    throw new Refusal('validation_failed', { because: error.fault, fields })
  }
}
