import { limits } from './contract.ts'

const textual =
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|x-www-form-urlencoded|javascript))/i

/** A body as an exchange keeps it: text as text, anything else in words; never more than the limit. */
export function describeBody(
  bytes: Uint8Array,
  contentType: string | null,
): { text: string; truncated: boolean } {
  if (contentType && !textual.test(contentType)) {
    const size = `${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}`
    return { text: bytes.length ? `[${size} of ${contentType}]` : '', truncated: false }
  }
  // No more characters than bytes, whatever the text.
  const text = new TextDecoder().decode(bytes.subarray(0, limits.bodyCharacters))
  return { text, truncated: bytes.length > limits.bodyCharacters }
}

/** Why a call that a sample made has no answer: the browser refuses it, or the server is silent. */
export function explainSilence(url: string, origin: string): string {
  const target = URL.parse(url)
  if (!target) return `${url} is no URL`
  const allowed = ['/api/', '/internal/', '/auth/v1/']
  const reachable =
    target.origin === origin && allowed.some((prefix) => target.pathname.startsWith(prefix))
  if (reachable) return `${origin} does not answer. Are you offline?`
  return `A sample in this page may call ${allowed.join(', ')} of ${origin} and nothing else; the browser refuses ${url}`
}
