import { hash } from 'node:crypto'
import type { KeyRecord } from '#store/store.ts'
import type { CallSubject, KeyIdentity } from './auth.ts'

/** A username in canonical form, and the key that came with it. */
interface Credential {
  name: string
  secret: string
}

/**
 * A key that was accepted lately, with what the store said of it when it was asked last. All of it is one object, since of
 * thousands of keys that call in turn each object that a call reads is one more that is not in the processor's cache.
 */
export interface AcceptedKey extends CallSubject {
  /** Under which the store has it. */
  readonly digest: string
  /** Null where nothing was found that stands. */
  identity: KeyIdentity | null
  /** The store's version when it was asked: what it said stands until the next one. */
  version: number
  /** Minutes since the epoch until the use that is noted; 0 for one that is not. In the next minute another one is. */
  notedMinute: number
  /** When the key or its account ends with no change in the store; null for never. */
  endsAtMs: number | null
}

/** What never changes of a key. */
type StoredKey = Pick<KeyRecord, 'digest' | 'id' | 'accountId'>

/** What each call reads stands first, side by side. */
class Accepted implements AcceptedKey {
  version = 0
  notedMinute = 0
  endsAtMs: number | null = null
  identity: KeyIdentity | null = null
  limitCounter: object | undefined = undefined
  limitCalls = 0
  limitEndsAtMs = 0
  usageSpan: object | undefined = undefined
  accepted = 0
  refused = 0
  limited = 0
  failed = 0
  readonly id: string
  readonly accountId: string
  readonly digest: string

  constructor({ id, accountId, digest }: StoredKey) {
    this.id = id
    this.accountId = accountId
    this.digest = digest
  }
}

/** Some 500 bytes each: 5 MB in all. */
const maxRemembered = 10_000

/**
 * The keys that were accepted lately, so that the next call with such a key is spared its HMAC, which costs
 * many times the plain SHA-256 of name and key that they are found by. No key is kept, and 95 random bits cannot be
 * guessed from a hash. That a key is here says nothing of whether it still works: the store does, and what it said
 * counts until anything in it changes.
 *
 * A key that is refused is forgotten, so that one which has ended takes as long as one that never was.
 */
export class AcceptedKeys {
  readonly #keys = new Map<string, AcceptedKey>()
  readonly #maxRemembered: number

  /** @param options.limit how many are remembered at most, 10,000 by default */
  constructor({ limit = maxRemembered } = {}) {
    this.#maxRemembered = limit
  }

  /** @returns undefined if this credential was not accepted lately */
  get(credential: Credential): AcceptedKey | undefined {
    return this.#keys.get(nameOf(credential))
  }

  /**
   * Remembers that this credential was accepted. Forgets the one that was remembered first, where there is no room.
   * @returns what is remembered, the same for calls that came together
   */
  remember(credential: Credential, stored: StoredKey): AcceptedKey {
    const name = nameOf(credential)
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    const [first] = this.#keys.size < this.#maxRemembered ? [] : this.#keys.keys()
    if (first !== undefined) this.#delete(first)
    const accepted = new Accepted(stored)
    this.#keys.set(name, accepted)
    return accepted
  }

  /** Forgets a credential that was refused; none that was accepted is fine. */
  forget(credential: Credential): void {
    this.#delete(nameOf(credential))
  }

  /** Counters may hold it for a while. What it has of an account is not for them. */
  #delete(name: string): void {
    const accepted = this.#keys.get(name)
    if (accepted !== undefined) accepted.identity = null
    this.#keys.delete(name)
  }
}

function nameOf({ name, secret }: Credential): string {
  return hash('sha256', `${name}:${secret}`, 'binary') // a character a byte: the shortest text to compare
}
