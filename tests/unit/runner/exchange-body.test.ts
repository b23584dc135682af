import { expect, test } from 'vitest'
import { limits } from '#runner/contract.ts'
import { describeBody, explainSilence } from '#runner/exchange-body.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test.each(['application/json', 'application/problem+json; charset=utf-8', 'text/plain', null])(
  'a body of %s is shown as text',
  (type) => {
    expect(describeBody(bytes('grüße'), type)).toEqual({ text: 'grüße', truncated: false })
  },
)

test('anything else is named', () => {
  expect(describeBody(bytes('x'), 'image/png').text).toBe('[1 byte of image/png]')
  expect(describeBody(bytes(''), 'image/png').text).toBe('')
})

test('S5: a long body is cut, and says so', () => {
  const { text, truncated } = describeBody(bytes('x'.repeat(limits.bodyCharacters + 1)), null)
  expect([text.length, truncated]).toEqual([limits.bodyCharacters, true])
})

test.each([
  'https://evil.example/api/v1/ping',
  'https://docs.example/dashboard/settings',
  'https://docs.example/auth/v1/../../login',
  'https://docs.example/api/%2e%2e/login',
  'https://docs.example:444/api/v1/ping',
  'http://docs.example/api/v1/ping',
])('S3: %s is explained as out of reach', (url) => {
  expect(explainSilence(url, 'https://docs.example')).toContain('may call /api/')
})

test('what may be called is silent only where the server is', () => {
  for (const path of ['/api/v1/ping', '/internal/v1/batches', '/auth/v1/token']) {
    expect(explainSilence(`https://docs.example${path}`, 'https://docs.example')).toBe(
      'https://docs.example does not answer. Are you offline?',
    )
  }
})
