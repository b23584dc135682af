import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CursorError, writeCursor } from '#dataset/cursor.ts'
import { defaultPageLimit, maxPageLimit, pageOf } from '#dataset/page.ts'

const limit = fc.integer({ min: 1, max: maxPageLimit })
const numbers = (length: number) => Array.from({ length }, (_, index) => index)

describe('a page', () => {
  test('follows the one before until the list is through, whatever the limits', () => {
    const limits = fc.array(limit, { minLength: 1 })
    fc.assert(
      fc.property(fc.nat({ max: 400 }), limits, (length, turns) => {
        const list = numbers(length)
        const walked: number[] = []
        let cursor: string | undefined
        for (let turn = 0; ; turn += 1) {
          const page = pageOf(list, 'numbers', { limit: turns[turn % turns.length], cursor })
          walked.push(...page.items)
          if (page.next_cursor === null) break
          cursor = page.next_cursor
        }
        expect(walked).toEqual(list)
      }),
    )
  })

  test('has 20 items unless asked otherwise', () => {
    expect(defaultPageLimit).toBe(20)
    expect(pageOf(numbers(50), 'numbers', {}).items).toEqual(numbers(20))
  })

  test('of an empty list is empty and the last', () => {
    expect(pageOf([], 'nothing', {})).toEqual({ items: [], next_cursor: null })
  })

  test('is the last when it ends with the list: no empty page follows', () => {
    expect(pageOf(numbers(20), 'numbers', { limit: 20 }).next_cursor).toBeNull()
  })

  test.each([0, -1, 101, 1.5, Number.NaN])('with a limit of %s is a bug of the caller', (wrong) => {
    expect(() => pageOf(numbers(5), 'numbers', { limit: wrong })).toThrow(RangeError)
  })

  test('from a position that is never given out is refused', () => {
    for (const position of [0, 5, 6]) {
      const cursor = writeCursor('numbers', position)
      expect(() => pageOf(numbers(5), 'numbers', { cursor })).toThrow(CursorError)
    }
  })

  test('from an empty cursor is refused, not the first page', () => {
    expect(() => pageOf(numbers(5), 'numbers', { cursor: '' })).toThrow(CursorError)
  })
})
