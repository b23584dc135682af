/** A password, and what is tried first by whoever wants in: its owner's name, the name of the site. */
export interface EstimateQuestion {
  password: string
  words: readonly string[]
}

/** How hard a password is to guess, as zxcvbn sees it. */
export interface Estimate {
  /** 0: among the first 1,000 guesses; 4: not among the first 10,000,000,000. */
  score: 0 | 1 | 2 | 3 | 4
  /** The weakness by its name in zxcvbn, such as `wordByItself`. */
  warning: string | null
}

/** True for what the worker answers. */
export function isEstimate(value: unknown): value is Estimate {
  if (typeof value !== 'object' || value === null) return false
  const { score, warning } = value as Record<string, unknown>
  return (
    [0, 1, 2, 3, 4].includes(score as number) && (warning === null || typeof warning === 'string')
  )
}

/** Whether nothing has changed since a question was asked. */
export function isSameQuestion(a: EstimateQuestion, b: EstimateQuestion): boolean {
  return a.password === b.password && a.words.join(' ') === b.words.join(' ')
}
