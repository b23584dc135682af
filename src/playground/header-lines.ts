/** One header field: name and value. */
export type HeaderPair = [name: string, value: string]

/** What became of the header lines that a reader typed. */
export interface HeaderLines {
  pairs: HeaderPair[]
  /** One sentence per line that cannot be sent, and so is left out. */
  advice: string[]
}

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const secretNames = [
  'x-api-auth',
  'x-api-key', // not ours, and where many put their key all the same
  'authorization',
  'barbell-cookie',
  'barbell-set-cookie',
]

/** The names that a page may not set, which the browser would drop without a word. @see Fetch section 2.2.2 */
const browserNames = new Set([
  'accept-charset',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'connection',
  'content-length',
  'cookie',
  'cookie2',
  'date',
  'dnt',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
])

/** Reads `Name: value` lines; empty lines are skipped. */
export function readHeaderLines(text: string): HeaderLines {
  const lines: HeaderLines = { pairs: [], advice: [] }
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const colon = line.indexOf(':')
    const pair: HeaderPair = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    const advice = colon < 0 ? `"${line.trim()}" has no colon.` : adviceOnHeader(pair)
    if (advice === null) lines.pairs.push(pair)
    else lines.advice.push(`${advice} It is left out.`)
  }
  return lines
}

/** Says why a page cannot send this header. @returns null when it can. */
export function adviceOnHeader([name, value]: HeaderPair): string | null {
  if (!tokenPattern.test(name)) return `"${name}" is not a header name.`
  if (isBrowserName(name.toLowerCase())) return `Only the browser itself may set ${name}.`
  return isFieldValue(value) ? null : `${name} has a character that no header can carry.`
}

/** Tells whether the value of this header gives an account away. */
export function isSecretHeader(name: string): boolean {
  return secretNames.includes(name.toLowerCase())
}

function isBrowserName(name: string): boolean {
  return browserNames.has(name) || name.startsWith('proxy-') || name.startsWith('sec-')
}

/** Latin-1 without control characters, which is all that `fetch` accepts. */
function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}
