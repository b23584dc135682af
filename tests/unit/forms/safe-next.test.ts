import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safeNext } from '#forms/safe-next.ts'

const origin = 'https://docs.example'
const settings = '/dashboard/settings'

test.each(['/docs/auth', '/docs/auth?x=1#using-your-key', '/', '/playground?call=a%2Fb'])(
  '%s is followed',
  (next) => {
    expect(safeNext(next, origin)).toBe(next)
  },
)

test.each([
  null,
  '',
  'docs/auth',
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/%2e//evil.example',
  '/docs/..//evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  'javascript:alert(1)',
  '\\\\evil.example',
])('I8: %j leads to the settings instead', (next) => {
  expect(safeNext(next, origin)).toBe(settings)
})

/** Texts made of what addresses turn on. */
const hostileText = fc
  .array(
    fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
      'a',
    ),
  )
  .map((pieces) => `/${pieces.join('')}`)

test('I8: whatever is asked for, the way on stays on this site', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(new URL(safeNext(text, origin), origin).origin).toBe(origin)
    }),
    { numRuns: 20_000 },
  )
})
