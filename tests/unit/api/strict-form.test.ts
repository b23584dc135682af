import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EdgeRefusal } from '#api/edge-refusal.ts'
import { readFormPairs } from '#api/strict-form.ts'

test.each([
  ['', []],
  ['a', [['a', '']]],
  ['a=', [['a', '']]],
  [
    'a=1&&b=2&',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['a=x=y', [['a', 'x=y']]],
  ['p=%C3%BC+%2B%20%26', [['p', 'ü + &']]],
  ['a[b][c]=1', [['a[b][c]', '1']]],
])('"%s" is %o', (text, pairs) => {
  expect(readFormPairs(text)).toEqual(pairs)
})

test.each(['a=%', 'a=%2', 'a=%zz', 'a=%FF', 'a=%C3', '%FF=1', 'a=%00'])(
  'I5: "%s" is refused',
  (text) => {
    expect(() => readFormPairs(text)).toThrow(EdgeRefusal)
  },
)

test('O1: what a standard writer wrote is read as it was', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
      const written = new URLSearchParams(pairs)
      const named = pairs.filter(([name, value]) => name !== '' || value !== '')
      const read = readFormPairs(String(written)).filter(
        ([name, value]) => name !== '' || value !== '',
      )
      expect(read).toEqual(named)
    }),
  )
})
