const afterSignIn = '/dashboard/settings'

/**
 * Where to go after signing in. Only a path of this site is followed; anything else (another origin,
 * `//host`, a backslash, a control character, which browsers read as a slash or drop) is the settings page.
 * @param next value of the `next` parameter
 * @param origin the public origin
 */
export function safeNext(next: string | null, origin: string): string {
  if (next === null || !/^\/(?!\/)[^\\\p{Cc}]*$/u.test(next) || !URL.canParse(next, origin)) {
    return afterSignIn
  }
  const url = new URL(next, origin)
  // Without its dots, `/.//host` has become `//host`: another site.
  const isPath = url.origin === origin && !url.pathname.startsWith('//')
  return isPath ? url.pathname + url.search + url.hash : afterSignIn
}
