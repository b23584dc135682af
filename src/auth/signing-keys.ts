import { createPrivateKey } from 'node:crypto'
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
import type { SigningKeyRecord, Store } from '#store/store.ts'
import { auditEvent, serverItself } from './audit.ts'
import type { Caller } from './auth.ts'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import { notOfThisStore, type Secrets, SecretsRefused } from './secrets.ts'
import { clockToleranceSeconds, tokenTtlSeconds } from './token-lifetime.ts'

/** The keys that tokens are signed and checked with. */
export interface SigningKeys {
  /** The newest key: it signs. */
  readonly current: { readonly kid: string; readonly privateKey: CryptoKey }
  /** The public key of this `kid`, as long as a token of it can be good. */
  publicKey(kid: string): CryptoKey | undefined
  /** The public keys as a JWK set (RFC 7517 section 5). */
  readonly jwks: JSONWebKeySet
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

/** RFC 8410 section 7: a PKCS #8 Ed25519 key is this and the 32 bytes of the key. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The signing keys of a store; makes the first one if there is none. The store keeps the private half
 * encrypted under a secret that it does not have.
 * @throws {SecretsRefused} if the secrets are not the ones that the keys were encrypted under
 */
export async function openSigningKeys(parts: SigningKeyParts): Promise<SigningKeys> {
  const known = await parts.store.signingKeys()
  return new StoredSigningKeys(
    parts,
    await loadKeys(parts.secrets, known.length > 0 ? known : await insertFirstKey(parts)),
  )
}

/** The keys of one moment, ready for use. */
interface LoadedKeys {
  current: { kid: string; privateKey: CryptoKey }
  all: ReadonlyMap<string, { jwk: JWK; publicKey: CryptoKey; endsAtMs: number }>
}

class StoredSigningKeys implements SigningKeys {
  readonly #parts: SigningKeyParts
  #loaded: LoadedKeys
  /** The change that runs; the next one waits for it, so that what was stored last is loaded last. */
  #lastChange: Promise<unknown> = Promise.resolve()

  constructor(parts: SigningKeyParts, loaded: LoadedKeys) {
    this.#parts = parts
    this.#loaded = loaded
  }

  get current(): LoadedKeys['current'] {
    return this.#loaded.current
  }

  get jwks(): JSONWebKeySet {
    const nowMs = this.#parts.clock.nowMs()
    const good = [...this.#loaded.all.values()].filter(({ endsAtMs }) => nowMs < endsAtMs)
    return { keys: good.map(({ jwk }) => jwk) }
  }

  publicKey(kid: string): CryptoKey | undefined {
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
    const change = this.#lastChange.then(async () => {
      const next = await makeKey(this.#parts)
      this.#loaded = await loadKeys(this.#parts.secrets, await store(next))
      return { keyId: next.id }
    })
    this.#lastChange = change.catch(() => undefined)
    return change
  }
}

/** @param records newest first */
async function loadKeys(secrets: Secrets, records: SigningKeyRecord[]): Promise<LoadedKeys> {
  const [newest] = records
  if (newest === undefined) throw new TypeError('the store kept no signing key')
  const privateBytes = await unseal(secrets, newest.sealedPrivateKey)
  const all = records.map(async (record) => {
    const jwk = publicJwk(record)
    const endsAtMs = record.endsAtMs ?? Infinity
    return [record.id, { jwk, publicKey: await cryptoKey(jwk), endsAtMs }] as const
  })
  return {
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
