import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readByteRange } from '#static/byte-range.ts'

test.each([
  ['bytes=0-4', { start: 0, end: 4 }],
  ['bytes=5-', { start: 5, end: 9 }],
  ['bytes=5-999', { start: 5, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-999', { start: 0, end: 9 }],
  ['BYTES=9-9', { start: 9, end: 9 }],
])('%s of ten bytes is a part', (header, part) => {
  expect(readByteRange(header, 10)).toEqual(part)
})

test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])('%s of ten bytes is none of them', (header) => {
  expect(readByteRange(header, 10)).toBeNull()
})

test.each([
  undefined,
  '',
  'bytes=',
  'bytes=-',
  'bytes=5-2',
  'bytes=0-1,4-5',
  'bytes=0x0-4',
  'bytes= 0-4',
  'lines=0-4',
  'bytes=1.5-4',
  'bytes=--4',
])('%s is answered with the whole', (header) => {
  expect(readByteRange(header, 10)).toBeUndefined()
})

test('a part is never outside the file, whatever is asked for', () => {
  const number = fc.oneof(fc.nat(30).map(String), fc.constant(''), fc.constant('9'.repeat(400)))
  fc.assert(
    fc.property(number, number, fc.nat(20), (first, last, size) => {
      const part = readByteRange(`bytes=${first}-${last}`, size)
      if (part === null || part === undefined) return
      expect(part.start).toBeGreaterThanOrEqual(0)
      expect(part.end).toBeGreaterThanOrEqual(part.start)
      expect(part.end).toBeLessThan(size)
    }),
  )
})
