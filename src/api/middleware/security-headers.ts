/** A field of an answer: name and value. */
export type HeaderField = readonly [name: string, value: string]

const yearSeconds = 365 * 24 * 60 * 60

/**
 * The fields of every answer, whatever it holds: no guessing of types, no referrer to other sites, no
 * window or resource shared with them, no device features; over https, https only from now on.
 * @param options.secure whether the public origin is https
 */
export function securityHeaders(options: { secure: boolean }): readonly HeaderField[] {
  const everywhere: HeaderField[] = [
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
  ]
  if (!options.secure) return everywhere
  return [...everywhere, ['Strict-Transport-Security', `max-age=${yearSeconds}; includeSubDomains`]]
}

/**
 * The fields of every answer of the API: those of all answers, a policy for whoever opens JSON as a
 * document, and nothing of it kept by anybody.
 */
export function apiHeaders(options: { secure: boolean }): Readonly<Record<string, string>> {
  return Object.freeze({
    ...Object.fromEntries(securityHeaders(options)),
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    Vary: 'Origin',
  })
}
