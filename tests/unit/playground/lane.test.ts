import { describe, expect, test } from 'vitest'
import {
  adviceOnApiAuth,
  adviceOnKey,
  apiAuthValue,
  credentialsOf,
  isDocumentLane,
  lanes,
  maskedKey,
  splitApiKey,
  withTyped,
} from '#playground/lane.ts'

const secret = 'aB3dE6gH9jK2mN5p'

describe('credentials', () => {
  test('leave with the cookie lanes only', () => {
    expect(credentialsOf('none')).toBe('omit')
    expect(credentialsOf('api_key')).toBe('omit')
    expect(credentialsOf('token')).toBe('same-origin')
  })

  test('go out by the key, the cookie, both or neither, or as a Bearer token', () => {
    const ids = lanes.map(({ id }) => id)
    expect(ids).toEqual(['none', 'api_key', 'token', 'bearer', 'key_and_token'])
    expect(credentialsOf('bearer')).toBe('omit')
    expect(credentialsOf('key_and_token')).toBe('same-origin')
  })

  test('of a call are one of three in the document', () => {
    expect(['none', 'api_key', 'token'].every(isDocumentLane)).toBe(true)
    expect(['bearer', 'cookie', '', undefined].some(isDocumentLane)).toBe(false)
  })
})

describe('an API key', () => {
  test('is its two parts with a colon between them', () => {
    expect(apiAuthValue({ username: 'mia', secret })).toBe(`mia:${secret}`)
    expect(apiAuthValue({ username: 'mia', secret: '' })).toBe('mia:')
    expect(apiAuthValue({ username: '', secret: '' })).toBe('')
  })

  test('of the right shape needs no advice', () => {
    expect(adviceOnApiAuth(`mia:${secret}`)).toEqual([])
    expect(adviceOnApiAuth(`sandbox-7f3k9q2m:${secret}`)).toEqual([])
  })

  test.each([
    ['', /username and your key/],
    [secret, /no colon/],
    ['mia', /no colon/],
    [`mia:${secret}:`, /more than one colon/],
    [`:${secret}`, /username before the colon is missing/],
    ['mia:', /key after the colon is missing/],
    [`mia:${secret.slice(1)}`, /has 16 characters; this one has 15/],
    [`mia:${secret}x`, /has 16 characters; this one has 17/],
    [`${secret}:mia-k`, /swapped/],
    [` mia:${secret}`, /space/],
    [`mia :${secret}`, /space/],
    [`mia:${secret} `, /space/],
    [`mïa:${secret}`, /3 to 32 letters/],
    [`mi:${secret}`, /3 to 32 letters/],
    [`mia:${secret.slice(1)}-`, /letters and digits only/],
  ])('says what is wrong with %j', (value, sentence) => {
    expect(adviceOnApiAuth(value).join(' ')).toMatch(sentence)
  })

  test('with both parts wrong says both', () => {
    expect(adviceOnApiAuth('m:short')).toHaveLength(2)
  })

  test('pasted whole is taken apart', () => {
    expect(splitApiKey(` mia:${secret}\n`)).toEqual({ username: 'mia', secret })
  })

  test.each([secret, 'mia', `mia:${secret}x`, `mia:${secret}:`, ''])(
    'pasted in part stays as it is: %j',
    (pasted) => expect(splitApiKey(pasted)).toBeNull(),
  )

  test('is shown by its last four characters', () => {
    expect(maskedKey({ username: 'mia', secret })).toEqual({
      username: 'mia',
      secret: '************mN5p',
    })
  })

  test('that is too short, or in the wrong field, shows nothing of itself', () => {
    expect(maskedKey({ username: 'mia', secret: 'abcdefg' }).secret).toBe('*******')
    expect(maskedKey({ username: `mia:${secret}`, secret: '' }).username).not.toContain('aB3d')
  })
})

describe('a key that is typed in two fields', () => {
  test('of the right shape needs no advice', () => {
    expect(adviceOnKey({ username: 'mia', secret })).toEqual([])
  })

  test.each([
    ['', '', /username and your key/],
    ['mia', '', /key after the colon is missing/],
    ['', secret, /username before the colon is missing/],
    ['mia', secret.slice(1), /has 16 characters; this one has 15/],
    [secret, 'mia-k', /swapped/],
    ['', `mia${secret}`, /colon between them is missing/],
    [`mia${secret}`, '', /colon between them is missing/],
    ['mia', `mia:${secret}`, /more than one colon/],
  ])('%j and %j: says what is wrong', (username, typed, sentence) => {
    expect(adviceOnKey({ username, secret: typed }).join(' ')).toMatch(sentence)
  })

  test('says nothing of a colon where a username is only long', () => {
    const long = 'a-username-with-many-characters'
    expect(adviceOnKey({ username: long, secret: 'short' }).join(' ')).not.toMatch(/colon/)
  })

  test('goes into both fields where one of them gets it whole', () => {
    const before = { username: 'leo', secret: '' }
    expect(withTyped(before, { secret: `mia:${secret}` })).toEqual({ username: 'mia', secret })
    expect(withTyped(before, { username: ` mia:${secret}` })).toEqual({ username: 'mia', secret })
    expect(withTyped(before, { secret: 'a' })).toEqual({ username: 'leo', secret: 'a' })
    expect(withTyped(before, { username: '' })).toEqual({ username: '', secret: '' })
  })
})
