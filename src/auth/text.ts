const maxLineCharacters = 256

/** How many Unicode code points a text has. */
export function characterCount(text: string): number {
  return Array.from(text).length
}

/** Text of a client that is safe to store and to show: one line, no control characters, at most 256 long. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD')
    .slice(0, maxLineCharacters)
    .toWellFormed()
}
