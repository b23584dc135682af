const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Where a page is to be opened instead when this machine was asked under another of its own names. Cookies, the
 * check of origins and the runner's policy go by one name: a page under another one could run nothing. Any other
 * `Host` is left alone: behind a proxy it may be whatever the proxy says, and it leads nowhere.
 * @param host the `Host` header
 * @param target the request target, such as `/docs/auth?x=1`
 * @param origin the public origin
 * @returns an address of the public origin; undefined where the page is fine as it is
 */
export function canonicalAddress(
  host: string | undefined,
  target: string,
  origin: string,
): string | undefined {
  const own = new URL(origin)
  if (!loopbackNames.has(own.hostname) || !isPlain(target, origin)) return undefined
  const asked = URL.parse(`${own.protocol}//${host ?? ''}`)
  if (asked?.origin === origin || asked?.port !== own.port) return undefined
  return loopbackNames.has(asked.hostname) ? origin + target : undefined
}

/** Whether the path means the same once a client has parsed it: `/api/../x` would come back as `/x`. */
function isPlain(target: string, origin: string): boolean {
  const [path = ''] = target.split('?', 1)
  return path.startsWith('/') && URL.parse(origin + target)?.pathname === path
}
