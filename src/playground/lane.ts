/** By what a request says who it comes from; the first three are the values of `x-barbell-lane` in `/openapi.json`. */
export type Lane = 'none' | 'api_key' | 'token' | 'bearer' | 'key_and_token'

/** The two parts of an API key, as typed. */
export interface KeyParts {
  username: string
  secret: string
}

/** Every lane with its name and what it does, in the order in which a reader chooses. */
export const lanes: readonly { id: Lane; label: string; meaning: string }[] = [
  {
    id: 'none',
    label: 'No credentials',
    meaning: 'No key, and the browser leaves its cookie out.',
  },
  {
    id: 'api_key',
    label: 'API key',
    meaning: 'The header `x-api-auth`, and the browser leaves its cookie out. For the public API.',
  },
  {
    id: 'token',
    label: 'Token cookie',
    meaning: 'The browser adds the cookie `access_token` by itself. For the internal API.',
  },
  {
    id: 'bearer',
    label: 'Bearer token',
    meaning:
      'The header `Authorization`, and no cookie. For the internal API; a program gets such a token from `POST /auth/v1/token`, a browser never does.',
  },
  {
    id: 'key_and_token',
    label: 'Key and cookie',
    meaning: 'Both at once. Each API looks at its own and leaves the other alone.',
  },
]

const documentLanes: readonly Lane[] = ['none', 'api_key', 'token']

/** Characters of the key behind the colon. */
export const keyLength = 16

const form = 'The form is {USERNAME}:{KEY}.'
const usernamePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$/
const gluedPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{2,31}[A-Za-z0-9]{16}$/
const keyPattern = /^[A-Za-z0-9]{16}$/

/** Tells whether a value of `x-barbell-lane` names a lane. */
export function isDocumentLane(value: unknown): value is Lane {
  return documentLanes.some((lane) => lane === value)
}

/** Tells whether a request of this lane carries an API key. */
export function sendsKey(lane: Lane): boolean {
  return lane === 'api_key' || lane === 'key_and_token'
}

/** What `fetch` does with the browser's cookies on this lane. */
export function credentialsOf(lane: Lane): 'omit' | 'same-origin' {
  return lane === 'token' || lane === 'key_and_token' ? 'same-origin' : 'omit'
}

/** Assembles the value of `x-api-auth`: empty as long as both parts are. */
export function apiAuthValue({ username, secret }: KeyParts): string {
  return username === '' && secret === '' ? '' : `${username}:${secret}`
}

/** Takes a pasted `{USERNAME}:{KEY}` apart. @returns null for any other text. */
export function splitApiKey(pasted: string): KeyParts | null {
  const [username = '', secret = '', ...more] = pasted.trim().split(':')
  const isWhole = usernamePattern.test(username) && keyPattern.test(secret) && more.length === 0
  return isWhole ? { username, secret } : null
}

/**
 * Says what is wrong with the value of `x-api-auth`.
 * Wrong values may be sent all the same: the server's answer to them is worth seeing.
 * @returns sentences for the person who typed it; none when the value has the right shape.
 */
export function adviceOnApiAuth(value: string): string[] {
  if (value === '') return ['Type your username and your key, or use a sandbox account.']
  if (/\s/.test(value)) return ['There is a space in it. Neither part of a key has one.']
  const [username = '', secret, ...more] = value.split(':')
  if (secret === undefined) return [`There is no colon. ${form}`]
  if (more.length > 0) return [`There is more than one colon. ${form}`]
  if (looksSwapped(username, secret)) return [`Username and key look swapped. ${form}`]
  return [...adviceOnUsername(username), ...adviceOnSecret(secret)]
}

/**
 * Says what is wrong with a key that is typed in two parts. The colon between them cannot be forgotten, but both may
 * have gone into one part.
 */
export function adviceOnKey(parts: KeyParts): string[] {
  const { username, secret } = parts
  const advice = adviceOnApiAuth(apiAuthValue(parts))
  const isInOne = username === '' || secret === ''
  return isInOne && gluedPattern.test(username + secret)
    ? [...advice, 'If this is username and key in one, the colon between them is missing.']
    : advice
}

/** What is typed into one part, or both parts where it is a whole key: it belongs into both fields. */
export function withTyped(parts: KeyParts, typed: Partial<KeyParts>): KeyParts {
  const whole = splitApiKey(typed.username ?? typed.secret ?? '')
  return whole ?? { ...parts, ...typed }
}

/** The parts with the key starred out. Its last four characters stay, as the settings page shows them. */
export function maskedKey({ username, secret }: KeyParts): KeyParts {
  const [name = '', ...behindColon] = username.split(':')
  return {
    username: [name, ...behindColon.map(starred)].join(':'),
    secret: starred(secret),
  }
}

/** The value of `x-api-auth` with its key starred out. */
export function maskedApiAuth(value: string): string {
  return maskedKey({ username: value, secret: '' }).username
}

function starred(secret: string): string {
  const shown = secret.length < 8 ? 0 : 4
  return '*'.repeat(secret.length - shown) + secret.slice(secret.length - shown)
}

function looksSwapped(username: string, secret: string): boolean {
  return keyPattern.test(username) && secret.length !== keyLength && usernamePattern.test(secret)
}

function adviceOnUsername(username: string): string[] {
  if (username === '') return ['The username before the colon is missing.']
  if (usernamePattern.test(username)) return []
  return ['A username is 3 to 32 letters, digits, "_" or "-", and starts with a letter or digit.']
}

function adviceOnSecret(secret: string): string[] {
  if (secret === '') return ['The key after the colon is missing.']
  if (secret.length !== keyLength) {
    return [`A key has ${keyLength} characters; this one has ${secret.length}.`]
  }
  return keyPattern.test(secret) ? [] : ['A key is letters and digits only.']
}
