import { cookieValues } from './cookies.ts'

/** The cookie that carries the token. Its name is part of the interface. */
export const accessTokenName = 'access_token'

/** What a `Cookie` header says of the token. */
export type AccessTokenCookie =
  { kind: 'none' } | { kind: 'one'; value: string } | { kind: 'several' }

/**
 * `Set-Cookie` value that hands the token to a browser, out of reach of scripts.
 * @param maxAgeSeconds the life of the token
 * @param options.secure whether the public origin is https
 */
export function accessTokenCookie(
  token: string,
  maxAgeSeconds: number,
  options: { secure: boolean },
): string {
  return `${accessTokenName}=${token}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${maxAgeSeconds}${secureFlag(options)}`
}

/** `Set-Cookie` value that takes the token away: the same attributes, no time to live. */
export function clearedAccessTokenCookie(options: { secure: boolean }): string {
  return accessTokenCookie('', 0, options)
}

/**
 * `Set-Cookie` values that clear the token wherever a cookie for this path can have been planted: on this
 * host and every domain above it, at each folder of the path. The browser drops those that it may not obey.
 * @param path of the request that bore two of them. @param host of the public origin
 */
export function accessTokenClearedEverywhere(
  place: { path: string; host: string },
  options: { secure: boolean },
): string[] {
  const ends = domainsAbove(place.host).map((domain) => `; Domain=${domain}`)
  return foldersOf(place.path).flatMap((folder) =>
    ['', ...ends].map(
      (end) =>
        `${accessTokenName}=; HttpOnly; SameSite=Lax; Path=${folder}; Max-Age=0${secureFlag(options)}${end}`,
    ),
  )
}

/**
 * Finds the token. Two cookies of its name are never "the first wins": one of them is somebody else's.
 * @param header the `Cookie` header
 */
export function readAccessTokenCookie(header: string | null): AccessTokenCookie {
  const [value, ...others] = cookieValues(header, accessTokenName)
  if (others.length > 0) return { kind: 'several' }
  return value === undefined || value === '' ? { kind: 'none' } : { kind: 'one', value }
}

function secureFlag({ secure }: { secure: boolean }): string {
  return secure ? '; Secure' : ''
}

/** `/internal/v1/batches` is in `/`, `/internal`, `/internal/v1` and `/internal/v1/batches`. */
function foldersOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '')
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)]
}

/** `docs.barbell.example` is under `barbell.example`; addresses and single names are under nothing. */
function domainsAbove(host: string): string[] {
  const labels = host.split('.')
  if (/^[\d.]+$|[:[]/.test(host)) return []
  return labels
    .map((_, index) => labels.slice(index).join('.'))
    .filter((name) => name.includes('.'))
}
