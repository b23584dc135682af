import fc from 'fast-check'
import { expect, test } from 'vitest'
import { didYouMean, nearestWord } from '#build/markdown/nearest-word.ts'

const known = ['code-switch', 'note', 'tip']

test.each(['codeswitch', 'Code-Switch', 'code_switch', 'code-swich', 'code-switsh', 'coed-switch'])(
  '%s is near code-switch',
  (word) => expect(nearestWord(word, known)).toBe('code-switch'),
)

test.each(['x', '', 'warning', 'switch', 'ti'])('"%s" is near nothing', (word) =>
  expect(nearestWord(word, known)).toBe(word === 'ti' ? 'tip' : undefined),
)

test('a known word is nearest to itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), (word) => {
      expect(nearestWord(word, known)).toBe(word)
    }),
  )
})

test('where nothing is near, all known words are named', () => {
  expect(didYouMean('tipp', known)).toBe('Did you mean tip?')
  expect(didYouMean('warning', known)).toBe('Known are code-switch, note, tip.')
})
