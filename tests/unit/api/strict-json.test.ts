import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EdgeRefusal } from '#api/edge-refusal.ts'
import { readJsonObject } from '#api/strict-json.ts'

function isRefused(text: string): boolean {
  try {
    readJsonObject(text)
    return false
  } catch (error) {
    if (error instanceof EdgeRefusal && error.code === 'malformed_request') return true
    throw error
  }
}

describe('I4: what is refused', () => {
  test.each([
    ['nothing', ''],
    ['half an object', '{"a":1'],
    ['an array', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['a member twice', '{"a":1,"a":2}'],
    ['a member twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a member twice further in', '{"b":{"a":1,"a":2}}'],
    ['__proto__', '{"__proto__":{"x":1}}'],
    ['__proto__ further in', '{"a":[{"__proto__":1}]}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['a number without an end', '{"a":1e400}'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['a depth of 8,000', `${'['.repeat(8000)}${']'.repeat(8000)}`],
    ['a comment', '{"a":1/**/}'],
  ])('%s', (_, text) => {
    expect(isRefused(text)).toBe(true)
  })

  test('nothing of it reaches the prototype of other objects', () => {
    isRefused('{"__proto__":{"x":1}}')
    isRefused('{"constructor":{"prototype":{"x":1}}}')
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})

test('members of the same name in different objects are fine', () => {
  expect(readJsonObject('{"a":{"n":"x: {"},"b":{"n":"\\"n\\":"}}')).toEqual({
    a: { n: 'x: {' },
    b: { n: '"n":' },
  })
})

test('every object that JSON.stringify writes is read as it was', () => {
  const member = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__')
  const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean())
  fc.assert(
    fc.property(fc.dictionary(member, value, { noNullPrototype: true }), (object) => {
      expect(readJsonObject(JSON.stringify(object))).toEqual(object)
    }),
  )
})

test('I4: a member twice is refused, however deep it stands and however it is written', () => {
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant('HERE'),
      tie('tree').map((inner) => `{"x":${inner},"y":"}{\\":"}`),
      tie('tree').map((inner) => `[1,${inner},null]`),
      tie('tree').map((inner) => ` {"n" : ${inner} } `),
    ),
  }))
  fc.assert(
    fc.property(tree, fc.constantFrom('"a"', '"\\u0061"', '"\\u00e9"'), (whole, name) => {
      const body = (inner: string): string => `{"top":${whole.replace('HERE', inner)}}`
      expect(isRefused(body(`{${name}:1}`))).toBe(false)
      expect(isRefused(body(`{${name}:1,"z":[{}],${name} :2}`))).toBe(true)
    }),
  )
})

test('I4: any text is an object that JSON.parse reads alike, or is refused', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '"a"',
      '"b"',
      '1',
      '1e400',
      'null',
      '\\',
      '\\u',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  )
  const nearlyJson = fc.array(piece).map((pieces) => `{${pieces.join('')}}`)
  fc.assert(
    fc.property(fc.oneof(nearlyJson, fc.json(), fc.string({ unit: 'binary' })), (text) => {
      if (isRefused(text)) return
      expect(readJsonObject(text)).toEqual(JSON.parse(text))
    }),
    { numRuns: 1_000 },
  )
})
