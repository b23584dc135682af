/** Whom the browser's token cookie speaks for, as far as this browser knows. No script can read the cookie itself. */
export interface CookieOwner {
  username: string
  isSandbox: boolean
  /** End of the token. */
  expiresAtMs: number
}

/** Where browser tabs tell each other until when somebody is signed in; who, only the API says. */
export const signedInKey = 'barbell:signed-in-until'

/** True if the token that was found at the last look has not ended since: it is worth asking the API whose it is. */
export function isProbablySignedIn(nowMs: number = Date.now()): boolean {
  try {
    return Number(localStorage.getItem(signedInKey)) > nowMs
  } catch {
    return false
  }
}

/** Tells the next page, and the other browser tabs, until when there is somebody to ask for; null for nobody. */
export function rememberSignedIn(untilMs: number | null): void {
  try {
    if (untilMs !== null) localStorage.setItem(signedInKey, String(untilMs))
    else localStorage.removeItem(signedInKey)
  } catch {
    // Where the browser keeps nothing for a site, the chip learns it when it is opened.
  }
}

/** Asks the API whom the cookie speaks for. @returns null for nobody, undefined where there is no answer */
export async function askOwner(): Promise<CookieOwner | null | undefined> {
  const response = await fetch('/auth/v1/users/me').catch(() => null)
  if (response?.status === 401) return null
  if (!response?.ok) return undefined
  return ownerIn(await response.json().catch(() => null))
}

function ownerIn(body: unknown): CookieOwner | undefined {
  const { username, expires_at: end, token } = (body ?? {}) as Record<string, unknown>
  const { expires_at: tokenEnd } = (token ?? {}) as Record<string, unknown>
  if (typeof username !== 'string' || typeof tokenEnd !== 'string') return undefined
  return { username, isSandbox: typeof end === 'string', expiresAtMs: Date.parse(tokenEnd) }
}
