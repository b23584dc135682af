import { createHmac, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Reader, signIn, tokenOf } from '../support/readers.ts'
import { sendForm } from './browser.ts'
import { rawRequest, sendRaw } from './raw-socket.ts'
import { ask, askWhoIs, cookieOf, freshReader, freshSandbox, testOwnServer, url } from './target.ts'

let reader: Reader
let token: string
let keySet: JSONWebKeySet

beforeAll(async () => {
  reader = await freshSandbox()
  token = tokenOf(await cookieOf(reader))
  keySet = (await ask('/auth/v1/.well-known/jwks.json')).json as unknown as JSONWebKeySet
})

/** Offers a token as Bearer and as cookie. @returns both statuses */
async function offer(candidate: string): Promise<number[]> {
  const bearer = await askWhoIs({ authorization: `Bearer ${candidate}` })
  const cookie = await askWhoIs({ cookie: `access_token=${candidate}` })
  return [bearer.status, cookie.status]
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The parts of the good token. */
function parts(): { header: JWTHeaderParameters; claims: string; signature: string } {
  const [, claims = '', signature = ''] = token.split('.')
  return { header: decodeProtectedHeader(token) as JWTHeaderParameters, claims, signature }
}

describe('T2: a token that nobody signed', () => {
  test.each(['none', 'None', 'NONE', 'nOnE'])(
    'opens nothing with the algorithm %s',
    async (alg) => {
      const { header, claims, signature } = parts()
      for (const end of ['', signature]) {
        expect(await offer(`${encode({ ...header, alg })}.${claims}.${end}`)).toEqual([401, 401])
      }
    },
  )

  test('opens nothing with its signature emptied, cut off or of zeros', async () => {
    const { claims } = parts()
    const [header = ''] = token.split('.')
    const zeros = Buffer.alloc(64).toString('base64url')
    for (const forged of [
      `${header}.${claims}.`,
      `${header}.${claims}`,
      `${header}.${claims}.${zeros}`,
      `${header}..${zeros}`,
      `${token}.`,
      `${token}.${zeros}`,
    ]) {
      expect(await offer(forged)).toEqual([401, 401])
    }
  })

  test('opens nothing with a claim changed under a good signature', async () => {
    const { signature } = parts()
    const [header = ''] = token.split('.')
    const claims = decodeJwt(token)
    for (const changed of [{ sub: 'somebody' }, { exp: (claims.exp ?? 0) + 60 }, { admin: true }]) {
      const forged = `${header}.${encode({ ...claims, ...changed })}.${signature}`
      expect(await offer(forged)).toEqual([401, 401])
    }
  })

  test('opens nothing with the public key as the secret of an HMAC', async () => {
    const { header, claims } = parts()
    const [jwk] = keySet.keys
    if (jwk === undefined) throw new Error('there is no public key')
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    const secrets = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      Buffer.from(String(jwk['x']), 'base64url'),
      JSON.stringify(jwk),
      JSON.stringify(keySet),
    ]
    for (const [alg, hash] of Object.entries({ HS256: 'sha256', HS512: 'sha512' })) {
      for (const secret of secrets) {
        const signed = `${encode({ ...header, alg })}.${claims}`
        const mac = createHmac(hash, secret).update(signed).digest('base64url')
        expect(await offer(`${signed}.${mac}`)).toEqual([401, 401])
      }
    }
  })

  test.each(['RS256', 'ES256', 'PS512', 'Ed25519', 'HS256', '', 'eddsa'])(
    'opens nothing with its algorithm renamed to "%s"',
    async (alg) => {
      const { header, claims, signature } = parts()
      const forged = `${encode({ ...header, alg })}.${claims}.${signature}`
      expect(await offer(forged)).toEqual([401, 401])
    },
  )
})

describe('T3: a token signed by somebody else', () => {
  /** A token with the claims of the good one and the header given, signed with a key of our own. */
  async function forged(header: object, signer?: CryptoKey): Promise<string> {
    const key = signer ?? (await generateKeyPair('EdDSA')).privateKey
    return new SignJWT(decodeJwt(token))
      .setProtectedHeader({ ...parts().header, ...header })
      .sign(key, { crit: { 'x-own': true, b64: true } })
  }

  test('opens nothing, not even with its key in its header', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA')
    const jwk = await exportJWK(publicKey)
    for (const header of [{}, { jwk }, { jwk, kid: undefined }, { x5c: ['AAAA'] }]) {
      expect(await offer(await forged(header, privateKey))).toEqual([401, 401])
    }
  })

  test.each([
    '../../../../../../dev/null',
    '/dev/null',
    "x' OR '1'='1",
    "x'; DROP TABLE keys; --",
    'k'.repeat(700),
    '__proto__',
    'constructor',
    'toString',
    '',
    '\0',
    'ünï',
  ])('opens nothing by its kid (%j)', async (kid) => {
    expect(await offer(await forged({ kid }))).toEqual([401, 401])
  })

  test.each([{ kid: 1 }, { kid: null }, { kid: ['a'] }, { kid: {} }, { kid: undefined }])(
    'opens nothing by a kid that is no text (%j)',
    async (header) => {
      const { claims, signature } = parts()
      const head = encode({ ...parts().header, ...header })
      expect(await offer(`${head}.${claims}.${signature}`)).toEqual([401, 401])
    },
  )

  test('opens nothing with a kid of 8 kB', async () => {
    const { claims, signature } = parts()
    const head = encode({ ...parts().header, kid: 'k'.repeat(8 * 1024) })
    const { status } = await askWhoIs({ authorization: `Bearer ${head}.${claims}.${signature}` })
    expect(status).toBe(401)
  })

  test.each([
    { crit: ['x-own'], 'x-own': true },
    { crit: ['b64'], b64: false },
    { b64: false },
    { zip: 'DEF' },
    { cty: 'JWT' },
    { typ: 'JWT' },
    { typ: undefined },
  ])('opens nothing with %j in the header of a good one', async (header) => {
    const { claims, signature } = parts()
    const head = encode({ ...parts().header, ...header })
    expect(await offer(`${head}.${claims}.${signature}`)).toEqual([401, 401])
  })

  testOwnServer('makes the server fetch nothing', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA')
    const kid = 'elsewhere'
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' }] })
    let visits = 0
    const trap = createServer((_, response) => {
      visits += 1
      response.end(keys)
    }).listen(0, '127.0.0.1')
    await once(trap, 'listening')
    const lure = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys.json`
    for (const header of [{ jku: lure, kid }, { x5u: lure, kid }, { kid: lure }]) {
      expect(await offer(await forged(header, privateKey))).toEqual([401, 401])
    }
    trap.close()
    expect(visits).toBe(0)
  })
})

describe('T6: signing out', () => {
  test('ends the session for its cookie and for every token of it', async () => {
    const answer = await ask('/auth/v1/token', {
      body: { username: reader.username, password: reader.password, grant_type: 'password' },
    })
    const cookie = answer.cookies[0]?.split(';')[0] ?? ''
    const bodyToken = String(answer.json['access_token'])
    expect((await askWhoIs({ cookie })).status).toBe(200)
    expect((await askWhoIs({ authorization: `Bearer ${bodyToken}` })).status).toBe(200)

    const out = await ask('/auth/v1/logout', { method: 'POST', headers: { cookie } })
    expect(out.status).toBe(204)
    expect(await offer(tokenOf(cookie))).toEqual([401, 401])
    expect(await offer(bodyToken)).toEqual([401, 401])
  })

  test('ends every spelling of the token', async () => {
    const cookie = await cookieOf(reader)
    await ask('/auth/v1/logout', { method: 'POST', headers: { cookie } })
    const good = tokenOf(cookie)
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = digits.indexOf(good.slice(-1))
    const respelled = Array.from({ length: 16 }, (_, bits) => {
      const other = digits.charAt((last & 0b110000) | bits) // the last four bits mean nothing
      return good.slice(0, -1) + other
    })
    for (const spelling of [...respelled, `${good}=`, `${good}==`, `"${good}"`]) {
      expect((await askWhoIs({ authorization: `Bearer ${spelling}` })).status).toBe(401)
      expect((await askWhoIs({ cookie: `access_token=${spelling}` })).status).toBe(401)
    }
  })

  test('by one session leaves the others of the account', async () => {
    const [one, other] = [await cookieOf(reader), await cookieOf(reader)]
    await ask('/auth/v1/logout', { method: 'POST', headers: { cookie: one } })
    expect((await askWhoIs({ cookie: other })).status).toBe(200)
  })
})

describe('T7: signing in', () => {
  test('makes another token and ends the session of the one that was sent along', async () => {
    const planted = await cookieOf(reader)
    const answer = await signIn(url, reader, { cookie: planted })
    const own = answer.cookies[0]?.split(';')[0] ?? ''
    expect(own).not.toBe(planted)
    expect((await askWhoIs({ cookie: planted })).status).toBe(401)
    expect((await askWhoIs({ cookie: own })).status).toBe(200)
  })

  test('on the page does so as well, also over the session of somebody else', async () => {
    const planted = await cookieOf(await freshSandbox())
    const { username, password } = reader
    const answer = await sendForm('/login', { username, password }, { cookie: planted })
    expect(answer.status).toBe(303)
    const own = answer.cookies[0]?.split(';')[0] ?? ''
    expect((await askWhoIs({ cookie: own })).json['username']).toBe(username)
    expect((await askWhoIs({ cookie: planted })).status).toBe(401)
  })

  test('with a wrong password ends nothing', async () => {
    const cookie = await cookieOf(reader)
    await signIn(url, { ...reader, password: 'not this one' }, { cookie })
    expect((await askWhoIs({ cookie })).status).toBe(200)
  })
})

describe('T9: the key set', () => {
  test('holds public parts of signing keys and nothing else', () => {
    expect(keySet.keys.length).toBeGreaterThan(0)
    for (const key of keySet.keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' })
    }
    expect(keySet.keys.map(({ kid }) => kid)).toContain(parts().header.kid)
  })

  test('may be kept for some minutes where the metadata points to', async () => {
    const metadata = await ask('/.well-known/oauth-authorization-server')
    const address = new URL(String(metadata.json['jwks_uri']))
    const answer = await ask(address.pathname)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual(keySet)
    expect(answer.headers['cache-control']).toMatch(/^public, max-age=\d{2,4}$/)
  })
})

describe('T10: a token', () => {
  test('names its account by an id that means nothing, and holds no other data', async () => {
    const claims = decodeJwt(token)
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
    expect(claims.sub).not.toContain(reader.username)
    expect(Buffer.from(String(claims.sub), 'base64url').toString()).not.toContain(reader.username)
    expect(JSON.stringify(claims)).not.toContain(reader.username)
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })

    const other = decodeJwt(tokenOf(await cookieOf(reader)))
    expect(other.sub).toBe(claims.sub)
    expect([other.jti, other.sid]).not.toEqual([claims.jti, claims.sid])
  })
})

describe('T11: two credentials on one request', () => {
  test('are a 400, whichever is good and whoever’s they are', async () => {
    const someone = await freshReader()
    const good = await cookieOf(someone)
    const bearers = [token, tokenOf(good), 'bad']
    for (const cookie of [good, 'access_token=bad']) {
      for (const bearer of bearers) {
        const { status, json } = await askWhoIs({ cookie, authorization: `Bearer ${bearer}` })
        expect([status, json['code']]).toEqual([400, 'ambiguous_credentials'])
      }
    }
  })

  test('are a 400 for Bearer and API key, on both APIs', async () => {
    const sandbox = await freshSandbox()
    const headers = { authorization: `Bearer ${token}`, 'x-api-auth': sandbox.apiKey }
    for (const path of ['/api/v1/me', '/internal/v1/batches', '/auth/v1/users/me']) {
      const { status, json } = await ask(path, { headers })
      expect([status, json['code']], path).toEqual([400, 'ambiguous_credentials'])
    }
  })

  test('never open one API with the credential of the other', async () => {
    const sandbox = await freshSandbox()
    const cookie = await cookieOf(sandbox)
    const key = { 'x-api-auth': sandbox.apiKey }
    expect((await ask('/internal/v1/batches', { headers: key })).status).toBe(401)
    expect((await ask('/api/v1/me', { headers: { cookie } })).status).toBe(401)
    const bearer = { authorization: `Bearer ${tokenOf(cookie)}` }
    expect((await ask('/api/v1/me', { headers: bearer })).status).toBe(401)
  })
})

describe('T12: Authorization', () => {
  const wrong = (good: string): string[] => [
    `Basic ${good}`,
    `Token ${good}`,
    `JWT ${good}`,
    good,
    'Bearer',
    'Bearer ',
    'Bearer,',
    `Bearer${good}`,
    `Bearer\t${good}`,
    `Bearer ${good} ${good}`,
    `Bearer ${good}, Bearer ${good}`,
    `Bearer ${good},`,
    `Bearer "${good}"`,
    `Bearer Bearer ${good}`,
    `Bearer token=${good}`,
    `Bearer ${good}\xff`,
    `B\xe9arer ${good}`,
    `Bearer ${'x'.repeat(8 * 1024)}`,
  ]

  test('that is not Bearer and one token is a 401', async () => {
    for (const value of wrong(token)) {
      const request = rawRequest('GET /auth/v1/users/me', [`Authorization: ${value}`])
      expect((await sendRaw(request)).status, value.slice(0, 40)).toBe(401)
    }
  })

  test('that comes twice is no choice', async () => {
    const good = `Authorization: Bearer ${token}`
    for (const lines of [
      [good, good],
      [good, 'Authorization: Bearer x'],
      ['Authorization: x', good],
    ]) {
      const { status } = await sendRaw(rawRequest('GET /auth/v1/users/me', lines))
      expect([400, 401], lines.join(' | ').slice(0, 40)).toContain(status)
    }
  })

  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('reads the scheme %s', async (scheme) => {
    expect((await askWhoIs({ authorization: `${scheme} ${token}` })).status).toBe(200)
  })
})
