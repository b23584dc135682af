import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAccessTokenCookie } from '#api/access-token-cookie.ts'
import { cookieValues } from '#api/cookies.ts'

/** Anything that a header can hold. */
const fieldText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
})
const tokenText = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/)
/** A pair of another name, also of one that holds ours. */
const otherPair = fc
  .tuple(
    fc.oneof(
      fc.stringMatching(/^[a-z]{1,12}$/),
      fc.constantFrom('access_token2', 'x_access_token', 'ACCESS_TOKEN', '__proto__'),
    ),
    tokenText,
  )
  .filter(([name]) => name !== 'access_token')
  .map((pair) => pair.join('='))

test('whatever a Cookie header holds is read without a fault', () => {
  fc.assert(
    fc.property(fieldText, fieldText, (header, name) => {
      for (const value of cookieValues(header, name)) expect(header).toContain(`${name}=${value}`)
      expect(['none', 'one', 'several']).toContain(readAccessTokenCookie(header).kind)
    }),
  )
})

test('the token is found among any others, wherever it stands', () => {
  fc.assert(
    fc.property(fc.array(otherPair), fc.array(otherPair), tokenText, (before, after, token) => {
      const pairs = [...before, `access_token=${token}`, ...after]
      const found = { kind: 'one', value: token }
      for (const separator of ['; ', ';', ' ;  ']) {
        expect(readAccessTokenCookie(pairs.join(separator))).toEqual(found)
      }
      expect(readAccessTokenCookie([...before, ...after].join('; '))).toEqual({ kind: 'none' })
    }),
  )
})

test('C3: two of its name are never one, whatever stands around them', () => {
  fc.assert(
    fc.property(fieldText, tokenText, tokenText, fieldText, (before, one, other, after) => {
      const header = `${before};access_token=${one};${after}; access_token=${other}`
      expect(readAccessTokenCookie(header)).toEqual({ kind: 'several' })
    }),
  )
})
