/**
 * Finds the known word that a mistyped one was meant to be. Case, hyphens and underscores do not count; two wrong
 * letters are forgiven, one in a word of two or three.
 * @returns the nearest of `known`, or undefined where none is near
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const forgiven = Math.min(2, Math.floor(word.length / 2))
  for (let slips = 0; slips <= forgiven; slips++) {
    const found = known.find((candidate) => isWithin(slips, letters(word), letters(candidate)))
    if (found !== undefined) return found
  }
  return undefined
}

/** More words than these are no help. */
const maxNamed = 16

/** Says "Did you mean ...?" where a known word is near, else names them, as many as one reads. */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known)
  if (nearest !== undefined) return `Did you mean ${nearest}?`
  const named = known.slice(0, maxNamed).join(', ')
  const rest = known.length - maxNamed
  return rest > 0 ? `Known are ${named} and ${rest} more.` : `Known are ${named}.`
}

const letters = (word: string) => word.toLowerCase().replaceAll(/[-_]/g, '')

/** Says whether a few slips (a letter wrong, missing, in excess, or two swapped) make one word of the other. */
function isWithin(slips: number, written: string, meant: string): boolean {
  if (slips < 0) return false
  if (written === '' || meant === '') return written.length + meant.length <= slips
  if (written[0] === meant[0]) return isWithin(slips, written.slice(1), meant.slice(1))
  const isSwapped = written[0] === meant[1] && written[1] === meant[0]
  return (
    isWithin(slips - 1, written.slice(1), meant.slice(1)) ||
    isWithin(slips - 1, written.slice(1), meant) ||
    isWithin(slips - 1, written, meant.slice(1)) ||
    (isSwapped && isWithin(slips - 1, written.slice(2), meant.slice(2)))
  )
}
