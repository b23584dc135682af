import { objectOf, textOf } from './json-value.ts'

/** Who is signed in by the token cookie, and what the server reads in it. */
export interface HeldSession {
  username: string
  kind: 'own' | 'sandbox'
  claims: readonly Claim[]
  /** When the token was issued and when it ends, by the server's clock. */
  issuedAtMs: number
  expiresAtMs: number
  /** When it ends by the clock of this computer, which may be wrong: reckoned from the seconds that were left. */
  endsAtMs: number
}

/** One claim of a token (RFC 7519 section 4), as the server has read it. */
export interface Claim {
  name: string
  value: string
  meaning: string
}

/** What the server says of the cookie: whose it is, or by which code it was refused. */
export type Identity =
  { kind: 'signed in'; session: HeldSession } | { kind: 'signed out'; code: string }

/**
 * How this page stands: what the server says now, and whose token has ended before its reader was done. It is not asked
 * where nobody has signed in, as far as this browser remembers.
 */
export type Standing =
  | { kind: 'not asked' }
  | { kind: 'signed in'; session: HeldSession }
  | { kind: 'signed out'; code: string }
  | { kind: 'ended'; code: string; session: HeldSession }

const claimMeanings = {
  iss: 'issuer',
  aud: 'audience',
  sub: 'account',
  sid: 'session',
  jti: 'this token',
  kid: 'signing key',
  iat: 'issued at',
  exp: 'ends at',
} as const

/** The server has ended a token while this computer still reckons with a moment: it counts in whole seconds. */
const slackMs = 2 * 1000

/**
 * Reads the answer of `GET /auth/v1/users/me`.
 * @param nowMs when it arrived
 * @throws {TypeError} when it is something else
 */
export function readSession(body: unknown, nowMs: number): HeldSession {
  const { username, kind, token } = objectOf(body)
  const read = objectOf(token)
  const secondsLeft = read['expires_in']
  const [issuedAtMs, expiresAtMs] = [read['issued_at'], read['expires_at']].map((time) =>
    Date.parse(textOf(time)),
  )
  if (typeof username !== 'string' || typeof secondsLeft !== 'number') {
    throw new TypeError('the answer names no account and no token')
  }
  if (!issuedAtMs || !expiresAtMs) throw new TypeError('the token has no beginning or no end')
  return {
    username,
    kind: kind === 'sandbox' ? 'sandbox' : 'own',
    claims: Object.entries(claimMeanings).flatMap(([name, meaning]) =>
      claimOf(read[name], { name, meaning }),
    ),
    issuedAtMs,
    expiresAtMs,
    endsAtMs: nowMs + secondsLeft * 1000,
  }
}

/**
 * How the page stands once the server has answered.
 * @param before null as long as nobody was asked
 */
export function standingAfter(before: Standing | null, answer: Identity, nowMs: number): Standing {
  if (answer.kind === 'signed in') return answer
  const session = before && 'session' in before ? before.session : null
  const hasEnded = session !== null && session.endsAtMs <= nowMs + slackMs
  return hasEnded ? { kind: 'ended', code: answer.code, session } : answer
}

/** Tells whether two answers say the same of the same token. */
export function isSameStanding(one: Standing | undefined, other: Standing): boolean {
  return one?.kind === other.kind && tokenOf(one) === tokenOf(other)
}

/** Time that is left, as a clock shows it: `29:58`. Never below zero. */
export function timeLeft(endsAtMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((endsAtMs - nowMs) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function tokenOf(standing: Standing): string | undefined {
  if (!('session' in standing)) return undefined
  return standing.session.claims.find(({ name }) => name === 'jti')?.value
}

function claimOf(value: unknown, of: Omit<Claim, 'value'>): Claim[] {
  if (typeof value !== 'string' && typeof value !== 'number') return []
  return [{ ...of, value: String(value) }]
}
