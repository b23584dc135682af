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
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import { notOfThisStore, type Secrets, SecretsRefused } from './secrets.ts'

/** The keys that tokens are signed and checked with. */
export interface SigningKeys {
  /** The newest key: it signs. */
  current: { kid: string; privateKey: CryptoKey }
  /** Every key that a token may have been signed with, by `kid`. */
  publicKeys: ReadonlyMap<string, CryptoKey>
  /** The public keys as a JWK set (RFC 7517 section 5). */
  jwks: JSONWebKeySet
}

/** RFC 8410 section 7: a PKCS #8 Ed25519 key is this and the 32 bytes of the key. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The signing keys of a store; makes the first one if there is none. The store keeps the private half
 * encrypted under a secret that it does not have.
 * @throws {SecretsRefused} if the secrets are not the ones that the keys were encrypted under
 */
export async function openSigningKeys(parts: {
  store: Store
  clock: Clock
  random: Random
  secrets: Secrets
}): Promise<SigningKeys> {
  const known = await parts.store.signingKeys()
  const records = known.length > 0 ? known : await makeFirstKey(parts)
  const [newest] = records
  if (newest === undefined) throw new TypeError('the store kept no signing key')

  const privateBytes = await unseal(parts.secrets, newest.sealedPrivateKey)
  const publicJwks = records.map(publicJwk)
  return {
    current: { kid: newest.id, privateKey: await cryptoKey(privateJwk(privateBytes)) },
    publicKeys: new Map(
      await Promise.all(publicJwks.map(async (jwk) => [jwk.kid, await cryptoKey(jwk)] as const)),
    ),
    jwks: { keys: publicJwks },
  }
}

async function makeFirstKey(parts: {
  store: Store
  clock: Clock
  random: Random
  secrets: Secrets
}): Promise<SigningKeyRecord[]> {
  const privateBytes = parts.random.bytes(32)
  const { x } = privateJwk(privateBytes)
  if (x === undefined) throw new TypeError('an Ed25519 key has no x')
  const record: SigningKeyRecord = {
    id: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }),
    publicX: x,
    sealedPrivateKey: await seal(parts.secrets, privateBytes),
    createdAtMs: parts.clock.nowMs(),
  }
  const event = auditEvent(parts, serverItself, {
    action: 'signing_key_made',
    subjectId: record.id,
  })
  return await parts.store.insertFirstSigningKey(record, event)
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
