import { hash } from 'node:crypto'

/** A username in canonical form, and the key that came with it. */
interface Credential {
  name: string
  secret: string
}

/** Some 200 bytes each: 2 MB in all. */
const maxRemembered = 10_000

/**
 * The digests of keys that were accepted lately, so that the next call with such a key is spared its HMAC, which
 * takes 7 us of the 30 that a call may take. They are found by a plain SHA-256 of name and key: no key is kept, and
 * 95 random bits cannot be guessed from a hash. It says nothing of whether a key still works: the store does.
 *
 * A guess is never remembered, so every wrong key takes the same time, however often it comes.
 */
export class AcceptedDigests {
  readonly #digests = new Map<string, string>()
  readonly #maxRemembered: number

  /** @param options.limit how many are remembered at most, 10,000 by default */
  constructor({ limit = maxRemembered } = {}) {
    this.#maxRemembered = limit
  }

  /** @returns the digest under which this credential was found in the store; undefined if it was not lately */
  get(credential: Credential): string | undefined {
    return this.#digests.get(nameOf(credential))
  }

  /** Remembers that this credential was accepted. Forgets the one that was remembered first, where there is no room. */
  add(credential: Credential, digest: string): void {
    if (this.#digests.size >= this.#maxRemembered) {
      for (const first of this.#digests.keys()) {
        this.#digests.delete(first)
        break
      }
    }
    this.#digests.set(nameOf(credential), digest)
  }
}

function nameOf({ name, secret }: Credential): string {
  return hash('sha256', `${name}:${secret}`, 'base64url')
}
