type Row = readonly [sign: RegExp, name: string]

/** The first sign that fits decides: nearly every browser says that it is Chrome and Safari as well. */
const browsers: readonly Row[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|HeadlessChrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ (?:Mobile\/\S+ )?Safari\//, 'Safari'],
]

const systems: readonly Row[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]

/** What a program that is no browser calls itself: `curl/8.5.0`, `python-requests/2.32`. */
const product = /^(?!Mozilla\/)([A-Za-z][\w.-]{0,31})(?:\/|$)/

/**
 * Puts a `User-Agent` into words: `Firefox on Linux`, `curl`. It is what the client says of itself and
 * proves nothing; it helps the owner to tell two sessions apart.
 * @see RFC 9110 section 10.1.5
 */
export function browserName(userAgent: string): string {
  const browser = nameOf(browsers, userAgent)
  const system = nameOf(systems, userAgent)
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`
  const [, program] = product.exec(userAgent) ?? []
  if (program !== undefined) return program
  return system === undefined ? 'Unknown program' : `Unknown browser on ${system}`
}

function nameOf(rows: readonly Row[], userAgent: string): string | undefined {
  return rows.find(([sign]) => sign.test(userAgent))?.[1]
}
