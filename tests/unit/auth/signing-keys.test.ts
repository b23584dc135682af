import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeProtectedHeader } from 'jose'
import { makeSecretsText, parseSecrets } from '#auth/secrets.ts'
import { openSigningKeys, type SigningKeyParts } from '#auth/signing-keys.ts'
import { StoreUnavailable } from '#store/store.ts'
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

  const { keys } = await later.jwks()
  for (const starter of starters) expect((await starter.jwks()).keys).toEqual(keys)
  expect(keys).toHaveLength(1)
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
  const kids = async () => (await started.auth.publicKeys()).keys.map(({ kid }) => kid)
  return { ...started, signIn, kids }
}

test('T8: after a rotation new tokens have the new key, and old ones are good until they end', async () => {
  const { auth, clock, signIn, kids } = await withAda()
  const [firstKid] = await kids()
  const old = await signIn()
  clock.forward({ seconds: 60 })
  const { keyId } = await auth.rotateSigningKey(caller)
  const next = await signIn()

  expect(decodeProtectedHeader(next.token).kid).toBe(keyId)
  clock.forward({ seconds: 29 * 60 - 1 })
  await auth.checkToken(old.token)
  await auth.checkToken(next.token)
  expect(await kids()).toEqual([keyId, firstKid])
})

test('T9: a retired key is listed until its last token has ended, and forgotten after that', async () => {
  const { auth, store, clock, kids } = await withAda()
  const [firstKid] = await kids()
  const { keyId } = await auth.rotateSigningKey(caller)
  clock.forward({ seconds: 32 * 60 - 1 })
  expect(await kids()).toEqual([keyId, firstKid])
  clock.forward({ seconds: 1 })
  expect(await kids()).toEqual([keyId])

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
  expect(decodeProtectedHeader((await signIn()).token).kid).toBe((await again.current()).kid)
  expect(await kids()).toEqual((await again.jwks()).keys.map(({ kid }) => kid))
  expect(await kids()).toHaveLength(6)
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
  expect(await kids()).toEqual([keyId])
  await auth.checkToken((await signIn()).token)
})

test('L3, E3: each change leaves its event; one that could not be stored changes nothing', async () => {
  const { auth, store, signIn, kids } = await withAda()
  const { token } = await signIn()
  const rotated = await auth.rotateSigningKey(caller)
  const [event] = await store.latestAudit(1)
  expect(event).toMatchObject({ action: 'signing_key_rotated', subjectId: rotated.keyId })
  const before = await kids()
  await store.close()

  const changes = [auth.rotateSigningKey(caller), auth.dropSigningKeys(caller)]
  for (const { code } of await Promise.all(changes.map(refusalOf))) {
    expect(code).toBe('store_unavailable')
  }
  expect(await kids()).toEqual(before)
  await auth.checkToken(token)
})

/** Two nodes of one store. */
async function twoNodes() {
  const fresh = await freshParts()
  const readings = { count: 0, failing: false }
  const store: SigningKeyParts['store'] = {
    insertFirstSigningKey: (...given) => fresh.store.insertFirstSigningKey(...given),
    rotateSigningKey: (...given) => fresh.store.rotateSigningKey(...given),
    dropSigningKeys: (...given) => fresh.store.dropSigningKeys(...given),
    async signingKeys() {
      readings.count += 1
      if (readings.failing) throw new StoreUnavailable('gone')
      return await fresh.store.signingKeys()
    },
  }
  const [here, there] = [
    await openSigningKeys({ ...fresh, random: systemRandom }),
    await openSigningKeys({ ...fresh, store, random: systemRandom }),
  ]
  readings.count = 0
  return { here, there, clock: fresh.clock, readings }
}

test('F10, T8: a key that another node has made verifies at once, and signs within 3 s', async () => {
  const { here, there, clock } = await twoNodes()
  const { kid: oldKid } = await there.current()
  const { keyId } = await here.rotate(caller)

  expect(await there.publicKey(keyId)).toBeDefined()
  expect(await there.publicKey(oldKid)).toBeDefined()
  const { keyId: next } = await here.rotate(caller)
  clock.forward({ seconds: 3 })
  expect((await there.current()).kid).toBe(next)
  expect((await there.jwks()).keys.map(({ kid }) => kid)).toEqual([next, keyId, oldKid])
})

test('F10, T8: a key that another node has dropped is refused within 3 s', async () => {
  const { here, there, clock } = await twoNodes()
  const { kid } = await there.current()
  await here.drop(caller)
  clock.forward({ seconds: 3 })
  expect(await there.publicKey(kid)).toBeUndefined()
})

test('T3: however many made-up keys come at once, the store is read for them twice at most', async () => {
  const { there, readings } = await twoNodes()
  const found = await Promise.all(
    Array.from({ length: 200 }, (_, index) => there.publicKey(`made-up-${index}`)),
  )
  expect(found.every((key) => key === undefined)).toBe(true)
  expect(readings.count).toBeLessThanOrEqual(2)
})

test('F9: without the store an old copy of the keys opens nothing, and is still listed', async () => {
  const { there, clock, readings } = await twoNodes()
  const { kid } = await there.current()
  clock.forward({ seconds: 3 })
  readings.failing = true

  await expect(there.publicKey(kid)).rejects.toThrow(StoreUnavailable)
  await expect(there.current()).rejects.toThrow(StoreUnavailable)
  expect((await there.jwks()).keys.map((key) => key.kid)).toEqual([kid])
  readings.failing = false
  expect(await there.publicKey(kid)).toBeDefined()
})
