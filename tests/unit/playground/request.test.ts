import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Lane } from '#playground/lane.ts'
import {
  type Bounds,
  type Field,
  type FieldKind,
  type Operation,
  readOperations,
} from '#playground/operations.ts'
import {
  adviseOn,
  maskSecrets,
  planRequest,
  requestText,
  type RequestState,
} from '#playground/request.ts'
import { openapiExample } from './openapi-example.ts'

const origin = 'https://docs.example'
const secret = 'aB3dE6gH9jK2mN5p'
const operations = readOperations(openapiExample).flatMap((group) => group.operations)

function operation(id: string): Operation {
  const found = operations.find((one) => one.id === id)
  if (!found) throw new TypeError(`no operation ${id}`)
  return found
}

function state(id: string, changes: Partial<RequestState> = {}): RequestState {
  const chosen = operation(id)
  return {
    operation: chosen,
    values: {},
    lane: chosen.lane,
    key: { username: 'mia', secret },
    token: '',
    moreHeaders: '',
    ...changes,
  }
}

function messages(of: RequestState): string {
  return adviseOn(of)
    .map(({ message }) => message)
    .join(' ')
}

describe('every operation becomes its exact request', () => {
  test('GET /api/v1/stats with an API key', () => {
    expect(planRequest(state('GET /api/v1/stats'), origin)).toEqual({
      method: 'GET',
      url: 'https://docs.example/api/v1/stats',
      headers: [['x-api-auth', `mia:${secret}`]],
      body: null,
      credentials: 'omit',
    })
  })

  test('GET /api/v1/images: what is empty is not in the query', () => {
    const values = { 'query:category': 'red robot&more', 'query:status': '', 'query:limit': '5' }
    expect(planRequest(state('GET /api/v1/images', { values }), origin).url).toBe(
      'https://docs.example/api/v1/images?category=red+robot%26more&limit=5',
    )
  })

  test('GET /api/v1/images/{id}: a value is one part of the path, whatever is in it', () => {
    const values = { 'path:id': 'a/b?c#d e' }
    expect(planRequest(state('GET /api/v1/images/{id}', { values }), origin).url).toBe(
      'https://docs.example/api/v1/images/a%2Fb%3Fc%23d%20e',
    )
  })

  test('GET /api/v1/images/{id}: without a value it keeps its braces', () => {
    expect(planRequest(state('GET /api/v1/images/{id}'), origin).url).toMatch(/\/\{id\}$/)
  })

  test('POST /auth/v1/token: a form, byte for byte', () => {
    const values = { 'body:username': 'mia', 'body:password': 'ü+ &%20' }
    expect(planRequest(state('POST /auth/v1/token', { values, lane: 'token' }), origin)).toEqual({
      method: 'POST',
      url: 'https://docs.example/auth/v1/token',
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: 'username=mia&password=%C3%BC%2B+%26%2520',
      credentials: 'same-origin',
    })
  })

  test('POST /auth/v1/register: JSON with its types', () => {
    const values = {
      'body:username': '12',
      'body:password': 'true',
      'body:age': '17',
      'body:newsletter': 'false',
      'body:teams': '[254]',
    }
    const request = planRequest(state('POST /auth/v1/register', { values }), origin)
    expect(request.headers).toEqual([['content-type', 'application/json']])
    expect(JSON.parse(request.body ?? '')).toEqual({
      username: '12',
      password: 'true',
      age: 17,
      newsletter: false,
      teams: [254],
    })
  })

  test('POST /auth/v1/register: what is not of its kind is sent as it was typed', () => {
    const values = { 'body:age': '1e400', 'body:newsletter': 'perhaps', 'body:teams': '[254' }
    const of = state('POST /auth/v1/register', { values })
    expect(JSON.parse(planRequest(of, origin).body ?? '')).toEqual({
      age: '1e400',
      newsletter: 'perhaps',
      teams: '[254',
    })
    expect(messages(of)).toMatch(/age takes a whole number\. It will be sent as it is/)
    expect(messages(of)).toMatch(/teams is not JSON/)
  })

  test('GET /internal/v1/batches: no header, and the browser may add its cookie', () => {
    expect(planRequest(state('GET /internal/v1/batches'), origin)).toMatchObject({
      headers: [],
      body: null,
      credentials: 'same-origin',
    })
  })

  test('GET /internal/v1/batches: a header parameter is a header', () => {
    const values = { 'header:Barbell-Jar': 'program' }
    const request = planRequest(state('GET /internal/v1/batches', { values }), origin)
    expect(request.headers).toEqual([['Barbell-Jar', 'program']])
  })

  test.each(operations.map(({ id }) => id))('%s is a request that fetch accepts', (id) => {
    const { url, body, ...rest } = planRequest(state(id), origin)
    const sent = new Request(url, { ...rest, body })
    expect(sent.method).toBe(rest.method)
    expect([...sent.headers.keys()]).toEqual(rest.headers.map(([name]) => name).sort())
  })
})

describe('a lane', () => {
  test.each<[Lane, unknown, string]>([
    ['none', [], 'omit'],
    ['api_key', [['x-api-auth', `mia:${secret}`]], 'omit'],
    ['token', [], 'same-origin'],
  ])('%s sends its own credentials and no others', (lane, headers, credentials) => {
    const request = planRequest(state('GET /api/v1/stats', { lane }), origin)
    expect(request).toMatchObject({ headers, credentials })
  })

  test('without a key sends no header and says so', () => {
    const of = state('GET /api/v1/stats', { key: { username: '', secret: '' } })
    expect(planRequest(of, origin).headers).toEqual([])
    expect(messages(of)).toMatch(/sandbox account/)
  })

  test('may send a wrong key, but not one that no header can carry', () => {
    const wrong = state('GET /api/v1/stats', { key: { username: 'mia', secret: 'short' } })
    expect(adviseOn(wrong)).toMatchObject([{ about: 'key', stops: false }])
    const impossible = state('GET /api/v1/stats', { key: { username: 'мия', secret } })
    expect(adviseOn(impossible)).toMatchObject([{ about: 'key', stops: true }])
  })

  test('that would drop the cookie of the answer says so', () => {
    expect(messages(state('POST /auth/v1/token', { lane: 'none' }))).toMatch(/drops it/)
    expect(messages(state('POST /auth/v1/token', { lane: 'token' }))).not.toMatch(/drops it/)
  })
})

describe('more headers', () => {
  test('follow those of the lane and the body', () => {
    const moreHeaders = 'accept: text/plain\nContent-Type: text/plain'
    const request = planRequest(state('POST /auth/v1/token', { moreHeaders }), origin)
    expect(request.headers).toEqual([
      ['accept', 'text/plain'],
      ['Content-Type', 'text/plain'],
    ])
  })

  test('say that a second key is joined to the first', () => {
    const of = state('GET /api/v1/stats', { moreHeaders: `x-api-auth: leo:${secret}` })
    expect(messages(of)).toMatch(/joined by a comma/)
  })

  test('with a key typed by hand get the same advice as the two fields', () => {
    const of = state('GET /api/v1/stats', { lane: 'none', moreHeaders: `x-api-auth: ${secret}` })
    expect(messages(of)).toMatch(/no colon/)
  })
})

describe('advice', () => {
  test('stops a path without its parameter, and no other missing value', () => {
    expect(adviseOn(state('GET /api/v1/images/{id}'))).toMatchObject([{ stops: true }])
    expect(adviseOn(state('POST /auth/v1/register')).some(({ stops }) => stops)).toBe(false)
  })

  test.each(['.', '..'])('stops the path part %j, which would call another path', (id) => {
    const of = state('GET /api/v1/images/{id}', { values: { 'path:id': id } })
    expect(adviseOn(of)).toMatchObject([{ about: 'path:id', stops: true }])
  })

  test('is silent on a request in order', () => {
    const values = { 'query:limit': '20', 'query:status': 'reviewed' }
    expect(adviseOn(state('GET /api/v1/images', { values }))).toEqual([])
  })

  test('is silent only where the request goes to the very path that is shown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (id) => {
        const of = state('GET /api/v1/images/{id}', { values: { 'path:id': id } })
        fc.pre(adviseOn(of).length === 0)
        const url = new URL(planRequest(of, origin).url)
        expect(url.origin).toBe(origin)
        expect(url.search + url.hash).toBe('')
        expect(url.pathname.split('/')).toHaveLength(5)
        expect(decodeURIComponent(url.pathname.split('/')[4] ?? '')).toBe(id)
      }),
    )
  })
})

describe('a masked state', () => {
  const values = { 'body:username': 'mia', 'body:password': 'correct horse' }
  const moreHeaders = 'Authorization: Bearer abc.def.ghi\naccept: x'

  test('plans the same request with stars for secrets', () => {
    const masked = maskSecrets(
      state('POST /auth/v1/token', { values, moreHeaders, lane: 'api_key' }),
    )
    expect(planRequest(masked, origin)).toMatchObject({
      headers: [
        ['x-api-auth', 'mia:************mN5p'],
        ['content-type', 'application/x-www-form-urlencoded'],
        ['Authorization', '********'],
        ['accept', 'x'],
      ],
      body: 'username=mia&password=********',
    })
  })

  test('does not show a password that is not there', () => {
    const masked = maskSecrets(state('POST /auth/v1/token', { values: {} }))
    expect(planRequest(masked, origin).body).toBe('')
  })
})

test('the text of a request is the lines that are sent', () => {
  const values = { 'body:username': 'mia', 'body:password': 'x' }
  const request = planRequest(state('POST /auth/v1/token', { values }), origin)
  expect(requestText(request).split('\n')).toEqual([
    'POST /auth/v1/token HTTP/1.1',
    'Host: docs.example',
    'content-type: application/x-www-form-urlencoded',
    '',
    'username=mia&password=x',
  ])
})

describe('a value outside of what the document allows is said, and sent all the same', () => {
  const images = operation('GET /api/v1/images')
  const [limit] = images.fields.filter(({ id }) => id === 'query:limit') as [Field]

  function saidOf(value: string, bounds: Partial<Bounds>, kind: FieldKind = 'number'): string {
    const field = { ...limit, kind, bounds: { min: null, max: null, isWhole: false, ...bounds } }
    const of = state('GET /api/v1/images', {
      operation: { ...images, fields: [field] },
      values: { 'query:limit': value },
    })
    expect(planRequest(of, origin).url).toBe(`${origin}/api/v1/images?limit=${value}`)
    return messages(of)
  }

  test.each([
    ['0', { min: 1, max: 100, isWhole: true }, 'limit takes a whole number from 1 to 100.'],
    ['101', { min: 1, max: 100, isWhole: true }, 'limit takes a whole number from 1 to 100.'],
    ['2.5', { min: 1, max: 100, isWhole: true }, 'limit takes a whole number from 1 to 100.'],
    ['x', {}, 'limit takes a number.'],
    ['0', { min: 1 }, 'limit takes a number at least 1.'],
    ['9', { max: 8 }, 'limit takes a number at most 8.'],
  ])('%s', (value, bounds, sentence) => {
    expect(saidOf(value, bounds)).toBe(`${sentence} It will be sent as it is.`)
  })

  test.each([
    ['1', { min: 1, max: 100, isWhole: true }],
    ['100', { min: 1, max: 100, isWhole: true }],
    ['2.5', {}],
  ])('%s is fine', (value, bounds) => expect(saidOf(value, bounds)).toBe(''))

  test('a text is counted in characters', () => {
    expect(saidOf('abc', { min: 4 }, 'text')).toMatch(/limit takes at least 4 characters/)
    expect(saidOf('abcd', { min: 4, max: 4 }, 'text')).toBe('')
    expect(saidOf('abcde', { max: 4 }, 'text')).toMatch(/limit takes at most 4 characters/)
  })
})

test('a token that is sent is shown as stars; one that cannot be sent is not shown as if it were', () => {
  const masked = (token: string) =>
    planRequest(maskSecrets(state('GET /api/v1/stats', { lane: 'bearer', token })), origin).headers
  expect(masked('eyJ.a.b')).toEqual([['authorization', 'Bearer ********']])
  expect(masked('no token')).toEqual([])
  expect(masked('')).toEqual([])
})
