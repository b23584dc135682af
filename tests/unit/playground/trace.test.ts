import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { cookiesSetIn, traceOf, withoutTrace } from '#playground/trace.ts'
import type { Exchange, HeaderList } from '#runner/contract.ts'

function exchange(path: string, headers: HeaderList): Exchange {
  return {
    request: {
      method: 'GET',
      url: `https://docs.example${path}`,
      headers: [
        ['x-api-auth', 'mia:key'],
        ['Barbell-Trace', '1'],
      ],
      body: null,
    },
    response: { status: 401, statusText: '', headers, body: '', truncated: false },
    error: null,
    startedAtMs: 0,
    durationMs: 1,
  }
}

function traced(stages: unknown, path = '/api/v1/stats'): Exchange {
  const text = typeof stages === 'string' ? stages : JSON.stringify(stages)
  return exchange(path, [['barbell-trace', text]])
}

describe('a trace', () => {
  test('is read in order, with the refusing stage, its note and what is not told', () => {
    const steps = traceOf(
      traced([
        { stage: 'withinAddressLimit', ok: true, ms: 0.02, note: 'api_address: 9 of 10 left' },
        { stage: 'apiKeyMatches', ok: false, ms: null, note: 'invalid_api_key' },
      ]),
    )
    expect(steps).toMatchObject([
      { asksStore: false, ok: true, ms: 0.02, note: 'api_address: 9 of 10 left' },
      { asksStore: true, ok: false, ms: null, note: 'invalid_api_key' },
    ])
  })

  test('names a stage that this page has not heard of by its own words', () => {
    expect(traceOf(traced([{ stage: 'keyIsFresh', ok: true, ms: 1 }]))[0]?.words).toBe(
      'Key is fresh',
    )
  })

  test('without a credential asks the store nothing', () => {
    const missing = { stage: 'tokenMatches', ok: false, ms: 0.1, note: 'missing_token' }
    expect(traceOf(traced([missing]))[0]?.asksStore).toBe(false)
  })

  test('asks the store for the answers of accounts and not for those of the dataset', () => {
    const answer = [{ stage: 'answer', ok: true, ms: 1 }]
    expect(traceOf(traced(answer, '/auth/v1/token'))[0]?.asksStore).toBe(true)
    expect(traceOf(traced(answer, '/api/v1/stats'))[0]?.asksStore).toBe(false)
  })

  test('that is none, or broken, has no steps', () => {
    for (const text of ['', 'null', '{', '[1, null, {"ok": true}]']) {
      expect(traceOf(traced(text))).toEqual([])
    }
    expect(traceOf(exchange('/', []))).toEqual([])
  })

  test('is left out of the exchange that is shown, on both sides and in any case of letters', () => {
    const { request, response } = withoutTrace(
      exchange('/', [
        ['BARBELL-TRACE', '[]'],
        ['a', 'b'],
      ]),
    )
    expect(request.headers).toEqual([['x-api-auth', 'mia:key']])
    expect(response?.headers).toEqual([['a', 'b']])
  })
})

test('every step of the API has its question, and those that ask the store are steps', () => {
  const folder = fileURLToPath(new URL('../../../src/api/', import.meta.url))
  const code = globSync('**/*.ts', { cwd: folder }).map((file) =>
    readFileSync(folder + file, 'utf8'),
  )
  const step = /\b(?:s|requestS)tep(?:<[^(]*>)?\(\s*\[[^\]]*\],\s*(?:async )?function (\w+)/g
  const names = code.flatMap((text) => [...text.matchAll(step)].map(([, name = '']) => name))
  const steps = traceOf(traced(names.map((stage) => ({ stage, ok: true, ms: 1 }))))

  expect(names.length).toBeGreaterThan(8)
  expect(steps.filter(({ words }) => !words.endsWith('?'))).toEqual([])
  expect(names.filter((_, index) => steps[index]?.asksStore).sort()).toEqual([
    'apiKeyMatches',
    'tokenMatches',
  ])
})

test('the cookies that an answer sets are known by the trace alone', () => {
  const field = 'access_token=<449 characters>; HttpOnly; Path=/'
  const stages = [
    { stage: 'answer', ok: true, ms: 1 },
    { stage: 'cookieSet', ok: true, ms: null, note: field },
  ]
  expect(cookiesSetIn(traced(stages, '/auth/v1/token'))).toEqual([field])
  expect(cookiesSetIn(traced([{ stage: 'answer', ok: true, ms: 1 }]))).toEqual([])
  expect(cookiesSetIn(traced('no JSON'))).toEqual([])
})
