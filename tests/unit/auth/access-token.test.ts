import { createHmac, createPublicKey } from 'node:crypto'
import {
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { beforeEach, expect, test } from 'vitest'
import type { SignIn } from '#auth/auth.ts'
import { openSigningKeys } from '#auth/signing-keys.ts'
import {
  callerFrom,
  password,
  refusalOf,
  startAuth,
  type StartedAuth,
  systemRandom,
} from './start-auth.ts'

const caller = callerFrom('192.0.2.1')

let started: StartedAuth
let signedIn: SignIn
let current: { readonly kid: string; readonly privateKey: CryptoKey }

beforeEach(async () => {
  started = await startAuth()
  await started.auth.register({ username: 'Ada', password }, caller)
  signedIn = await started.auth.signIn({ username: 'Ada', password }, caller)
  const keys = await openSigningKeys({ ...started, random: systemRandom })
  current = await keys.current()
})

function goodClaims(): JWTPayload {
  const iat = Math.floor(started.clock.nowMs() / 1000)
  return {
    iss: 'https://docs.example',
    aud: 'https://docs.example/api',
    sub: signedIn.account.id,
    sid: signedIn.session.id,
    jti: 'forged',
    iat,
    exp: iat + 1800,
  }
}

function goodHeader() {
  return { alg: 'EdDSA', typ: 'at+jwt', kid: current.kid }
}

/** A token that is right in all that is not changed here, signed with the server's own key. */
async function tokenWith(change: { claims?: object; header?: object }): Promise<string> {
  const claims = { ...goodClaims(), ...change.claims }
  return await new SignJWT(claims)
    .setProtectedHeader({ ...goodHeader(), ...change.header })
    .sign(current.privateKey)
}

async function becauseOf(token: string): Promise<string | undefined> {
  const refusal = await refusalOf(started.auth.checkToken(token))
  expect(refusal.code).toBe('invalid_token')
  return refusal.facts.because
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

test('a token that changes nothing is accepted: the forgeries below fail for their one reason', async () => {
  await started.auth.checkToken(await tokenWith({}))
})

test.each([
  ['another typ', { header: { typ: 'JWT' } }],
  ['no typ', { header: { typ: undefined } }],
  ['another issuer', { claims: { iss: 'https://evil.example' } }],
  ['another audience', { claims: { aud: 'https://evil.example' } }],
  ...['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp'].map(
    (name) => [`no ${name}`, { claims: { [name]: undefined } }] as const,
  ),
  ['a sub that is a number', { claims: { sub: 7 } }],
  ['a session of nobody', { claims: { sid: 'x' } }],
  ['a session of somebody else', { claims: { sub: 'x' } }],
] as const)('T1: %s is refused', async (_, change) => {
  await becauseOf(await tokenWith(change))
})

test('T1: a token issued in the future, or too long ago, is refused', async () => {
  const now = Math.floor(started.clock.nowMs() / 1000)
  expect(await becauseOf(await tokenWith({ claims: { iat: now + 61 } }))).toBeDefined()
  expect(await becauseOf(await tokenWith({ claims: { iat: now - 1861 } }))).toBeDefined()
  await started.auth.checkToken(await tokenWith({ claims: { iat: now + 59 } }))
})

test.each(['none', 'None', 'nOnE'])(
  'T2: alg %s is refused, with a signature and without',
  async (alg) => {
    const [, payload, signature] = signedIn.token.split('.')
    const header = base64url({ ...goodHeader(), alg })
    await becauseOf(`${header}.${payload}.${signature}`)
    await becauseOf(`${header}.${payload}.`)
    await becauseOf(new UnsecuredJWT(goodClaims()).encode())
  },
)

test('T2: a stripped, an empty and a foreign signature are refused', async () => {
  const [header, payload, signature] = signedIn.token.split('.')
  const other = await tokenWith({ claims: { jti: 'other' } })
  await becauseOf(`${header}.${payload}`)
  await becauseOf(`${header}.${payload}.`)
  await becauseOf(`${other.split('.').slice(0, 2).join('.')}.${signature}`)
})

test('T2: an HMAC with the public key as its secret is refused', async () => {
  const [jwk] = (await started.auth.publicKeys()).keys
  const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  })
  const body = `${base64url({ ...goodHeader(), alg: 'HS256' })}.${base64url(goodClaims())}`
  for (const secret of [pem, jwk?.x ?? '']) {
    await becauseOf(`${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`)
  }
})

test('T3: a key that the token brings along is never used', async () => {
  const mallory = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(mallory.publicKey)
  const headers: Partial<JWTHeaderParameters>[] = [
    { jwk },
    { jwk, kid: 'mallory' },
    { jku: 'https://evil.example/jwks', kid: current.kid },
    { x5u: 'https://evil.example/cert', x5c: ['MIIB'] },
  ]
  for (const header of headers) {
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ ...goodHeader(), ...header })
      .sign(mallory.privateKey)
    await becauseOf(token)
  }
})

test.each(['../../dev/null', "' OR 1=1 --", '__proto__', 'constructor', ''])(
  'T3: kid %j chooses no key',
  async (kid) => {
    expect(await becauseOf(await tokenWith({ header: { kid } }))).toBe('unknown kid')
  },
)

test('T3: a kid of 8 kB is refused unread', async () => {
  expect(await becauseOf(await tokenWith({ header: { kid: 'x'.repeat(8192) } }))).toBe('too long')
})

test('T3: crit, b64 and zip are refused, and so is any member that we do not write', async () => {
  const [, payload, signature] = signedIn.token.split('.')
  for (const extra of [
    { crit: ['b64'], b64: false },
    { b64: false },
    { zip: 'DEF' },
    { cty: 'JWT' },
  ]) {
    await becauseOf(`${base64url({ ...goodHeader(), ...extra })}.${payload}.${signature}`)
  }
})

test.each(['', '.', '..', 'a.b.c', 'ü.ü.ü', '\0', '{}'])(
  'T1: %j is refused without an error of another kind',
  async (text) => {
    await becauseOf(text)
  },
)

test('T5: a token ends with the second that it states', async () => {
  started.clock.forward({ seconds: 1799 })
  await started.auth.checkToken(signedIn.token)
  started.clock.forward({ seconds: 1 })
  await becauseOf(signedIn.token)
})

test('T6: after the session has ended every token of it is refused', async () => {
  const { auth } = started
  const both = await auth.signIn({ username: 'Ada', password, withBodyToken: true }, caller)
  await auth.endSession(both.account.id, both.session.id, caller)

  for (const token of [both.token, both.bodyToken ?? '', `${both.token}=`]) await becauseOf(token)
  await auth.checkToken(signedIn.token)
})

test('T6: nobody ends a session of another account', async () => {
  const eve = await started.auth.register({ username: 'Eve', password }, caller)
  await started.auth.endSession(eve.id, signedIn.session.id, caller)

  await started.auth.checkToken(signedIn.token)
})

test('T9: the public keys have public parts only', async () => {
  const { keys: listed } = await started.auth.publicKeys()
  expect(listed.map((key) => Object.keys(key).sort())).toEqual([
    ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
  ])
})

test('T10: a token says nothing about its account but an opaque id', () => {
  const payload = JSON.parse(
    Buffer.from(signedIn.token.split('.')[1] ?? '', 'base64url').toString(),
  ) as object
  expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
  expect(signedIn.account.id).toMatch(/^[0-9A-Za-z]{22}$/)
})
