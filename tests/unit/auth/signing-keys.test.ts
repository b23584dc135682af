import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeSecretsText, parseSecrets } from '#auth/secrets.ts'
import { openSigningKeys } from '#auth/signing-keys.ts'
import { clockAt, systemRandom, temporaryStore } from './start-auth.ts'

async function freshParts() {
  const clock = clockAt('2026-03-01T12:00:00Z')
  const secrets = parseSecrets(makeSecretsText(systemRandom))
  return { ...(await temporaryStore(clock)), clock, secrets }
}

test('L4: simultaneous starters and later ones have one key', async () => {
  const parts = { ...(await freshParts()), random: systemRandom }
  const starters = await Promise.all(Array.from({ length: 5 }, () => openSigningKeys(parts)))
  const later = await openSigningKeys(parts)

  for (const keys of starters) expect(keys.jwks).toEqual(later.jwks)
  expect(later.jwks.keys).toHaveLength(1)
})

test('T9: the store has the private key encrypted only', async () => {
  const { directory, ...parts } = await freshParts()
  const drawn: Uint8Array[] = []
  const random = {
    bytes(count: number) {
      const bytes = systemRandom.bytes(count)
      drawn.push(bytes)
      return bytes
    },
  }
  await openSigningKeys({ ...parts, random })
  const [privateBytes] = drawn
  const text = await readFile(join(directory, 'barbell.json'), 'utf8')

  expect(privateBytes).toHaveLength(32)
  for (const encoding of ['base64', 'base64url', 'hex'] as const) {
    expect(text).not.toContain(Buffer.from(privateBytes ?? []).toString(encoding))
  }
})
