/** How a body may be packed, the best first. */
export const encodings = ['br', 'gzip', 'identity'] as const

export type Encoding = (typeof encodings)[number]

/**
 * The best of what a client accepts (RFC 9110 section 12.5.3); a coding with q=0 is refused.
 * @param accepted `Accept-Encoding`
 * @param offered what there is, everything by default
 */
export function preferredEncoding(
  accepted: string | undefined,
  offered: readonly Encoding[] = encodings,
): Encoding {
  const wanted = new Set(
    (accepted ?? '')
      .split(',')
      .map((part) => part.split(';'))
      .filter(([, weight = '']) => !/q=0(?:\.0*)?\s*$/.test(weight))
      .map(([coding = '']) => coding.trim().toLowerCase()),
  )
  return encodings.find((each) => wanted.has(each) && offered.includes(each)) ?? 'identity'
}
