import { spawnSync } from 'node:child_process'
import * as oauth from 'oauth4webapi'
import { beforeAll, describe, expect, test } from 'vitest'
import { call } from '../support/call.ts'
import type { Reader } from '../support/readers.ts'
import { findPythonWithOAuth } from '../support/tools.ts'
import { freshReader, isOwnServer, startOther, url } from './target.ts'

/** How oauth4webapi sends a request, whatever kind of request. */
type Transport = (
  target: string,
  options: oauth.CustomFetchOptions<string, oauth.ProtectedResourceRequestBody>,
) => Promise<Response>

/** Where oauth4webapi finds the server: it speaks to https only. */
interface Place {
  origin: string
  transport: Transport
  reader: Reader
}

const client: oauth.Client = { client_id: 'docs' }
const isHttps = url.startsWith('https:')

/** A server of this run is behind the name of a site with TLS; the transport stands in for its proxy. */
async function openPlace(): Promise<Place> {
  const origin = isHttps ? url : 'https://docs.example'
  const base = isHttps ? url : (await startOther({ BARBELL_URL: origin })).url
  return { origin, reader: await freshReader(base), transport: transportTo(base, origin) }
}

/**
 * What a program outside a browser sends: what it is told to, and nothing else. Node's own fetch says
 * `Sec-Fetch-Mode`, by which the server takes it for a page, and gives it no token in the body.
 */
function transportTo(base: string, origin: string): Transport {
  return async (
    target: string,
    options: oauth.CustomFetchOptions<string, oauth.ProtectedResourceRequestBody>,
  ) => {
    const { method, headers, body } = options
    const text = body instanceof URLSearchParams ? String(body) : undefined
    const sent = { method, headers, ...(text !== undefined && { body: text }) }
    const answer = await call(base + target.slice(origin.length), sent)
    const fields = Object.entries(answer.headers).map(
      ([name, value]) => [name, String(value)] as [string, string],
    )
    return new Response(answer.text, { status: answer.status, headers: fields })
  }
}

describe('X2, O3: oauth4webapi', () => {
  const testOverHttps = test.runIf(isOwnServer || isHttps)

  testOverHttps(
    'finds the server, gets a token by password and calls the internal API',
    async () => {
      const { origin, reader, transport } = await openPlace()
      const through = { [oauth.customFetch]: transport }
      const issuer = new URL(origin)
      const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...through })
      const server = await oauth.processDiscoveryResponse(issuer, found)

      const answer = await oauth.genericTokenEndpointRequest(
        server,
        client,
        oauth.None(),
        'password',
        { ...reader },
        through,
      )
      const token = await oauth.processGenericTokenEndpointResponse(server, client, answer)
      expect([token.token_type, token.expires_in]).toEqual(['bearer', 1800])

      const batches = await oauth.protectedResourceRequest(
        token.access_token,
        'GET',
        new URL(`${origin}/internal/v1/batches`),
        undefined,
        undefined,
        through,
      )
      expect(batches.status).toBe(200)
    },
  )

  testOverHttps('reads a refused password as invalid_grant', async () => {
    const { origin, reader, transport } = await openPlace()
    const server = { issuer: origin, token_endpoint: `${origin}/auth/v1/token` }
    const answer = await oauth.genericTokenEndpointRequest(
      server,
      client,
      oauth.None(),
      'password',
      { username: reader.username, password: 'another one' },
      { [oauth.customFetch]: transport },
    )
    const reading = oauth.processGenericTokenEndpointResponse(server, client, answer)
    await expect(reading).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })
})

describe('X2, O3: requests-oauthlib', () => {
  let reader: Reader

  beforeAll(async () => {
    reader = await freshReader()
  })

  /** As its manual has it; only the permission to speak to this machine without TLS is added. */
  const program = `
import json, os, sys
from oauthlib.oauth2 import LegacyApplicationClient
from requests_oauthlib import OAuth2Session

url, username, password = json.load(sys.stdin)
if url.startswith('http:'):
    os.environ['OAUTHLIB_INSECURE_TRANSPORT'] = '1'
session = OAuth2Session(client=LegacyApplicationClient(client_id='docs'))
token = session.fetch_token(url + '/auth/v1/token', username=username, password=password)
session.cookies.clear()  # the token in the body is to do the work
answer = session.get(url + '/internal/v1/batches')
print(json.dumps([answer.status_code, 'items' in answer.json(), token['token_type'], token['expires_in']]))
`

  test('gets a token by password and calls the internal API', () => {
    const python = findPythonWithOAuth() ?? 'python3'
    const input = JSON.stringify([url, reader.username, reader.password])
    const { stdout, stderr } = spawnSync(python, ['-c', program], { encoding: 'utf8', input })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([200, true, 'Bearer', 1800])
  })
})
