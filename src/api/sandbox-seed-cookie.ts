import { cookieValues } from './cookies.ts'

const name = 'sandbox_seed'

/**
 * `Set-Cookie` value by which this browser gets the same sandbox account again. It goes to one path only.
 * @param seed base64url, 43 characters. @param maxAgeSeconds until the account ends
 */
export function sandboxSeedCookie(
  seed: string,
  maxAgeSeconds: number,
  options: { secure: boolean },
): string {
  const secure = options.secure ? '; Secure' : ''
  return `${name}=${seed}; HttpOnly; SameSite=Strict; Path=/auth/v1/sandbox; Max-Age=${maxAgeSeconds}${secure}`
}

/** @returns undefined unless there is exactly one */
export function readSandboxSeedCookie(header: string | null): string | undefined {
  const [seed, ...others] = cookieValues(header, name)
  return others.length === 0 ? seed : undefined
}
