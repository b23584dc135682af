import { expect, test } from 'vitest'
import { base62, randomText } from '#auth/random.ts'
import { systemRandom } from './start-auth.ts'

test('K1: bytes that would favour some characters are drawn anew', () => {
  const drawn = [
    [248, 255, 247],
    [0, 61],
  ]
  const random = { bytes: () => Uint8Array.from(drawn.shift() ?? []) }

  expect(randomText(random, base62, 3)).toBe('z0z')
})

test('K1: in 10,000 keys every character is as likely at every place, and none occurs twice', () => {
  const keys = Array.from({ length: 10_000 }, () => randomText(systemRandom, base62, 16))

  expect(new Set(keys).size).toBe(keys.length)
  for (let place = 0; place < 16; place += 1) {
    const counts = new Map<string, number>()
    for (const key of keys) counts.set(key.charAt(place), (counts.get(key.charAt(place)) ?? 0) + 1)
    const expected = keys.length / base62.length
    const chiSquare = Array.from(base62)
      .map((character) => ((counts.get(character) ?? 0) - expected) ** 2 / expected)
      .reduce((sum, part) => sum + part, 0)
    expect(chiSquare).toBeLessThan(128) // 61 degrees of freedom: passes but once in 10^6
  }
})
