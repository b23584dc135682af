import { describe, expect, test } from 'vitest'
import { isSecretHeader, readHeaderLines } from '#playground/header-lines.ts'

describe('header lines', () => {
  test('are pairs in the order in which they were typed', () => {
    expect(readHeaderLines('Accept: text/plain\n\n  x-a :  b: c \r\nempty:')).toEqual({
      pairs: [
        ['Accept', 'text/plain'],
        ['x-a', 'b: c'],
        ['empty', ''],
      ],
      advice: [],
    })
  })

  test.each(['Cookie: a=b', 'host: x', 'Sec-Fetch-Site: none', 'proxy-x: 1', 'Origin: null'])(
    'that only a browser may set are left out: %s',
    (line) => {
      const { pairs, advice } = readHeaderLines(line)
      expect(pairs).toEqual([])
      expect(advice.join()).toMatch(/Only the browser itself may set/)
    },
  )

  test.each([
    ['no colon here', /has no colon/],
    ['sp ace: x', /not a header name/],
    [': x', /not a header name/],
    ['x-a: ключ', /no header can carry/],
    ['x-a: a\u0007b', /no header can carry/],
  ])('that no request can carry are left out: %j', (line, sentence) => {
    const { pairs, advice } = readHeaderLines(line)
    expect(pairs).toEqual([])
    expect(advice.join()).toMatch(sentence)
    expect(() => new Headers(pairs)).not.toThrow()
  })

  test('of an account are known in any case', () => {
    expect(['X-Api-Auth', 'authorization'].every(isSecretHeader)).toBe(true)
    expect(isSecretHeader('accept')).toBe(false)
  })
})
