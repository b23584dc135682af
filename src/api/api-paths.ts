const prefixes = ['/api', '/auth', '/internal']

/** The paths that the API answers outside its prefixes. */
export const rootPaths = {
  openapi: '/openapi.json',
  live: '/healthz',
  ready: '/readyz',
  authorizationServer: '/.well-known/oauth-authorization-server',
  keySet: '/.well-known/jwks.json',
} as const

const singles: ReadonlySet<string> = new Set(Object.values(rootPaths))

/** What a URL parser quietly mends: dot segments, also escaped ones, a backslash, a fragment. */
const mendedByParsers = /\/(?:\.|%2e){1,2}(?:\/|$)|[\\#]/i

/**
 * Whether the API answers this path, be it with a 404. One spelling only: a path with an escape or a doubled
 * slash in place of `/api` is not the API's, nor is one that a parser would make another path of.
 * @param path as it was sent, without query
 */
export function isApiPath(path: string): boolean {
  if (mendedByParsers.test(path)) return false
  const canonical = withoutTrailingSlash(path)
  return (
    prefixes.some((prefix) => canonical === prefix || canonical.startsWith(`${prefix}/`)) ||
    singles.has(canonical)
  )
}

/** Every path answers the same with one slash at its end. */
export function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
