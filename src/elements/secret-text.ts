import { placeholders } from '#runner/placeholders.ts'
import type { Reader } from '#runner/reader.ts'

// `{USERNAME}:{KEY}`, but not with the placeholder of the pages for a username, and a signed token.
const keyShape = new RegExp(
  String.raw`(?<![\w-])(?!${placeholders.username}:)[A-Za-z0-9][\w-]{2,31}:[A-Za-z0-9]{16}(?![A-Za-z0-9])`,
)
const tokenShape = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/

/**
 * True for code that holds what only its reader may know: the tab's own key or password, or anything that looks
 * like a key or a token. Such code is neither kept nor linked.
 */
export function holdsSecret(code: string, reader: Reader | null): boolean {
  const own = [reader?.password, reader?.apiKey?.slice(reader.apiKey.indexOf(':') + 1)]
  return (
    keyShape.test(code) ||
    tokenShape.test(code) ||
    own.some((secret) => Boolean(secret) && code.includes(secret ?? ''))
  )
}
