import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { describe, expect, test } from 'vitest'
import { lengthWords, strengthSteps, strengthWords } from '#elements/password-words.ts'

const zxcvbn = new ZxcvbnFactory({
  graphs: adjacencyGraphs,
  dictionary: { ...common, ...english },
})

function wordsFor(password: string): string {
  const { score, feedback } = zxcvbn.check(password, ['barbell', 'frc', 'reader-ab12'])
  return strengthWords({ score, warning: feedback.warning })
}

const advice = 'Add words that do not belong together.'

describe('an estimate in words', () => {
  test.each([
    ['password', `Very weak. Very many people use this password. ${advice}`],
    ['qwertyuiop', `Very weak. Very many people use this password. ${advice}`],
    ['zxcvbnm,./', `Weak. Keys that lie side by side are tried early. ${advice}`],
    ['aaaaaaaaaaaa', `Very weak. One character many times is tried early. ${advice}`],
    ['passwordpassword', `Very weak. Repeating a part adds little. ${advice}`],
    ['abcdefgh12', `Weak. Runs such as abc and 4321 are tried early. ${advice}`],
    ['1987-03-12', `Weak. Dates are tried early. ${advice}`],
    [
      'reader-ab12',
      `Very weak. Your username and the name of this site are tried first. ${advice}`,
    ],
    ['vq7#Lm0z', `Fair. ${advice}`],
    ['a long sentence that nobody else chose', 'Strong.'],
  ])('of %j is %j', (password, words) => {
    expect(wordsFor(password)).toBe(words)
  })

  test('fills a step at least', () => {
    expect(([0, 1, 2, 3, 4] as const).map((score) => strengthSteps({ score }))).toEqual([
      1, 1, 2, 3, 4,
    ])
  })
})

describe('a password of too few characters', () => {
  test.each([
    ['abc', 'Too short: 3 of at least 8 characters.'],
    ['🦉🐢🐝🦀🐙🦑🐳', 'Too short: 7 of at least 8 characters.'],
    ['e\u0301'.repeat(7), 'Too short: 7 of at least 8 characters.'],
    ['🦉🐢🐝🦀🐙🦑🐳🐌', null],
    ['12345678', null],
  ])('%j is told %j, as the server counts', (password, words) => {
    expect(lengthWords(password)).toBe(words)
  })
})
