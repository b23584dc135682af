import { describe, expect, test } from 'vitest'
import { openTrace, type TraceStage } from '#api/trace.ts'

function opened() {
  const asking = new Headers({ 'barbell-trace': '1', 'sec-fetch-site': 'same-origin' })
  const trace = openTrace(asking)
  if (trace === undefined) throw new Error('no trace was opened')
  return trace
}

const allowed = { actsAs: 'sandbox', code: undefined } as const

function told(answer: Response): TraceStage[] {
  return JSON.parse(answer.headers.get('Barbell-Trace') ?? '') as TraceStage[]
}

describe('a trace', () => {
  test('gives back what the stage gave, and throws what it threw', async () => {
    const trace = opened()
    expect(await trace.run('counted', () => 3)).toBe(3)
    await expect(
      trace.run('failed', () => Promise.reject(new RangeError('too many'))),
    ).rejects.toThrow(RangeError)
    const answer = new Response()
    trace.tell(answer, { actsAs: undefined, code: 'internal_error' })
    expect(told(answer)).toMatchObject([
      { stage: 'counted', ok: true },
      { stage: 'failed', ok: false, note: 'internal_error' },
    ])
  })

  test('has at most 2048 characters, whatever there is to tell', async () => {
    const trace = opened()
    for (let stage = 0; stage < 20; stage += 1) {
      await trace.run('stageWithSomeName', () => undefined)
      trace.note('x'.repeat(200))
    }
    const answer = new Response()
    trace.tell(answer, allowed)
    expect(answer.headers.get('Barbell-Trace')?.length).toBeLessThanOrEqual(2048)
    expect(told(answer)).toHaveLength(20)
  })

  test('shows the length of a cookie in place of its value, and few of many cookies', () => {
    const trace = opened()
    trace.passed('answer')
    const answer = new Response()
    answer.headers.append('Set-Cookie', 'access_token=; HttpOnly; Path=/; Max-Age=0')
    for (let more = 0; more < 9; more += 1) answer.headers.append('Set-Cookie', 'a=b=c; Path=/')
    trace.tell(answer, allowed)
    expect(told(answer).map(({ note }) => note)).toEqual([
      undefined,
      'access_token=<0 characters>; HttpOnly; Path=/; Max-Age=0',
      'a=<3 characters>; Path=/',
      'a=<3 characters>; Path=/',
    ])
  })
})
