import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawBoxes } from '#dataset/sample-boxes.ts'
import { families, pictureSizes, views } from '#dataset/sample-domain.ts'
import { seededRandom } from '#dataset/seeded-random.ts'

const labels = families.flatMap(({ categories }) => categories)
const picture = fc
  .record({
    size: fc.constantFrom(...pictureSizes),
    view: fc.constantFrom(...views),
    season: fc.constantFrom(2023, 2024, 2025, 2026),
  })
  .map(({ size, ...rest }) => ({ ...size, ...rest }))
const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 })

/** Cuts the flat answer into one list of five numbers per box. */
function split(flat: readonly number[]): number[][] {
  return flat.flatMap((_, index) => (index % 5 === 0 ? [flat.slice(index, index + 5)] : []))
}

describe('the boxes of a picture', () => {
  test('are whole pixels inside it, six or more each way', () => {
    fc.assert(
      fc.property(picture, seed, (where, value) => {
        for (const [, x = NaN, y = NaN, width = NaN, height = NaN] of split(
          drawBoxes(where, seededRandom(value)),
        )) {
          expect([x, y, width, height].every(Number.isInteger)).toBe(true)
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(6)
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
          expect(x + width).toBeLessThanOrEqual(where.width)
          expect(y + height).toBeLessThanOrEqual(where.height)
        }
      }),
    )
  })

  test('show nothing of another season and no label too often', () => {
    fc.assert(
      fc.property(picture, seed, (where, value) => {
        const drawn = split(drawBoxes(where, seededRandom(value))).map(([index = NaN]) => index)
        for (const index of drawn) {
          const label = labels[index]
          expect([undefined, where.season]).toContain(label?.season)
          expect(drawn.filter((other) => other === index).length).toBeLessThanOrEqual(
            label?.atMost ?? 0,
          )
        }
      }),
    )
  })
})
