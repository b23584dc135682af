import type { SeededRandom } from '#dataset/seeded-random.ts'
import { registered, sandboxed, signedInCookie, tokenOf } from '../support/readers.ts'
import type { Operation } from './operations.ts'
import type { HeaderLine } from './wire.ts'

/** Credentials that work right now. Made anew from time to time: requests end some of them. */
export interface Credentials {
  apiKey: string
  /** Of an account that lasts. */
  token: string
  /** Of a sandbox account. */
  sandboxToken: string
}

/** What a request brings of credentials, and whether a guarded call may let it in. */
export interface Shown {
  headers: HeaderLine[]
  mayPass: boolean
}

/** Opens accounts and signs in. */
export async function freshCredentials(url: string): Promise<Credentials> {
  const [reader, sandbox] = [await registered(url), await sandboxed(url)]
  return {
    apiKey: sandbox.apiKey,
    token: tokenOf(await signedInCookie(url, reader)),
    sandboxToken: tokenOf(await signedInCookie(url, sandbox)),
  }
}

/** Nothing, the right credential, a broken one, one of another lane, or two at once. */
export function showCredentials(
  random: SeededRandom,
  { lane }: Operation,
  credentials: Credentials,
): Shown {
  const working = workingOf(random, lane, credentials)
  const way = random.fraction()
  if (way < 0.5) return { headers: [working], mayPass: true }
  if (way < 0.6) return { headers: [], mayPass: lane === 'none' }
  if (way < 0.85) return { headers: [broken(random, working)], mayPass: lane === 'none' }
  const other = workingOf(random, lane === 'api_key' ? 'token' : 'api_key', credentials)
  if (way < 0.9) return { headers: [other], mayPass: lane === 'none' }
  // A cookie beside a key is no second credential: a browser sends it asked or not.
  const second = random.chance(0.5) ? other : broken(random, working)
  return { headers: random.shuffled([working, second]), mayPass: true }
}

function workingOf(random: SeededRandom, lane: Operation['lane'], all: Credentials): HeaderLine {
  if (lane === 'api_key') return ['x-api-auth', all.apiKey]
  const token = random.pick([all.token, all.sandboxToken])
  return random.chance(0.5)
    ? ['Cookie', `access_token=${token}`]
    : ['Authorization', `Bearer ${token}`]
}

type Breaking = (value: string) => string

const breakings: readonly Breaking[] = [
  (value) => value.slice(0, -1),
  (value) => `${value}x`,
  (value) => `${value},${value}`,
  (value) => `${value}:${value}`,
  (value) => value.replace(/[:=]/, ''),
  // Not the last character: of a signature it holds spare bits, and means the same with others.
  (value) => value.replace(/.(?=.{8}$)/, (one) => (one === 'A' ? 'B' : 'A')),
  (value) => value.replace(/[A-Za-z0-9]{4}$/, '\u00ff\u00fe\u00fd\u00fc'),
  (value) => value.toUpperCase().replaceAll('0', '1'),
  (value) => `"${value}"`,
  (value) => value.replace(/\.[^.]*$/, '.'),
  (value) => value.replace(/ey[^.]+/, 'eyJhbGciOiJub25lIn0'),
  (value) => value.slice(0, 12).padEnd(9_000, 'a'),
  (value) => value.replace(/^(Bearer |access_token=)?.*/, '$1'),
]

function broken(random: SeededRandom, [name, value]: HeaderLine): HeaderLine {
  const broken = random.pick(breakings)(value)
  return [name, broken === value ? `${value}x` : broken]
}
