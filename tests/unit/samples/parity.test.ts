import { describe, expect, test } from 'vitest'
import { compareRuns } from '../../samples/parity.ts'
import type { SampleExchange, SampleRun } from '../../samples/sample-run.ts'

const ping: SampleExchange = {
  method: 'POST',
  path: '/auth/v1/token',
  query: [],
  credentials: [],
  contentType: '',
  body: '',
  status: 200,
  answer: '',
  overlaps: false,
  line: 1,
}

function compare(first: Partial<SampleExchange>[], second: Partial<SampleExchange>[]) {
  const run = (exchanges: Partial<SampleExchange>[]): SampleRun => ({
    place: 'Node',
    text: '',
    error: null,
    exchanges: exchanges.map((exchange) => ({ ...ping, ...exchange })),
  })
  return compareRuns({ name: 'Python', run: run(first) }, { name: 'JavaScript', run: run(second) })
}

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'

describe('the same request, written otherwise', () => {
  test.each<[string, Partial<SampleExchange>, Partial<SampleExchange>]>([
    [
      'a form in another order',
      { contentType: form, body: 'a=1&b=2' },
      { contentType: form, body: 'b=2&a=1' },
    ],
    [
      'a form with other escapes',
      { contentType: form, body: 'a=+%7E' },
      { contentType: form, body: 'a=%20~' },
    ],
    [
      'JSON with spaces',
      { contentType: json, body: '{"a": 1, "b": 2}' },
      { contentType: json, body: '{"b":2,"a":1}' },
    ],
    [
      'a query in another order',
      {
        query: [
          ['a', '1'],
          ['b', '2'],
        ],
      },
      {
        query: [
          ['b', '2'],
          ['a', '1'],
        ],
      },
    ],
    ['a slash at the end', { path: '/auth/v1/token/' }, {}],
    ['another answer', { answer: '1' }, { answer: '2' }],
    ['a content type without a body', { contentType: json }, {}],
  ])('is the same: %s', (_, first, second) => {
    expect(compare([first], [second])).toBeUndefined()
  })
})

describe('another request', () => {
  test.each<[string, Partial<SampleExchange>, string]>([
    ['method', { method: 'GET' }, '≠ method     POST            GET'],
    ['path', { path: '/x' }, '≠ path       /auth/v1/token  /x'],
    ['query', { query: [['limit', '3']] }, '≠ query                      limit=3'],
    ['credential', { credentials: ['cookie'] }, '≠ sent with                  cookie'],
    ['body', { contentType: json, body: '[1]' }, '≠ body                       JSON [1]'],
    ['status', { status: 401 }, '≠ status     200             401'],
  ])('is told by its %s, both sides beside each other', (_, second, row) => {
    const failure = compare([{}], [second])
    expect(failure?.evidence.filter((line) => line.startsWith('≠'))).toEqual([row])
    expect(failure?.problem).toBe('Its first request is not the one of Python (line 1).')
  })

  test('form and JSON of the same fields are not the same', () => {
    const failure = compare(
      [{ contentType: form, body: 'a=1' }],
      [{ contentType: json, body: '{"a":"1"}' }],
    )
    expect(failure?.evidence.at(-2)).toBe('≠ body       form a=1        JSON {"a":"1"}')
  })

  test('one too many is told with all of them', () => {
    const failure = compare([{}], [{}, { method: 'GET', line: 7 }])
    expect(failure).toMatchObject({
      line: 7,
      problem: 'It makes 2 requests, Python makes 1 request.',
    })
    expect(failure?.evidence.at(-1)).toBe('≠ 2  (none)                   GET /auth/v1/token 200')
  })
})

describe('the same requests in another order', () => {
  const [cone, tyre] = [{ path: '/cone' }, { path: '/tyre' }]

  test('are other ones, where each program waited for its answers', () => {
    expect(compare([cone, tyre], [tyre, cone])?.problem).toMatch(/^Its first request/)
  })

  test.each(['first', 'second'])('are the same, where the %s had both under way', (which) => {
    const beside = [tyre, { ...cone, overlaps: true }]
    const inTurn = [cone, tyre]
    const [first, second] = which === 'first' ? [beside, inTurn] : [inTurn, beside]
    expect(compare(first, second)).toBeUndefined()
  })

  test('one that has no like is told by its own place, beside the one that is left', () => {
    const other = { path: '/box', overlaps: true }
    const failure = compare([cone, tyre], [tyre, other])
    expect(failure?.problem).toBe('Its second request is not the one of Python (line 1).')
    expect(failure?.evidence).toContainEqual(expect.stringMatching(/^≠ path +\/cone +\/box$/))
  })

  test('the same one twice is not two different ones', () => {
    const failure = compare([cone, tyre], [cone, { ...cone, overlaps: true }])
    expect(failure?.problem).toMatch(/^Its second request/)
  })
})

test('a program that did not come to its end is not compared', () => {
  const broken: SampleRun = {
    place: 'Node',
    text: '',
    error: { message: 'x', line: 1 },
    exchanges: [],
  }
  const whole: SampleRun = { ...broken, error: null, exchanges: [ping] }
  expect(compareRuns({ name: 'a', run: whole }, { name: 'b', run: broken })).toBeUndefined()
})
