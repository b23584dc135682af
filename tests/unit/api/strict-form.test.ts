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

test.each(['a=%', 'a=%2', 'a=%zz', 'a=%FF', 'a=%C3', '%FF=1', 'a=%00', '?a=1', '?'])(
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

/** Texts that are nearly forms. */
const formText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        '=',
        '&',
        '+',
        '%',
        '%41',
        '%00',
        '%FF',
        '%C3%BC',
        '?',
        '#',
        ';',
        '[]',
        '.',
        '\0',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
  )
  .map((parts) => parts.join(''))

test('O2: what it reads, the parser of the platform reads alike: a field is twice for both or for none', async () => {
  await fc.assert(
    fc.asyncProperty(formText, async (text) => {
      const read = tryRead(text)
      if (read === undefined) return
      expect(read).toEqual(await readByPlatform(text))
    }),
    { numRuns: 500 },
  )
})

test('I5: any text is read or refused, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const [name, value] of tryRead(text) ?? []) {
        expect((name + value).includes('\0')).toBe(false)
      }
    }),
  )
})

function tryRead(text: string): [string, string][] | undefined {
  try {
    return readFormPairs(text)
  } catch (error) {
    expect(error).toBeInstanceOf(EdgeRefusal)
    return undefined
  }
}

async function readByPlatform(text: string): Promise<[string, FormDataEntryValue][]> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const request = new Request('http://localhost', { method: 'POST', headers, body: text })
  return [...(await request.formData())]
}
