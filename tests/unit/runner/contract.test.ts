import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  OutputAllowance,
  isAnswerMessage,
  isExchange,
  isFromWorker,
  isRunMessage,
  limits,
} from '#runner/contract.ts'

const exchange = {
  request: { method: 'GET', url: 'https://docs.example/', headers: [['a', 'b']], body: null },
  response: { status: 200, statusText: 'OK', headers: [], body: '', truncated: false },
  error: null,
  startedAtMs: 0,
  durationMs: 1,
}
const runMessage = {
  kind: 'run',
  runId: 'r',
  code: '',
  shownCode: '',
  environment: { A: 'b' },
  origin: 'https://docs.example',
}

const leaf = { text: 't', members: [], more: 0 }

function nested(levels: number): unknown {
  return levels === 0 ? leaf : { text: 't', members: [['k', nested(levels - 1)]], more: 0 }
}

describe('S6: messages from a worker', () => {
  test.each([
    { kind: 'progress', label: 'loading Python', fraction: 0.5 },
    { kind: 'started' },
    { kind: 'output', stream: 'stdout', text: 'a' },
    { kind: 'value', value: { text: 't', members: [['k', leaf]], more: 0 } },
    { kind: 'output-cut' },
    { kind: 'exchange', exchange },
    { kind: 'question', prompt: '' },
    { kind: 'result', error: null, durationMs: 1, reusable: true },
    {
      kind: 'result',
      error: { name: 'E', message: 'm', line: 3, column: 1, trace: 't' },
      durationMs: 1,
      reusable: false,
    },
  ])('$kind is one', (message) => {
    expect(isFromWorker({ runId: 'r', ...message })).toBe(true)
    expect(isFromWorker(message)).toBe(false)
  })

  test.each([
    { kind: 'output', stream: 'html', text: 'a' },
    { kind: 'output', stream: 'stdout', text: 1 },
    { kind: 'progress', label: 'a', fraction: Number.NaN },
    { kind: 'result', error: 'x', durationMs: 1, reusable: true },
    { kind: 'result', error: { name: 'E', message: 'm' }, durationMs: 1, reusable: true },
    { kind: 'result', error: null, durationMs: 1 },
    { kind: 'exchange', exchange: { ...exchange, response: { status: '200' } } },
    { kind: 'question', prompt: 'x'.repeat(limits.questionCharacters + 1) },
    { kind: 'question' },
    {
      kind: 'exchange',
      exchange: { ...exchange, request: { ...exchange.request, browserCookies: 1 } },
    },
    { kind: 'value', value: { text: 1, members: [], more: 0 } },
    { kind: 'value', value: { text: 't', members: [['k']], more: 0 } },
    {
      kind: 'value',
      value: { text: 't'.repeat(limits.valueCharacters + 1), members: [], more: 0 },
    },
    { kind: 'value', value: nested(limits.valueDepth + 1) },
    { kind: 'value', value: { text: 't', members: Array(501).fill(['k', leaf]), more: 0 } },
    { kind: 'constructor' },
    { kind: '__proto__' },
    { kind: 7 },
  ])('%j is none', (message) => {
    expect(isFromWorker({ runId: 'r', ...message })).toBe(false)
  })

  test('nothing else is one either, and nothing throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => !isFromWorker(value)))
    fc.assert(fc.property(fc.anything(), (value) => !isRunMessage(value)))
    fc.assert(fc.property(fc.anything(), (value) => !isAnswerMessage(value)))
  })
})

test('S6: a worker acts on whole run messages only', () => {
  expect(isRunMessage(runMessage)).toBe(true)
  expect(isRunMessage({ ...runMessage, environment: { A: 1 } })).toBe(false)
  for (const name of Object.keys(runMessage)) {
    expect(isRunMessage({ ...runMessage, [name]: undefined })).toBe(false)
  }
})

test('S6: a worker hands on whole answers only', () => {
  const answer = { kind: 'answer', runId: 'r', text: 'Ada' }
  expect(isAnswerMessage(answer)).toBe(true)
  expect(isAnswerMessage({ ...answer, text: null })).toBe(true)
  for (const name of Object.keys(answer)) {
    expect(isAnswerMessage({ ...answer, [name]: undefined })).toBe(false)
  }
})

test('S6: who can answer is told by yes or no', () => {
  expect(isRunMessage({ ...runMessage, canAnswer: true })).toBe(true)
  expect(isRunMessage({ ...runMessage, canAnswer: 'yes' })).toBe(false)
})

test('an exchange without a response says why', () => {
  expect(isExchange({ ...exchange, response: null, error: 'offline' })).toBe(true)
  expect(isExchange({ ...exchange, request: { ...exchange.request, headers: [['a']] } })).toBe(
    false,
  )
})

describe('S5: printed text', () => {
  test('is whole within the allowance', () => {
    const allowance = new OutputAllowance()
    expect(allowance.take('a\nb')).toEqual({ text: 'a\nb', cut: false })
  })

  test('ends at the last line that fits', () => {
    const allowance = new OutputAllowance()
    const taken = allowance.take('x\n'.repeat(limits.outputLines + 1))
    expect(taken).toEqual({ text: 'x\n'.repeat(limits.outputLines), cut: true })
    expect(allowance.take('more')).toEqual({ text: '', cut: true })
  })

  test('never exceeds the allowance, however it is cut into pieces', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', '\n'), maxLength: 4000 }))
    fc.assert(
      fc.property(pieces, (texts) => {
        const allowance = new OutputAllowance()
        const shown = texts.map((text) => allowance.take(text).text).join('')
        expect(shown.length).toBeLessThanOrEqual(limits.outputCharacters)
        expect(shown.split('\n').length - 1).toBeLessThanOrEqual(limits.outputLines)
        expect(texts.join('').startsWith(shown)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
