import { describe, expect, test } from 'vitest'
import { harOf } from '#playground/har.ts'
import { differencesOf, History, maxEntries } from '#playground/history.ts'
import { type Operation, readOperations } from '#playground/operations.ts'
import type { RequestState } from '#playground/request.ts'
import type { Exchange } from '#runner/contract.ts'
import { openapiExample } from './openapi-example.ts'

const [operation] = readOperations(openapiExample).flatMap((group) => group.operations) as [
  Operation,
]
const state: RequestState = {
  operation,
  values: {},
  lane: 'none',
  key: { username: '', secret: '' },
  token: '',
  moreHeaders: '',
}
const secret = 'aB3dE6gH9jK2mN5p'

function answered(status: number, body: string): Exchange {
  return {
    request: {
      method: 'POST',
      url: 'https://docs.example/auth/v1/token?limit=5',
      headers: [
        ['x-api-auth', `mia:${secret}`],
        ['content-type', 'application/x-www-form-urlencoded'],
      ],
      body: 'username=mia&password=geheim',
    },
    response: {
      status,
      statusText: '',
      headers: [['content-type', 'application/json']],
      body,
      truncated: false,
    },
    error: null,
    startedAtMs: Date.UTC(2026, 2, 1, 12),
    durationMs: 12,
  }
}

const unanswered: Exchange = { ...answered(0, ''), response: null, error: 'No answer.' }

describe('the history of a session', () => {
  test('numbers what was sent, newest first, and lets the oldest go', () => {
    const history = new History()
    for (let sent = 0; sent < maxEntries + 3; sent += 1) history.add(state, answered(200, '{}'))
    expect(history.entries).toHaveLength(maxEntries)
    expect(history.entries[0]?.number).toBe(maxEntries + 3)
    expect(history.entries.at(-1)?.number).toBe(4)
  })
})

describe('two exchanges side by side', () => {
  function changed(left: Exchange, right: Exchange): string[][] {
    const rows = differencesOf(left, right).filter(({ isSame }) => !isSame)
    return rows.map(({ about, left: one, right: other }) => [about, one, other])
  }

  test('differ in nothing when they are the same', () => {
    const rows = differencesOf(answered(200, '{"a":1}'), answered(200, '{"a":1}'))
    expect(rows.length).toBeGreaterThan(4)
    expect(rows.every(({ isSame }) => isSame)).toBe(true)
  })

  test('differ in members of the body by their path, in whatever order they stand', () => {
    expect(changed(answered(200, '{"a":1,"b":[1]}'), answered(200, '{"b":[2,3],"a":1}'))).toEqual([
      ['Answer body /b/0', '1', '2'],
      ['Answer body /b/1', '', '3'],
    ])
  })

  test('differ where one has an empty list, an empty object or nothing', () => {
    expect(changed(answered(200, '{"a":[],"b":{}}'), answered(200, '{"a":{}}'))).toEqual([
      ['Answer body /a', '[]', '{}'],
      ['Answer body /b', '{}', ''],
    ])
  })

  test('differ in each of the headers that came several times', () => {
    const withCookies = (...values: string[]): Exchange => {
      const exchange = answered(200, '{}')
      const headers = values.map((value): [string, string] => ['Set-Cookie', value])
      return { ...exchange, response: exchange.response && { ...exchange.response, headers } }
    }
    expect(changed(withCookies('a=1', 'b=2'), withCookies('a=1', 'b=3'))).toEqual([
      ['Answer header set-cookie (2 of 2)', 'b=2', 'b=3'],
    ])
    expect(changed(withCookies('a=1', 'b=2'), withCookies('b=2'))).toEqual([
      ['Answer header set-cookie (1 of 2)', 'a=1', 'b=2'],
      ['Answer header set-cookie (2 of 2)', 'b=2', ''],
    ])
  })

  test('differ in the answer, where one has none', () => {
    const rows = changed(answered(401, 'no JSON'), unanswered)
    expect(rows).toContainEqual(['Answer', '401', 'No answer.'])
    expect(rows).toContainEqual(['Answer body', 'no JSON', ''])
  })
})

describe('an HTTP Archive', () => {
  test('has each request and answer in the form of HAR 1.2', () => {
    expect(harOf([answered(200, '{}')])).toMatchObject({
      log: {
        version: '1.2',
        entries: [
          {
            startedDateTime: '2026-03-01T12:00:00.000Z',
            time: 12,
            request: {
              method: 'POST',
              queryString: [{ name: 'limit', value: '5' }],
              postData: { mimeType: 'application/x-www-form-urlencoded' },
            },
            response: { status: 200, content: { mimeType: 'application/json', text: '{}' } },
          },
        ],
      },
    })
  })

  test('holds no key, password or token', () => {
    const text = JSON.stringify(harOf([answered(200, '{"access_token":"eyJ.a.b"}')]))
    expect(text).toContain('mia:')
    for (const hidden of [secret, 'geheim', 'eyJ.a.b']) expect(text).not.toContain(hidden)
  })

  test('has the status 0 and the reason where no answer came', () => {
    expect(harOf([unanswered])).toMatchObject({
      log: { entries: [{ response: { status: 0, comment: 'No answer.' } }] },
    })
  })
})
