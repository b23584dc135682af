import type { Estimate } from './password-estimate.ts'

/** What the server asks for at least (Unicode code points after NFC). */
const minCharacters = 8

const levels = ['Very weak', 'Weak', 'Fair', 'Good', 'Strong'] as const

const weaknesses: ReadonlyMap<string, string> = new Map([
  ['straightRow', 'Keys that lie side by side are tried early.'],
  ['keyPattern', 'Keys that lie side by side are tried early.'],
  ['simpleRepeat', 'One character many times is tried early.'],
  ['extendedRepeat', 'Repeating a part adds little.'],
  ['sequences', 'Runs such as abc and 4321 are tried early.'],
  ['recentYears', 'Years are tried early.'],
  ['dates', 'Dates are tried early.'],
  ['topTen', 'Very many people use this password.'],
  ['topHundred', 'Very many people use this password.'],
  ['common', 'Many people use this password.'],
  ['similarToCommon', 'Many people use nearly this password.'],
  ['wordByItself', 'A single word is tried early.'],
  ['namesByThemselves', 'A single name is tried early.'],
  ['commonNames', 'Names are tried early.'],
  ['userInputs', 'Your username and the name of this site are tried first.'],
])

/** What makes nearly every weak password a good one, in NIST's view as in zxcvbn's: length (SP 800-63B-4, appendix A). */
const advice = 'Add words that do not belong together.'

/** How a password of too few characters is told so; null for one that is long enough. */
export function lengthWords(password: string): string | null {
  const characters = Array.from(password.normalize('NFC')).length
  if (characters >= minCharacters) return null
  return `Too short: ${characters} of at least ${minCharacters} characters.`
}

/** An estimate in words: how strong, why not stronger, and what would help. */
export function strengthWords({ score, warning }: Estimate): string {
  const level = `${levels[score]}.`
  if (score >= 3) return level
  return [level, weaknesses.get(warning ?? ''), advice].filter(Boolean).join(' ')
}

/** How many of the four steps of the meter are filled: one at least, since something is typed. */
export function strengthSteps({ score }: Pick<Estimate, 'score'>): number {
  return Math.max(1, score)
}
