import { hash } from 'node:crypto'

/** A username in canonical form, and the key that came with it. */
interface Credential {
  name: string
  secret: string
}

/** Some 200 bytes each: 2 MB in all. */
const maxRemembered = 10_000

/**
 * The digests of keys that were accepted lately, so that the next call with such a key is spared its HMAC, which costs
 * many times the plain SHA-256 of name and key that they are found by. No key is kept, and 95 random bits cannot be
 * guessed from a hash. It says nothing of whether a key still works: the store does.
 *
 * A key that is refused is forgotten, so that one which has ended takes as long as one that never was.
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
  remember(credential: Credential, digest: string): void {
    const [first] = this.#digests.size < this.#maxRemembered ? [] : this.#digests.keys()
    if (first !== undefined) this.#digests.delete(first)
    this.#digests.set(nameOf(credential), digest)
  }

  /** Forgets a credential that was refused; none that was accepted is fine. */
  forget(credential: Credential): void {
    this.#digests.delete(nameOf(credential))
  }
}

function nameOf({ name, secret }: Credential): string {
  return hash('sha256', `${name}:${secret}`, 'base64url')
}
