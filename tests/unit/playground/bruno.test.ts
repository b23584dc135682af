import lang from '@usebruno/lang'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { type BrunoFile, brunoCollection } from '#playground/bruno.ts'
import { zipOf } from '#playground/bruno-zip.ts'
import type { RequestState } from '#playground/request.ts'
import { toolCallsOf } from '#playground/tool-calls.ts'
import {
  everyRequest,
  origin,
  requestOf,
  secrets,
  sentByForm,
  type SentByTool,
} from './every-request.ts'

const states = await everyRequest()
const tokenRequest = states.find(({ operation }) => operation.id === 'POST /auth/v1/token')

function filesOf(of: readonly RequestState[]): BrunoFile[] {
  return brunoCollection(toolCallsOf(of, origin), origin)
}

function requestsIn(files: readonly BrunoFile[]) {
  const requests = files.filter(({ path }) => /^\d\d/.test(path))
  return requests.map(({ text }) => lang.bruToJsonV2(text))
}

/** What Bruno sends for a file once its variables are filled in. */
function sentByBruno(request: ReturnType<typeof requestsIn>[number]): SentByTool {
  const { http, headers = [], body } = request
  const form = body?.formUrlEncoded?.map(({ name, value }): [string, string] => [
    name,
    filled(value),
  ])
  return {
    method: http.method.toUpperCase(),
    url: filled(http.url),
    headers: headers.map(({ name, value }) => [name, filled(value)]),
    body: form ?? (body?.json === undefined ? (body?.text ?? null) : filled(body.json)),
  }
}

function filled(text: string): string {
  const values = new Map(Object.entries({ barbellUrl: origin, ...secrets }))
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values.get(name) ?? whole)
}

describe('a Bruno collection', () => {
  test('sends exactly what the form sends: every operation by every lane', () => {
    const [signIn, ...requests] = requestsIn(filesOf(states))
    expect(states.length).toBeGreaterThan(60)
    expect(requests.map(sentByBruno)).toEqual(states.map(sentByForm))
    expect(signIn && sentByBruno(signIn)).toMatchObject({
      url: `${origin}/auth/v1/token`,
      body: [
        ['username', 'mia'],
        ['password', secrets.barbellPassword],
      ],
    })
  })

  test('says of each request which body it has, and not to encode its address again', () => {
    for (const { http, body, settings } of requestsIn(filesOf(states))) {
      const kind = Object.keys(body ?? {})[0] ?? 'none'
      expect(http.body).toBe(kind)
      expect(settings?.encodeUrl).toBe(false)
    }
  })

  test('has the query in a table, too, as it stands in the address', () => {
    const requests = requestsIn(filesOf(states))
    const withQuery = requests.filter(({ http }) => http.url.includes('?'))
    expect(withQuery.length).toBeGreaterThan(5)
    for (const { http, params = [] } of withQuery) {
      const query = params.map(({ name, value }) => `${name}=${value}`).join('&')
      expect(http.url.split('?')[1]).toBe(query)
    }
  })

  test('holds no secret, and an environment with a place for each', () => {
    const files = filesOf(states)
    const text = files.map((file) => file.text).join('\n')
    for (const [name, secret] of Object.entries(secrets)) {
      if (name !== 'barbellUsername') expect(text).not.toContain(secret)
    }
    const environment = files.find(({ path }) => path === 'environments/Barbell.bru')
    const { variables } = lang.bruToEnvJsonV2(environment?.text ?? '')
    expect(variables.map(({ name, secret }) => [name, secret])).toEqual([
      ['barbellUrl', false],
      ...Object.keys(secrets).map((name) => [name, true]),
    ])
  })

  test.each(['two\nlines', ' space before', "'''", '[', '}\nmeta {\n  name: planted'])(
    'keeps %j in one field, whatever a line of it looks like',
    (username) => {
      if (!tokenRequest) throw new Error('no call with a form')
      const { operation, lane } = tokenRequest
      const values = { 'body:username': username }
      const [request] = requestsIn(filesOf([requestOf({ operation, lane, values })]))
      const body = request?.body?.text ?? ''
      const sent = request?.body?.formUrlEncoded ?? []
      expect(request?.meta.name).toBe('1 POST /auth/v1/token')
      expect(sent[0]?.value ?? new URLSearchParams(body).get('username')).toBe(username)
    },
  )

  test('asks for a path value that is missing', () => {
    const state = states.find(({ operation }) => operation.id === 'GET /api/v1/images/{id}')
    if (!state) throw new Error('no call with a path value')
    const { operation, lane } = state
    const [request] = requestsIn(filesOf([requestOf({ operation, lane, values: {} })]))
    expect(request?.http.url).toBe('{{barbellUrl}}/api/v1/images/:id')
    expect(request?.params).toMatchObject([{ name: 'id', value: '', type: 'path' }])
  })

  test('says in words what it cannot do: leave its cookies out', () => {
    const files = filesOf(states)
    const collection = files.find(({ path }) => path === 'collection.bru')
    expect(lang.collectionBruToJson(collection?.text ?? '').docs).toContain('without the cookie')
    const [, ...requests] = requestsIn(files)
    const withCookie = ['token', 'key_and_token']
    expect(requests.map(({ docs }) => docs === undefined)).toEqual(
      states.map(({ lane }) => withCookie.includes(lane)),
    )
  })

  test('is one file: its folder, packed', () => {
    const files = filesOf(states)
    const unpacked = unzipSync(zipOf(files, 'barbell'))
    const texts = Object.entries(unpacked).map(([path, bytes]) => ({
      path,
      text: strFromU8(bytes),
    }))
    expect(texts).toEqual(files.map(({ path, text }) => ({ path: `barbell/${path}`, text })))
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length)
    expect(JSON.parse(strFromU8(unpacked['barbell/bruno.json'] ?? new Uint8Array()))).toMatchObject(
      { version: '1', type: 'collection' },
    )
  })
})
