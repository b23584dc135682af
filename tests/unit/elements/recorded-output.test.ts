import { expect, test } from 'vitest'
import { shapeDifferences } from '#elements/recorded-output.ts'
import type { RecordedExchange } from '#recorded-exchange.ts'
import type { Exchange } from '#runner/contract.ts'

const recorded: RecordedExchange = {
  method: 'GET',
  path: '/api/v1/images?limit=2',
  status: 200,
  members: ['items', 'items[].id', 'next_cursor'],
}

function live(
  body: string,
  { status = 200, url = 'http://localhost/api/v1/images' } = {},
): Exchange {
  return {
    request: { method: 'GET', url, headers: [], body: null },
    response: { status, statusText: '', headers: [], body, truncated: false },
    error: null,
    startedAtMs: 0,
    durationMs: 1,
  }
}

const same = '{"items":[{"id":7},{"id":8}],"next_cursor":"x"}'

test('other values are no difference', () => {
  expect(shapeDifferences([recorded], [live(same)])).toEqual([])
})

test('an empty list and a null say nothing of what would be in them', () => {
  expect(shapeDifferences([recorded], [live('{"items":[],"next_cursor":null}')])).toEqual([])
  const empty = { ...recorded, members: ['items', 'next_cursor'] }
  expect(shapeDifferences([empty], [live(same)])).toEqual([])
})

test('a status is one, and its body is not looked at', () => {
  expect(shapeDifferences([recorded], [live('{"title":"t"}', { status: 401 })])).toEqual([
    'GET /api/v1/images got 401; the recorded run got 200.',
  ])
})

test('members that are gone or new are named', () => {
  expect(shapeDifferences([recorded], [live('{"items":[{"key":7}],"total":1}')])).toEqual([
    'The answer of GET /api/v1/images lacks items[].id, next_cursor.',
    'The answer of GET /api/v1/images also has items[].key, total.',
  ])
})

test('another call and another number of calls are told', () => {
  const other = live(same, { url: 'http://localhost/api/v1/me' })
  expect(shapeDifferences([recorded], [other, live(same)])).toEqual([
    'It called GET /api/v1/me; the recorded run called GET /api/v1/images.',
    'It sent 2 requests; the recorded run sent 1.',
  ])
})

test('a call that got no answer differs from one that did', () => {
  const failed = { ...live(''), response: null, error: 'offline' }
  expect(shapeDifferences([recorded], [failed])).toEqual([
    'GET /api/v1/images got no answer; the recorded run got 200.',
  ])
})
