import { EdgeRefusal } from './edge-refusal.ts'

/**
 * Reads `application/x-www-form-urlencoded` and refuses what the platform's parser would quietly mend: a
 * percent sign that escapes nothing, bytes that are no UTF-8, a NUL, a question mark in front of it all.
 * @throws {EdgeRefusal} malformed_request
 */
export function readFormPairs(text: string): [name: string, value: string][] {
  // The platform drops it and reads on: then `?a=1&a=2` has `a` twice for one reader and once for the other.
  if (text.startsWith('?')) throw malformed('A form does not begin with a question mark.')
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at === -1
        ? [decode(pair), '']
        : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
    })
}

function decode(text: string): string {
  const decoded = tryDecode(text.replaceAll('+', ' '))
  if (decoded === undefined || decoded.includes('\0')) {
    throw malformed('The form holds something that is no text in UTF-8.')
  }
  return decoded
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function malformed(detail: string): EdgeRefusal {
  return new EdgeRefusal('malformed_request', { detail })
}
