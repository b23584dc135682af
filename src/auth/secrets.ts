import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { Random } from './random.ts'

/** What a key is for: each use has its own, so that none can stand in for another. */
export type Purpose = 'api-key' | 'password' | 'form-token' | 'signing-key'

const purposes: readonly Purpose[] = ['api-key', 'password', 'form-token', 'signing-key']

/** The server's secrets: the newest pepper for what is made now, older ones for what was made then. */
export interface Secrets {
  /** The id of the newest pepper. */
  readonly currentId: string
  /** All pepper ids, newest first. */
  readonly ids: readonly string[]
  /**
   * The 32-byte key of a pepper for a purpose. A key object, since an HMAC over one takes 5 us and over raw
   * bytes 16 us, and every call with an API key pays for it.
   * @throws {SecretsRefused} if there is no such pepper
   */
  key(purpose: Purpose, pepperId: string): KeyObject
}

/** The secrets cannot be used. The message says what to do, and holds none of them. */
export class SecretsRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SecretsRefused'
  }
}

const minSecretBytes = 32 // 256 bits
/** 32 random bytes have fewer distinct ones once in 10^23 times: fewer means a made-up secret. */
const minDistinctBytes = 12

const fileShape = z.strictObject({
  format: z.literal('barbell-secrets'),
  version: z.literal(1),
  /** Newest first. */
  peppers: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9]{1,16}$/),
        secret: z.base64url(),
      }),
    )
    .min(1),
})

/** The text of a new `secrets.json`. */
export function makeSecretsText(random: Random): string {
  const secret = Buffer.from(random.bytes(minSecretBytes)).toString('base64url')
  const file: z.infer<typeof fileShape> = {
    format: 'barbell-secrets',
    version: 1,
    peppers: [{ id: 'p1', secret }],
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/**
 * Reads the text of a `secrets.json`.
 * @throws {SecretsRefused} if it is not whole, or if a secret is shorter than 256 bits or not random
 */
export function parseSecrets(text: string): Secrets {
  const file = fileShape.safeParse(parseJson(text))
  if (!file.success) {
    throw new SecretsRefused(
      'secrets.json is damaged or not ours: restore it from a backup. Nothing was started.',
    )
  }
  const derived = new Map<string, KeyObject>()
  for (const { id, secret } of file.data.peppers) {
    const bytes = Buffer.from(secret, 'base64url')
    refuseWeak(id, bytes)
    for (const purpose of purposes) derived.set(`${purpose} ${id}`, deriveKey(bytes, purpose))
  }
  const ids = file.data.peppers.map(({ id }) => id)
  return {
    ids,
    currentId: ids[0] ?? '',
    key(purpose, pepperId) {
      const key = derived.get(`${purpose} ${pepperId}`)
      if (key === undefined) throw new SecretsRefused(notOfThisStore)
      return key
    },
  }
}

/** For secrets that are sound but not the ones that the store's records were made with. */
export const notOfThisStore =
  'secrets.json does not belong to this store: restore the one that was beside it. Nothing was started.'

function refuseWeak(id: string, secret: Uint8Array): void {
  if (secret.length >= minSecretBytes && new Set(secret).size >= minDistinctBytes) return
  throw new SecretsRefused(
    `The secret "${id}" in secrets.json is too weak: it must be at least ${minSecretBytes} random bytes in base64url. Nothing was started.`,
  )
}

function deriveKey(secret: Uint8Array, purpose: Purpose): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `barbell ${purpose}`, 32)))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
