import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CursorError, readCursor, writeCursor } from '#dataset/cursor.ts'

const scope = fc.string()
const position = fc.integer({ min: 0, max: 2 ** 24 - 1 })
const base64url = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

/** The fault with which a cursor is refused; undefined when it is read. */
function faultOf(scopeName: string, text: string): string | undefined {
  try {
    readCursor(scopeName, text)
    return undefined
  } catch (error) {
    if (error instanceof CursorError) return error.fault
    throw error
  }
}

describe('a cursor', () => {
  test('gives back its position to the scope that wrote it', () => {
    fc.assert(
      fc.property(scope, position, (name, at) => {
        expect(readCursor(name, writeCursor(name, at))).toBe(at)
      }),
    )
  })

  test('is 16 base64url characters, the same for the same position', () => {
    fc.assert(
      fc.property(scope, position, (name, at) => {
        expect(writeCursor(name, at)).toMatch(/^[A-Za-z0-9_-]{16}$/)
        expect(writeCursor(name, at)).toBe(writeCursor(name, at))
      }),
    )
  })

  test('of another scope is refused', () => {
    fc.assert(
      fc.property(scope, scope, position, (name, other, at) => {
        fc.pre(name !== other)
        expect(faultOf(other, writeCursor(name, at))).toBe('other_list')
      }),
    )
  })

  test('with one character changed is refused', () => {
    const place = fc.nat({ max: 15 })
    fc.assert(
      fc.property(
        scope,
        position,
        place,
        fc.constantFrom(...base64url),
        (name, at, index, char) => {
          const cursor = writeCursor(name, at)
          fc.pre(cursor[index] !== char)
          const changed = cursor.slice(0, index) + char + cursor.slice(index + 1)
          expect(faultOf(name, changed)).toMatch(/^other_/)
        },
      ),
    )
  })

  test('that is torn, lengthened or padded is malformed', () => {
    const cursor = writeCursor('images', 20)
    for (let length = 0; length < cursor.length; length += 1) {
      expect(faultOf('images', cursor.slice(0, length))).toBe('malformed')
    }
    for (const extra of ['A', '=', '\n', ' ', '\0']) {
      expect(faultOf('images', cursor + extra)).toBe('malformed')
      expect(faultOf('images', extra + cursor)).toBe('malformed')
    }
  })

  test('of another version says so', () => {
    const bytes = Buffer.from(writeCursor('images', 20), 'base64url')
    bytes.writeUInt8(2, 0)
    expect(faultOf('images', bytes.toString('base64url'))).toBe('other_version')
  })

  test('of plain base64 characters is malformed', () => {
    expect(faultOf('images', 'AQAAFA+/+/+/+/+/')).toBe('malformed')
  })

  test('that nobody wrote is refused, whatever its text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...base64url), minLength: 16, maxLength: 16 }),
    )
    fc.assert(
      fc.property(scope, text, (name, any) => {
        expect(faultOf(name, any)).toBeDefined()
      }),
    )
  })

  test('has a position of three bytes at most', () => {
    expect(() => writeCursor('images', 2 ** 24)).toThrow(RangeError)
    expect(() => writeCursor('images', -1)).toThrow(RangeError)
  })

  test('is not repeated in the message of its error', () => {
    expect(() => readCursor('images', 'not-a-cursor')).toThrow(
      'The cursor is not one that this server gives out.',
    )
  })
})
