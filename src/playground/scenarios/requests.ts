import type { Exchange } from '#runner/contract.ts'
import type { HeaderPair } from '../header-lines.ts'
import { objectOf, textOf } from '../json-value.ts'
import type { PlannedRequest } from '../request.ts'
import type { ActingAccount } from './scenario.ts'

/** The calls that scenarios make, without origin. */
export const paths = {
  ping: '/api/v1/ping',
  me: '/api/v1/me',
  stats: '/api/v1/stats',
  queue: '/internal/v1/review-queue?limit=1',
  owner: '/auth/v1/users/me',
  token: '/auth/v1/token',
  logout: '/auth/v1/logout',
  sandbox: '/auth/v1/sandbox',
} as const

/** Cookies of the scenario's own: the browser's are neither read nor set, and the token can be seen. */
const ownJar: HeaderPair = ['Barbell-Jar', 'program']

/** A request without the browser's cookie. */
export function without(
  method: 'GET' | 'POST',
  url: string,
  headers: HeaderPair[] = [],
): PlannedRequest {
  return { method, url, headers, body: null, credentials: 'omit' }
}

/** A request to which the browser adds its cookie. */
export function withCookie(method: 'GET' | 'POST', url: string): PlannedRequest {
  return { method, url, headers: [], body: null, credentials: 'same-origin' }
}

/** `x-api-auth`. @param apiKey `{USERNAME}:{KEY}` */
export function apiAuth(apiKey: string): HeaderPair {
  return ['x-api-auth', apiKey]
}

export function bearer(token: string): HeaderPair {
  return ['Authorization', `Bearer ${token}`]
}

/** A token as a cookie of the scenario's own jar. */
export function ownCookie(token: string): HeaderPair[] {
  return [ownJar, ['Barbell-Cookie', `access_token=${token}`]]
}

/** Signs the browser in: the token goes into its HttpOnly cookie. */
export function signInBrowser(origin: string, account: ActingAccount): PlannedRequest {
  return { ...signIn(origin, account, []), credentials: 'same-origin' }
}

/** Asks for a token in the scenario's own jar. @param more fields of the form */
export function signInAside(
  origin: string,
  account: ActingAccount,
  more: Record<string, string> = {},
): PlannedRequest {
  return { ...signIn(origin, { ...account, more }, [ownJar]), credentials: 'omit' }
}

/** Opens a sandbox account of the scenario's own; the reader's stays what it is. */
export function openAside(origin: string): PlannedRequest {
  return without('POST', origin + paths.sandbox, [ownJar])
}

/** Ends the session of a token. */
export function logOutAside(origin: string, token: string): PlannedRequest {
  return without('POST', origin + paths.logout, [bearer(token), ownJar])
}

/** The token that `signInAside` was answered with; empty where there is none. */
export function tokenIn({ response }: Exchange): string {
  const cookie = response?.headers.find(([name]) => name.toLowerCase() === 'barbell-set-cookie')
  return /^access_token=([^;]*)/.exec(cookie?.[1] ?? '')?.[1] ?? ''
}

/** The account that `openAside` was answered with. */
export function accountIn({ response }: Exchange): ActingAccount {
  const body = objectOf(JSON.parse(response?.body ?? '{}'))
  return {
    username: textOf(body['username']),
    password: textOf(body['password']),
    apiKey: textOf(body['api_key']),
  }
}

/** The same key with its last character changed: of the right form, and wrong. */
export function wrongKey(apiKey: string): string {
  return apiKey.slice(0, -1) + (apiKey.endsWith('0') ? '1' : '0')
}

function signIn(
  origin: string,
  {
    username,
    password,
    more = {},
  }: Omit<ActingAccount, 'apiKey'> & { more?: Record<string, string> },
  headers: HeaderPair[],
): Omit<PlannedRequest, 'credentials'> {
  return {
    method: 'POST',
    url: origin + paths.token,
    headers: [['content-type', 'application/x-www-form-urlencoded'], ...headers],
    body: String(new URLSearchParams({ username, password, ...more })),
  }
}
