import { createHash } from 'node:crypto'

/** What is wrong with a cursor: no cursor at all, one of another layout, or not one for this list. */
export type CursorFault = 'malformed' | 'other_version' | 'other_list'

const sentences = {
  malformed: 'The cursor is not one that this server gives out.',
  other_version: 'The cursor has a layout that this server no longer reads.',
  other_list: 'The cursor is damaged, or belongs to another list, other filters or other data.',
} as const satisfies Record<CursorFault, string>

/** A cursor that cannot be followed. The message is fit for the caller; the cursor is not in it. */
export class CursorError extends Error {
  readonly fault: CursorFault

  constructor(fault: CursorFault) {
    super(sentences[fault])
    this.name = 'CursorError'
    this.fault = fault
  }
}

// version (1) + position (3) + tag (8). Twelve bytes are exactly 16 base64url characters with no spare
// bits, so a cursor has one spelling only.
const version = 1
const positionBytes = 3
const tagAt = 1 + positionBytes
const tagBytes = 8
const cursorText = /^[\w-]{16}$/

/**
 * Writes down where the next page of a list starts.
 * @param scope names the list, its filters and the data; only the same scope reads the cursor again.
 * @param position index of the next item, 0 to 16,777,215.
 * @returns 16 base64url characters.
 * @throws {RangeError} when the position does not fit.
 */
export function writeCursor(scope: string, position: number): string {
  const bytes = Buffer.alloc(tagAt + tagBytes)
  bytes.writeUInt8(version, 0)
  bytes.writeUIntBE(position, 1, positionBytes)
  tagOf(scope, position).copy(bytes, tagAt)
  return bytes.toString('base64url')
}

/**
 * Reads a cursor that `writeCursor` made for the same scope.
 * @returns the position.
 * @throws {CursorError} for every other text: the tag makes a slip visible. It is no secret, since the
 * worst that a forged cursor reaches is another page of a list that the caller may read anyway.
 */
export function readCursor(scope: string, text: string): number {
  if (!cursorText.test(text)) throw new CursorError('malformed')
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.readUInt8(0) !== version) throw new CursorError('other_version')
  const position = bytes.readUIntBE(1, positionBytes)
  if (!tagOf(scope, position).equals(bytes.subarray(tagAt))) throw new CursorError('other_list')
  return position
}

function tagOf(scope: string, position: number): Buffer {
  return createHash('sha256').update(`${position}\n${scope}`).digest().subarray(0, tagBytes)
}
