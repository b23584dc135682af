/** The header and the claims of a token, which anybody can read who holds it. */
export interface TokenParts {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  /** In base64url, as it stands in the token. */
  signature: string
}

/** Takes a token apart (RFC 7515 section 3.1) without looking at its signature. */
export function partsOf(token: string): TokenParts {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return { header: decoded(header), claims: decoded(claims), signature }
}

/** Puts a token together; whether its signature is right is not its concern. */
export function tokenOf({ header, claims, signature }: TokenParts): string {
  return `${signingInput({ header, claims })}.${signature}`
}

/** What a signature is made of. */
export function signingInput({ header, claims }: Omit<TokenParts, 'signature'>): string {
  return `${encoded(JSON.stringify(header))}.${encoded(JSON.stringify(claims))}`
}

/** Signs with a key pair that nobody else has, or with random bytes where the page may make no key. */
export async function signedByStranger(text: string): Promise<string> {
  // A page that is neither on https nor on localhost has no Web Crypto.
  if (!('subtle' in crypto)) return base64url(randomBytes(64))
  const { privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  const signature = await crypto.subtle.sign('Ed25519', privateKey, new TextEncoder().encode(text))
  return base64url(new Uint8Array(signature))
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}

function decoded(part: string): Record<string, unknown> {
  const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  )
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
}

function encoded(text: string): string {
  return base64url(new TextEncoder().encode(text))
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
