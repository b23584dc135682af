import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '#dataset/seeded-random.ts'

const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 })

describe('seeded chance', () => {
  test('repeats itself for the same seed', () => {
    fc.assert(
      fc.property(seed, (value) => {
        const [one, two] = [seededRandom(value), seededRandom(value)]
        for (let turn = 0; turn < 20; turn += 1) expect(one.fraction()).toBe(two.fraction())
      }),
    )
  })

  test('starts with these values, on every engine', () => {
    const random = seededRandom(2026)
    expect([random.whole(0, 999), random.whole(0, 999), random.whole(0, 999)]).toEqual([
      169, 481, 917,
    ])
  })

  test('keeps to its bounds, both ends of whole numbers included', () => {
    const random = seededRandom(7)
    const seen = new Set(Array.from({ length: 200 }, () => random.whole(3, 5)))
    expect([...seen].sort()).toEqual([3, 4, 5])
    for (let turn = 0; turn < 200; turn += 1) {
      const value = random.between(-1, 2)
      expect(value).toBeGreaterThanOrEqual(-1)
      expect(value).toBeLessThan(2)
    }
  })

  test('keeps to its probability', () => {
    const random = seededRandom(7)
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.3)).filter(Boolean).length
    expect(hits / 10_000).toBeCloseTo(0.3, 1)
  })

  test('picks from what there is', () => {
    expect(seededRandom(7).pick(['only'])).toBe('only')
    expect(() => seededRandom(7).pick([])).toThrow(RangeError)
  })

  test('refuses a seed that xorshift cannot leave', () => {
    expect(() => seededRandom(0)).toThrow(RangeError)
  })
})
