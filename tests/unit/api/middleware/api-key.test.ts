import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseApiKey } from '#auth/api-key.ts'

const username = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$/)
const secret = fc.stringMatching(/^[0-9A-Za-z]{16}$/)
const junk = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(' ', '\t', ',', ':', '"', '\0', '\r\n', '\u00e9', '\u200b', 'x'.repeat(8_192)),
)

test('K8: a name, one colon and 16 characters are read as what they are', () => {
  fc.assert(
    fc.property(username, secret, (name, key) => {
      expect(parseApiKey(`${name}:${key}`)).toEqual({ name: name.toLowerCase(), secret: key })
    }),
  )
})

test('K8: anything more, anywhere, and it is nothing', () => {
  fc.assert(
    fc.property(username, secret, junk, fc.nat(), (name, key, more, place) => {
      const value = `${name}:${key}`
      const at = place % (value.length + 1)
      const longer = value.slice(0, at) + more + value.slice(at)
      // More letters within the name make another name.
      const isOtherName = /^[A-Za-z0-9][A-Za-z0-9_-]{2,31}:[0-9A-Za-z]{16}$/.test(longer)
      expect(parseApiKey(longer) === null).toBe(!isOtherName)
    }),
  )
})

test('K8: a header sent twice arrives joined, and is nothing', () => {
  fc.assert(
    fc.property(username, secret, username, secret, (name, key, other, otherKey) => {
      const headers = new Headers([
        ['x-api-auth', `${name}:${key}`],
        ['x-api-auth', `${other}:${otherKey}`],
      ])
      expect(parseApiKey(headers.get('x-api-auth') ?? '')).toBeNull()
    }),
  )
})

test('K8: any other text is nothing, and no fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const read = parseApiKey(text)
      if (read !== null)
        expect(text.toLowerCase()).toBe(`${read.name}:${read.secret}`.toLowerCase())
    }),
  )
})
