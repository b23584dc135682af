import { originPlaceholder } from '#origin-placeholder.ts'
import { placeholders } from './placeholders.ts'

/**
 * Whom the samples act as. Kept in this tab's memory and nowhere else: a reload forgets it, and the server
 * finds a sandbox account again by its HttpOnly cookie.
 */
export interface Reader {
  kind: 'sandbox' | 'own'
  username: string
  password: string | null
  /** `{USERNAME}:{KEY}` */
  apiKey: string | null
  /** RFC 3339; null for an account without an end. */
  expiresAt: string | null
}

/** What the form for an own account holds. */
export interface OwnAccountInput {
  username: string
  password: string
  /** The 16 characters, or `{USERNAME}:{KEY}` as it was copied. */
  key: string
}

/** Why no sandbox account could be had; the message is for the reader. */
export class SandboxUnavailable extends Error {
  override name = 'SandboxUnavailable'
}

// Not `https://barbell.example.org`, which is another site.
const placeholderOrigin = new RegExp(
  `${originPlaceholder.replaceAll('.', String.raw`\.`)}(?![\\w-]|\\.\\w)`,
  'g',
)
const needsReaderPattern = new RegExp(
  `${Object.values(placeholders).join('|')}|BARBELL_(?:USERNAME|PASSWORD|API_KEY)`,
)

/** The tab's reader; tells every element of the page by a `change` event. */
export class TabReader extends EventTarget {
  readonly #fetch: typeof fetch
  #current: Reader | null = null

  /** @param fetchFrom asks the site's own server for a sandbox account */
  constructor(fetchFrom: typeof fetch) {
    super()
    this.#fetch = fetchFrom
  }

  get current(): Reader | null {
    return this.#current
  }

  /** Opens the sandbox account of this browser, the same one as before if it still lives. @throws {SandboxUnavailable} */
  async useSandbox(): Promise<Reader> {
    return this.#become(await this.#openSandbox({}))
  }

  /**
   * Opens a sandbox account that neither this tab nor this browser has any part in, for code that somebody else wrote:
   * the server keeps it apart as it does the account of a program in the page. @throws {SandboxUnavailable}
   */
  openFreshSandbox(): Promise<Reader> {
    return this.#openSandbox({ 'Barbell-Jar': 'program' })
  }

  /** Takes an own account as typed. @throws {RangeError} with a sentence on what is missing or malformed */
  useOwn(input: OwnAccountInput): Reader {
    return this.#become(ownReader(input))
  }

  /** Forgets the account in this tab. */
  forget(): void {
    this.#current = null
    this.dispatchEvent(new Event('change'))
  }

  async #openSandbox(headers: Record<string, string>): Promise<Reader> {
    const request = { method: 'POST', headers }
    const response = await this.#fetch('/auth/v1/sandbox', request).catch(() => null)
    if (!response) throw new SandboxUnavailable('The server does not answer. Are you offline?')
    const body: unknown = await response.json().catch(() => null)
    const reader = response.ok ? sandboxReader(body) : null
    if (!reader) throw new SandboxUnavailable(refusalText(response, body))
    return reader
  }

  #become(reader: Reader): Reader {
    this.#current = reader
    this.dispatchEvent(new Event('change'))
    return reader
  }
}

/** The one reader of this tab. */
export const tabReader = new TabReader((input, init) => fetch(input, init))

/** False for a sandbox account whose day is over. */
export function isLiving({ expiresAt }: Reader): boolean {
  return expiresAt === null || Date.parse(expiresAt) > Date.now()
}

/** True when a sample says something about who runs it, so that an account must be chosen first. */
export function needsReader(code: string): boolean {
  return needsReaderPattern.test(code)
}

/** The environment variables that a program finds in `os.environ` and `process.env`. */
export function environmentOf(reader: Reader | null, origin: string): Record<string, string> {
  return {
    BARBELL_URL: origin,
    ...(reader && { BARBELL_USERNAME: reader.username }),
    ...(reader?.password && { BARBELL_PASSWORD: reader.password }),
    ...(reader?.apiKey && { BARBELL_API_KEY: reader.apiKey }),
  }
}

/**
 * Puts the reader's account where a sample has placeholders, at run time only. Never adds or removes a line,
 * so an error's line is the reader's line. A placeholder for something that the reader did not give stays.
 * @param origin scheme, host and port, no slash
 */
export function fillIn(code: string, reader: Reader | null, origin: string): string {
  const values: [placeholder: string, value: string | null | undefined][] = [
    [placeholders.keySecret, reader?.apiKey?.slice(reader.apiKey.indexOf(':') + 1)],
    [placeholders.username, reader?.username],
    [placeholders.password, reader?.password],
  ]
  return values.reduce(
    (text, [placeholder, value]) => {
      if (!value) return text
      return text.replace(new RegExp(`\\b${placeholder}\\b`, 'g'), () => insideLiteral(value))
    },
    code.replace(placeholderOrigin, origin),
  )
}

/**
 * A value as it may stand between any quotes of Python and JavaScript. Everything but letters, digits and
 * harmless marks is escaped in the one notation that both languages read, in f-strings and templates too.
 */
function insideLiteral(value: string): string {
  return value.replace(/[^\p{L}\p{N}\-_.:@]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
    return character // Python would keep a pair of \u escapes as two lone surrogates.
  })
}

function sandboxReader(body: unknown): Reader | null {
  if (typeof body !== 'object' || body === null) return null
  const fields = body as Record<string, unknown>
  const { username, password, api_key: apiKey, expires_at: expiresAt } = fields
  if (typeof username !== 'string' || typeof password !== 'string') return null
  if (typeof apiKey !== 'string' || typeof expiresAt !== 'string') return null
  return { kind: 'sandbox', username, password, apiKey, expiresAt }
}

function refusalText(response: Response, body: unknown): string {
  const retryAfter = response.headers.get('retry-after')
  if (response.status === 429 && retryAfter) {
    return `Too many sandbox accounts were asked for. Try again in ${retryAfter} seconds.`
  }
  const title =
    typeof body === 'object' && body !== null && 'title' in body ? body.title : undefined
  const reason = typeof title === 'string' ? title : `status ${response.status}`
  return `No sandbox account could be opened: ${reason}.`
}

function ownReader(input: OwnAccountInput): Reader {
  const username = input.username.trim()
  const key = input.key.trim()
  if (!username) throw new RangeError('A username is needed.')
  if (!input.password && !key) throw new RangeError('Give a password, an API key, or both.')
  return {
    kind: 'own',
    username,
    password: input.password || null,
    apiKey: key ? wholeApiKey(username, key) : null,
    expiresAt: null,
  }
}

function wholeApiKey(username: string, key: string): string {
  const apiKey = key.includes(':') ? key : `${username}:${key}`
  if (apiKey.startsWith(`${username}:`) && apiKey.length === username.length + 17) return apiKey
  throw new RangeError('An API key is your username, a colon and 16 characters.')
}
