/** A cookie as a browser keeps it, without its value, which no script can read. */
export interface HeldCookie {
  name: string
  /** How long the hidden value is; null where nobody told. */
  valueCharacters: number | null
  attributes: readonly CookieAttribute[]
  /** Zero for a cookie that was taken away. */
  maxAgeSeconds: number | null
}

/** One attribute behind the value of `Set-Cookie` (RFC 6265 section 4.1). */
export interface CookieAttribute {
  /** `Max-Age=1800` */
  text: string
  /** What it does, for a reader who meets it for the first time. */
  meaning: string
}

/**
 * The field that sets the token cookie, as `/openapi.json` describes it. Shown where this page did not see the cookie
 * being set, as after a reload.
 * @param options.secure whether this site is reached over https
 */
export function documentedCookie(maxAgeSeconds: number, { secure }: { secure: boolean }): string {
  const field = `access_token=<JWT>; HttpOnly; SameSite=Lax; Path=/; Max-Age=${maxAgeSeconds}`
  return secure ? `${field}; Secure` : field
}

const meanings: Readonly<Record<string, string>> = {
  httponly: 'No script can read it.',
  'samesite=lax': 'Other sites cannot send it along, except by a link to this one.',
  'path=/': 'It goes to every path of this site.',
  secure: 'It goes over https only.',
}

/** Reads a `Set-Cookie` field whose value the server has replaced by `<612 characters>`. @returns null for none */
export function readSetCookie(field: string): HeldCookie | null {
  const [pair = '', ...attributes] = field.split(';').map((part) => part.trim())
  const [name = '', value] = pair.split('=')
  if (name === '' || value === undefined) return null
  const maxAge = attributes.find((text) => /^max-age=\d+$/i.test(text))
  const characters = /^<(\d+) characters>$/.exec(value)?.[1]
  return {
    name,
    valueCharacters: characters === undefined ? null : Number(characters),
    attributes: attributes.map((text) => ({ text, meaning: meaningOf(text) })),
    maxAgeSeconds: maxAge === undefined ? null : Number(maxAge.split('=')[1]),
  }
}

function meaningOf(attribute: string): string {
  const seconds = /^max-age=(\d+)$/i.exec(attribute)?.[1]
  if (seconds === undefined) return meanings[attribute.toLowerCase()] ?? ''
  return seconds === '0'
    ? 'The browser drops it now.'
    : `The browser drops it ${lifeOf(Number(seconds))} after it came.`
}

/** A length of time, in the largest unit that divides it: `30 minutes`, `5 seconds`. */
export function lifeOf(seconds: number): string {
  const units: [name: string, seconds: number][] = [
    ['hour', 60 * 60],
    ['minute', 60],
    ['second', 1],
  ]
  const [name, size] = units.find(([, size]) => seconds % size === 0 && seconds >= size) ?? [
    'second',
    1,
  ]
  const count = seconds / size
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
