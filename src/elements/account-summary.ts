import type { Reader } from '#runner/reader.ts'
import type { CookieOwner } from './cookie-owner.ts'

/** Who runs samples in this tab, in the words of the chip. */
export interface AccountSummary {
  kind: 'none' | 'sandbox' | 'own'
  /** A username, or that there is none. */
  who: string
  /** What the next run sends to say so. */
  lane: string
  /** Both at length. */
  sentences: string[]
}

/**
 * Says who this tab's samples act as: the account that it holds, and the browser's token cookie.
 * @param reader the account of the tab
 * @param owner whom the cookie speaks for
 */
export function summarizeAccount(reader: Reader | null, owner: CookieOwner | null): AccountSummary {
  return {
    kind: reader?.kind ?? kindOf(owner),
    who: reader?.username ?? owner?.username ?? 'Not signed in',
    lane: laneOf(reader, owner),
    sentences: [readerSentence(reader), cookieSentence(owner)],
  }
}

function kindOf(owner: CookieOwner | null): AccountSummary['kind'] {
  if (!owner) return 'none'
  return owner.isSandbox ? 'sandbox' : 'own'
}

function laneOf(reader: Reader | null, owner: CookieOwner | null): string {
  if (reader) return reader.apiKey === null ? 'password' : 'API key'
  return owner ? 'token cookie' : 'no credentials'
}

function readerSentence(reader: Reader | null): string {
  if (!reader) return 'This tab holds no account: the next run has no API key and no password.'
  const kind = reader.kind === 'sandbox' ? 'The sandbox account' : 'Your account'
  const means = [reader.apiKey !== null && 'API key', reader.password !== null && 'password']
  return `${kind} ${reader.username}: the next run has its ${means.filter(Boolean).join(' and ')}.`
}

function cookieSentence(owner: CookieOwner | null): string {
  return owner
    ? `JavaScript samples send the token cookie of this browser, which speaks for ${owner.username}.`
    : 'This browser holds no token cookie: calls of the internal API are refused.'
}
