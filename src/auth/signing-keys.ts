import { createPrivateKey } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  calculateJwkThumbprint,
  CompactEncrypt,
  compactDecrypt,
  type CryptoKey,
  errors,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose'
import { type SigningKeyRecord, type Store, StoreUnavailable } from '#store/store.ts'
import { auditEvent, serverItself } from './audit.ts'
import type { Caller } from './auth.ts'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import { notOfThisStore, type Secrets, SecretsRefused } from './secrets.ts'
import { clockToleranceSeconds, tokenTtlSeconds } from './token-lifetime.ts'

/** The keys that tokens are signed and checked with. Another node may change them: what is known of them is renewed. */
export interface SigningKeys {
  /** The newest key: it signs. */
  current(): Promise<{ readonly kid: string; readonly privateKey: CryptoKey }>
  /** The public key of this `kid`, as long as a token of it can be good. */
  publicKey(kid: string): Promise<CryptoKey | undefined>
  /** The public keys as a JWK set (RFC 7517 section 5); without a store those that were known last. */
  jwks(): Promise<JSONWebKeySet>
  /** Signs with a new key from now on; the one before it verifies until its last token has ended. */
  rotate(caller: Caller): Promise<{ keyId: string }>
  /** Forgets every key, and with it every session, and signs with a new key from now on. */
  drop(caller: Caller): Promise<{ keyId: string }>
}

/** What signing keys are made of and kept in. */
export interface SigningKeyParts {
  store: Pick<
    Store,
    'signingKeys' | 'insertFirstSigningKey' | 'rotateSigningKey' | 'dropSigningKeys'
  >
  clock: Clock
  random: Random
  secrets: Secrets
}

/**
 * How long after its last signature a key verifies. The minute is for the sign-ins that were under way: they
 * sign with the old key until the new one is stored.
 */
const retiredKeyKeptMs = (tokenTtlSeconds + clockToleranceSeconds + 60) * 1000

/** A key that was dropped on another node is refused here after this time. */
const oldestCopyMs = 3000

/** RFC 8410 section 7: a PKCS #8 Ed25519 key is this and the 32 bytes of the key. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The signing keys of a store; makes the first one if there is none. The store keeps the private half
 * encrypted under a secret that it does not have.
 * @throws {SecretsRefused} if the secrets are not the ones that the keys were encrypted under
 */
export async function openSigningKeys(parts: SigningKeyParts): Promise<SigningKeys> {
  const known = await parts.store.signingKeys()
  const readAtMs = parts.clock.nowMs()
  const records = known.length > 0 ? known : await insertFirstKey(parts)
  return new StoredSigningKeys(parts, await loadKeys(parts.secrets, records, readAtMs))
}

/** The keys of one moment, ready for use. */
interface LoadedKeys {
  records: readonly SigningKeyRecord[]
  readAtMs: number
  current: { kid: string; privateKey: CryptoKey }
  all: ReadonlyMap<string, { jwk: JWK; publicKey: CryptoKey; endsAtMs: number }>
}

class StoredSigningKeys implements SigningKeys {
  readonly #parts: SigningKeyParts
  #loaded: LoadedKeys
  /** The change or reading that runs; the next one waits for it, so that what was stored last is loaded last. */
  #lastTurn: Promise<unknown> = Promise.resolve()
  /** A reading that has not begun yet. */
  #nextReading: Promise<void> | null = null

  constructor(parts: SigningKeyParts, loaded: LoadedKeys) {
    this.#parts = parts
    this.#loaded = loaded
  }

  async current(): Promise<LoadedKeys['current']> {
    if (this.#isOld()) await this.#read()
    return this.#loaded.current
  }

  async jwks(): Promise<JSONWebKeySet> {
    if (this.#isOld()) await this.#read().catch(keepCopy)
    const nowMs = this.#parts.clock.nowMs()
    const good = [...this.#loaded.all.values()].filter(({ endsAtMs }) => nowMs < endsAtMs)
    return { keys: good.map(({ jwk }) => jwk) }
  }

  async publicKey(kid: string): Promise<CryptoKey | undefined> {
    // One that is not known may be another node's newest.
    if (this.#isOld() || !this.#loaded.all.has(kid)) await this.#read()
    const key = this.#loaded.all.get(kid)
    return key !== undefined && this.#parts.clock.nowMs() < key.endsAtMs ? key.publicKey : undefined
  }

  rotate(caller: Caller): Promise<{ keyId: string }> {
    return this.#change(async (next) => {
      const { store, clock } = this.#parts
      const event = auditEvent(this.#parts, caller, {
        action: 'signing_key_rotated',
        subjectId: next.id,
      })
      const endsAtMs = clock.nowMs() + retiredKeyKeptMs
      return await store.rotateSigningKey({ next, endsAtMs }, event)
    })
  }

  drop(caller: Caller): Promise<{ keyId: string }> {
    return this.#change(async (next) => {
      const event = auditEvent(this.#parts, caller, {
        action: 'signing_keys_dropped',
        subjectId: next.id,
      })
      return await this.#parts.store.dropSigningKeys(next, event)
    })
  }

  #change(
    store: (next: SigningKeyRecord) => Promise<SigningKeyRecord[]>,
  ): Promise<{ keyId: string }> {
    return this.#inTurn(async () => {
      const next = await makeKey(this.#parts)
      const { secrets, clock } = this.#parts
      const readAtMs = clock.nowMs()
      this.#loaded = await loadKeys(secrets, await store(next), readAtMs)
      return { keyId: next.id }
    })
  }

  #isOld(): boolean {
    const ageMs = this.#parts.clock.nowMs() - this.#loaded.readAtMs
    return ageMs < 0 || ageMs >= oldestCopyMs // a clock that was put back says nothing
  }

  /**
   * Reads the keys anew. Those who ask while one reading runs share the next one, which begins after they asked: so
   * tokens with made-up keys cost one reading at a time, however many come.
   */
  #read(): Promise<void> {
    this.#nextReading ??= this.#inTurn(async () => {
      this.#nextReading = null
      const { secrets, store, clock } = this.#parts
      const readAtMs = clock.nowMs()
      const records = await store.signingKeys()
      this.#loaded = isDeepStrictEqual(records, this.#loaded.records)
        ? { ...this.#loaded, readAtMs }
        : await loadKeys(secrets, records, readAtMs)
    })
    return this.#nextReading
  }

  #inTurn<R>(turn: () => Promise<R>): Promise<R> {
    const done = this.#lastTurn.then(turn)
    this.#lastTurn = done.catch(() => undefined)
    return done
  }
}

/** Verifiers elsewhere may keep the public keys for minutes: an outage of seconds makes them no worse. */
function keepCopy(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error
}

/** @param records newest first. @param readAtMs when reading them began */
async function loadKeys(
  secrets: Secrets,
  records: SigningKeyRecord[],
  readAtMs: number,
): Promise<LoadedKeys> {
  const [newest] = records
  if (newest === undefined) throw new TypeError('the store kept no signing key')
  const privateBytes = await unseal(secrets, newest.sealedPrivateKey)
  const all = records.map(async (record) => {
    const jwk = publicJwk(record)
    const endsAtMs = record.endsAtMs ?? Infinity
    return [record.id, { jwk, publicKey: await cryptoKey(jwk), endsAtMs }] as const
  })
  return {
    records,
    readAtMs,
    current: { kid: newest.id, privateKey: await cryptoKey(privateJwk(privateBytes)) },
    all: new Map(await Promise.all(all)),
  }
}

async function insertFirstKey(parts: SigningKeyParts): Promise<SigningKeyRecord[]> {
  const record = await makeKey(parts)
  const event = auditEvent(parts, serverItself, {
    action: 'signing_key_made',
    subjectId: record.id,
  })
  return await parts.store.insertFirstSigningKey(record, event)
}

async function makeKey(
  parts: Pick<SigningKeyParts, 'clock' | 'random' | 'secrets'>,
): Promise<SigningKeyRecord> {
  const privateBytes = parts.random.bytes(32)
  const { x } = privateJwk(privateBytes)
  if (x === undefined) throw new TypeError('an Ed25519 key has no x')
  return {
    id: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }),
    publicX: x,
    sealedPrivateKey: await seal(parts.secrets, privateBytes),
    createdAtMs: parts.clock.nowMs(),
    endsAtMs: null,
  }
}

function publicJwk(record: SigningKeyRecord): JWK & { kid: string } {
  const { id: kid, publicX: x } = record
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' }
}

function privateJwk(privateBytes: Uint8Array): JWK {
  const key = Buffer.concat([pkcs8Prefix, privateBytes])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
}

async function cryptoKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA')
  if (key instanceof Uint8Array) throw new TypeError('an Ed25519 key is never symmetric')
  return key
}

async function seal(secrets: Secrets, privateBytes: Uint8Array): Promise<string> {
  const kid = secrets.currentId
  return await new CompactEncrypt(privateBytes)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
    .encrypt(secrets.key('signing-key', kid))
}

async function unseal(secrets: Secrets, sealed: string): Promise<Uint8Array> {
  const opened = await compactDecrypt(sealed, ({ kid }) => secrets.key('signing-key', kid ?? ''), {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch((error: unknown) => {
    throw error instanceof errors.JWEDecryptionFailed ? new SecretsRefused(notOfThisStore) : error
  })
  return opened.plaintext
}
