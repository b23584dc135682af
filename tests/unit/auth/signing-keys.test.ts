import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeProtectedHeader } from 'jose'
import { makeSecretsText, parseSecrets } from '#auth/secrets.ts'
import { openSigningKeys } from '#auth/signing-keys.ts'
import {
  callerFrom,
  clockAt,
  password,
  refusalOf,
  startAuth,
  systemRandom,
  temporaryStore,
} from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

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

async function withAda() {
  const started = await startAuth()
  await started.auth.register({ username: 'Ada', password }, caller)
  const signIn = () => started.auth.signIn({ username: 'Ada', password }, caller)
  const kids = () => started.auth.publicKeys().keys.map(({ kid }) => kid)
  return { ...started, signIn, kids }
}

test('T8: after a rotation new tokens have the new key, and old ones are good until they end', async () => {
  const { auth, clock, signIn, kids } = await withAda()
  const [firstKid] = kids()
  const old = await signIn()
  clock.forward({ seconds: 60 })
  const { keyId } = await auth.rotateSigningKey(caller)
  const next = await signIn()

  expect(decodeProtectedHeader(next.token).kid).toBe(keyId)
  clock.forward({ seconds: 29 * 60 - 1 })
  await auth.checkToken(old.token)
  await auth.checkToken(next.token)
  expect(kids()).toEqual([keyId, firstKid])
})

test('T9: a retired key is listed until its last token has ended, and forgotten after that', async () => {
  const { auth, store, clock, kids } = await withAda()
  const [firstKid] = kids()
  const { keyId } = await auth.rotateSigningKey(caller)
  clock.forward({ seconds: 32 * 60 - 1 })
  expect(kids()).toEqual([keyId, firstKid])
  clock.forward({ seconds: 1 })
  expect(kids()).toEqual([keyId])

  await store.deleteExpired(clock.nowMs())
  expect((await store.signingKeys()).map(({ id }) => id)).toEqual([keyId])
})

test('T8: rotating under load refuses no token', async () => {
  const { auth, signIn } = await withAda()
  const { token } = await signIn()
  const load = Array.from({ length: 4 }, async () => {
    for (let round = 0; round < 10; round += 1) {
      await auth.checkToken((await signIn()).token)
      await auth.checkToken(token)
    }
  })
  const rotations = Array.from({ length: 5 }, () => auth.rotateSigningKey(caller))
  await Promise.all([...load, ...rotations])
})

test('T8: simultaneous rotations leave one key that signs, the same as after a restart', async () => {
  const { auth, store, clock, secrets, signIn, kids } = await withAda()
  const made = await Promise.all(Array.from({ length: 5 }, () => auth.rotateSigningKey(caller)))
  const again = await openSigningKeys({ store, clock, secrets, random: systemRandom })

  expect(new Set(made.map(({ keyId }) => keyId)).size).toBe(5)
  expect(decodeProtectedHeader((await signIn()).token).kid).toBe(again.current.kid)
  expect(kids()).toEqual(again.jwks.keys.map(({ kid }) => kid))
  expect(kids()).toHaveLength(6)
})

test('T8: a drop refuses all tokens and ends all sessions at once; who signs in anew is let in', async () => {
  const { auth, signIn, kids } = await withAda()
  const { token, account } = await signIn()
  await auth.rotateSigningKey(caller)
  const newer = await signIn()
  const { keyId } = await auth.dropSigningKeys(caller)

  for (const dead of [token, newer.token]) {
    expect((await refusalOf(auth.checkToken(dead))).code).toBe('invalid_token')
  }
  expect(await auth.listSessions(account.id)).toEqual([])
  expect(kids()).toEqual([keyId])
  await auth.checkToken((await signIn()).token)
})

test('L3, E3: each change leaves its event; one that could not be stored changes nothing', async () => {
  const { auth, store, signIn, kids } = await withAda()
  const { token } = await signIn()
  const rotated = await auth.rotateSigningKey(caller)
  const [event] = await store.latestAudit(1)
  expect(event).toMatchObject({ action: 'signing_key_rotated', subjectId: rotated.keyId })
  const before = kids()
  await store.close()

  const changes = [auth.rotateSigningKey(caller), auth.dropSigningKeys(caller)]
  for (const { code } of await Promise.all(changes.map(refusalOf))) {
    expect(code).toBe('store_unavailable')
  }
  expect(kids()).toEqual(before)
  await auth.checkToken(token)
})
