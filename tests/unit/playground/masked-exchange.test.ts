import { expect, test } from 'vitest'
import { maskedExchange } from '#playground/masked-exchange.ts'
import type { Exchange } from '#runner/contract.ts'

const exchange: Exchange = {
  request: {
    method: 'POST',
    url: 'https://docs.example/auth/v1/token',
    headers: [
      ['X-Api-Auth', 'mia:aB3dE6gH9jK2mN5p'],
      ['authorization', 'Bearer a.b.c'],
      ['accept', '*/*'],
    ],
    body: 'password=correct+horse&username=mia',
  },
  response: {
    status: 201,
    statusText: 'Created',
    headers: [['x-request-id', '7']],
    body: '{"username": "mia", "password": "a\\"b", "api_key":"mia:aB3dE6gH9jK2mN5p"}',
    truncated: false,
  },
  error: null,
  startedAtMs: 0,
  durationMs: 1,
}

test('passwords, keys and tokens are starred out on both sides, and nothing else is', () => {
  const { request, response } = maskedExchange(exchange)
  expect(request.headers).toEqual([
    ['X-Api-Auth', 'mia:************mN5p'],
    ['authorization', 'Bearer ********'],
    ['accept', '*/*'],
  ])
  expect(request.body).toBe('password=********&username=mia')
  expect(JSON.parse(response?.body ?? '')).toEqual({
    username: 'mia',
    password: '********',
    api_key: '********',
  })
  expect(response?.headers).toEqual(exchange.response?.headers)
})

test('an exchange without bodies stays as it is', () => {
  const failed = { ...exchange, request: { ...exchange.request, headers: [], body: null } }
  const bare: Exchange = { ...failed, response: null, error: 'offline' }
  expect(maskedExchange(bare)).toEqual(bare)
})

test('a cookie of a program loses its value, and keeps its name and its attributes', () => {
  const { request, response } = maskedExchange({
    ...exchange,
    request: {
      ...exchange.request,
      headers: [
        ['Barbell-Cookie', 'access_token=e30.e30.c2ln; other=secret'],
        ['x-api-key', 'mia:aB3dE6gH9jK2mN5p'],
      ],
    },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [['barbell-set-cookie', 'access_token=e30.e30.c2ln; HttpOnly; Path=/']],
      body: '',
      truncated: false,
    },
  })
  expect(request.headers).toEqual([
    ['Barbell-Cookie', 'access_token=********; other=********'],
    ['x-api-key', 'mia:************mN5p'],
  ])
  expect(response?.headers).toEqual([
    ['barbell-set-cookie', 'access_token=********; HttpOnly; Path=/'],
  ])
})

test.each(['mia:aB3dE6gH9jK2mN5p', 'Basic bWlhOngK', 'bearer', 'Bearer\na.b.c'])(
  'of an Authorization that is no Bearer nothing stays: %j',
  (value) => {
    const { request } = maskedExchange({
      ...exchange,
      request: { ...exchange.request, headers: [['Authorization', value]] },
    })
    expect(request.headers).toEqual([['Authorization', '********']])
  },
)
