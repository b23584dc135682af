const maxPaths = 3
/** Of the letters of a word, how many may be wrong. */
const forgiven = 0.4

/**
 * The known paths that a mistyped one was meant to be, the nearest first: those that differ by few letters as a whole,
 * and those whose last word does, such as `/docs/auth` for `/auth` and `/docs/guides/python` for `/docs/pyhton.html`.
 */
export function nearestPaths(typed: string, known: Iterable<string>): string[] {
  const wanted = plain(typed)
  const rated = [...new Set(known)].map((path) => ({ path, off: howFarOff(wanted, plain(path)) }))
  return rated
    .filter(({ path, off }) => path !== '/' && path !== typed && off <= forgiven)
    .toSorted((a, b) => a.off - b.off)
    .slice(0, maxPaths)
    .map(({ path }) => path)
}

/** Wrong letters by the letters of the last word, which tells pages apart. A match of that word alone counts less. */
function howFarOff(typed: string, known: string): number {
  const [typedWord, knownWord] = [lastWord(typed), lastWord(known)]
  const letters = Math.max(typedWord.length, knownWord.length, 1)
  const [whole, word] = [editDistance(typed, known), editDistance(typedWord, knownWord)]
  return Math.min(whole, word + 0.1) / letters
}

/** Without what people leave in an address: an ending, a slash, capitals, underscores for hyphens, escapes. */
function plain(path: string): string {
  return decoded(path)
    .toLowerCase()
    .replace(/\.(?:html?|mdx?|php)$/, '')
    .replace(/\/(?:index)?$/, '')
    .replaceAll('_', '-')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const lastWord = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/**
 * How many letters are to be changed, added, taken away or swapped with their neighbour to make one word of the other
 * (the optimal string alignment distance).
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const steps = [
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] ?? Infinity) + 1 : Infinity,
      ]
      row.push(Math.min(...steps))
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}
