import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exchangeNames, exchangePath, readExchange } from '#build/samples/exchange-record.ts'
import { definedExchanges, differencesBetween, settleExchanges } from '../../samples/exchanges.ts'
import { recordExchange } from '../../samples/record-exchange.ts'
import { parseHttpRequest } from '#build/markdown/http-request.ts'

test(
  'every exchange that a page shows is what the server answers today',
  { timeout: 60_000 },
  async () => {
    const settled = await settleExchanges({ update: false })
    expect(settled.failures).toEqual([])
    expect(settled.count).toBeGreaterThan(15)
  },
)

test('one that the server answers otherwise is told, with its place', async () => {
  const [first] = definedExchanges('docs/reference/get-stats')
  if (first === undefined) throw new Error('get-stats has no example')
  const record = await recordExchange(first.request)
  expect(differencesBetween(undefined, record)).toEqual(['new'])
  const before = {
    ...record,
    status: 201,
    headers: [...record.headers, ['x-old', '1'] as const],
    body: '{"image_count":1,"old":2}',
  }
  expect(differencesBetween(before, record)).toEqual([
    '201 became 200',
    'the header x-old is gone',
    'the member old is gone',
    'the member team_count is new',
    'the member un_reviewed_image_count is new',
    'the member uptime is new',
  ])
  const other = { ...record, request: 'GET /' }
  expect(differencesBetween(other, record)).toEqual(['the request is another one'])
})

describe('no record holds a secret', () => {
  test.each(exchangeNames())('%s', (name) => {
    const text = readFileSync(exchangePath(name), 'utf8')
    expect(text).not.toMatch(/eyJ[\w-]+\./)
    expect(text).not.toContain('a quiet frozen lake')
    expect(text).not.toMatch(/localhost/)
    const keys = [...text.matchAll(/[\w-]{3,32}:(\w{16,})/g)].map(([, key]) => key)
    expect(
      keys.filter((key) => !/^(?:myLongKeyGoesHere|aKeyThatIsWrong0)$/.test(key ?? '')),
    ).toEqual([])
  })
})

test('what stands for an account is put in when it is sent, and taken out of the answer', async () => {
  const text =
    'POST /auth/v1/token\ncontent-type: application/x-www-form-urlencoded\n\ngrant_type=password&username=myUsername&password=myPassword'
  const record = await recordExchange({ text, parsed: parseHttpRequest(text) })
  expect(record).toMatchObject({ request: text, status: 200, statusText: 'OK' })
  expect(JSON.parse(record.body)).toEqual({
    token_type: 'Bearer',
    expires_in: 1800,
    username: 'myUsername',
    access_token: 'eyJ…',
  })
  expect(Object.fromEntries(record.headers)['set-cookie']).toMatch(/^access_token=eyJ…; HttpOnly/)
})

test('what every answer has is left out of a record', () => {
  const names = readExchange('get-stats')?.headers.map(([name]) => name)
  expect(names?.toSorted()).toEqual([
    'content-type',
    'ratelimit',
    'ratelimit-policy',
    'x-request-id',
  ])
})
