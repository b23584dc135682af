import type { Account } from '#auth/auth.ts'
import { Refusal } from '#auth/refusal.ts'
import { EdgeRefusal } from '../edge-refusal.ts'
import type { Call } from '../exchange.ts'
import type { Reply } from '../reply.ts'

/**
 * Whose cookies a request carries: the browser's, or those of a program that runs in the page and keeps its
 * own. The latter sends `Barbell-Jar: program`; then the browser's cookies are neither read nor set.
 */
export interface CookieJar {
  kind: 'browser' | 'program'
  /** The `Cookie` field of this jar. */
  cookies: string | null
  set(answer: Reply, cookie: string): void
}

const browserFields = { sent: 'cookie', set: 'Set-Cookie' }
const programFields = { sent: 'barbell-cookie', set: 'Barbell-Set-Cookie' }

/** @throws {EdgeRefusal} malformed_request for a jar that does not exist */
export function cookieJar({ req }: Pick<Call, 'req'>): CookieJar {
  const { headers } = req.raw
  const wanted = headers.get('barbell-jar')
  if (wanted !== null && wanted !== 'program') {
    throw new EdgeRefusal('malformed_request', { detail: 'Barbell-Jar must be program, once.' })
  }
  const kind = wanted ?? 'browser'
  const fields = kind === 'program' ? programFields : browserFields
  return {
    kind,
    cookies: headers.get(fields.sent),
    set: (answer, cookie) => void answer.fields.push(fields.set, cookie),
  }
}

/**
 * What a program in the page may see, any script in the page may see: tokens of sandbox accounts only.
 * @throws {Refusal} sandbox_only
 */
export function refuseUnlessJarMayHold(jar: CookieJar, account: Account): void {
  if (jar.kind === 'program' && account.kind !== 'sandbox') throw new Refusal('sandbox_only')
}
