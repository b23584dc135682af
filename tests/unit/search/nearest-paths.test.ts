import { describe, expect, test } from 'vitest'
import { editDistance, nearestPaths } from '#search/nearest-paths.ts'

const known = [
  '/',
  '/docs/auth',
  '/docs/errors',
  '/docs/guides/api-keys',
  '/docs/guides/python',
  '/docs/operate/configure',
  '/playground',
  '/dashboard/settings',
]

test.each([
  ['/docs/erors', '/docs/errors'],
  ['/auth', '/docs/auth'],
  ['/docs/Auth.html', '/docs/auth'],
  ['/docs/pyhton', '/docs/guides/python'],
  ['/docs/guides/api_keys/', '/docs/guides/api-keys'],
  ['/dashboard/setings', '/dashboard/settings'],
  ['/playgruond/', '/playground'],
  ['/docs/operate/confi%67ure', '/docs/operate/configure'],
])('%s was meant to be %s', (typed, meant) => {
  expect(nearestPaths(typed, known)[0]).toBe(meant)
})

test.each(['/wp-login.php', '/x', '/docs/%zz%%%', '/'])('%s is near to nothing', (typed) => {
  expect(nearestPaths(typed, known)).toEqual([])
})

test('what was typed is never proposed: it leads nowhere', () => {
  expect(nearestPaths('/docs/auht', ['/docs/auht', '/docs/auth'])).toEqual(['/docs/auth'])
})

test('pages that share no more than their folder are not near', () => {
  expect(nearestPaths('/docs/erors', ['/docs/write', '/docs/errors'])).toEqual(['/docs/errors'])
})

test('three are named at most, and each once', () => {
  const many = ['/docs/key1', '/docs/key2', '/docs/key3', '/docs/key4', '/docs/key1']
  expect(nearestPaths('/docs/key', many)).toEqual(['/docs/key1', '/docs/key2', '/docs/key3'])
})

describe('the edit distance', () => {
  test.each([
    ['', '', 0],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'adc', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })
})
