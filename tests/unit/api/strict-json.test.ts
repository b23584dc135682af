import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EdgeRefusal } from '#api/edge-refusal.ts'
import { readJsonObject } from '#api/strict-json.ts'

function isRefused(text: string): boolean {
  try {
    readJsonObject(text)
    return false
  } catch (error) {
    return error instanceof EdgeRefusal && error.code === 'malformed_request'
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
