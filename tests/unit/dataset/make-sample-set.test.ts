import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { makeSampleSet } from '#dataset/make-sample-set.ts'

const committed = readFileSync(
  new URL('../../../src/dataset/sample-set.json', import.meta.url),
  'utf8',
)

describe('the sample set', () => {
  test('is made again byte for byte', () => {
    // Compared as a boolean: a difference in half a megabyte is nothing to print.
    expect(makeSampleSet() === committed).toBe(true)
  })

  test('is made the same twice in one process', () => {
    expect(makeSampleSet() === makeSampleSet()).toBe(true)
  })

  test('stays below 900 kB', () => {
    expect(Buffer.byteLength(committed)).toBeLessThan(900_000)
  })
})
