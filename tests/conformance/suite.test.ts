import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Line, lines } from './lines.ts'
import { fieldsFor, formsOf } from './page-forms.ts'
import { idsIn, idsOf, isGood, judge, tableOf } from './report.ts'
import { mannWhitneyP, median, quantile } from './timing.ts'

describe('the table', () => {
  const line: Line = { id: 'K7', priority: 'P0', title: 'The owner is the session’s' }
  const stateAfter = (...states: ('passed' | 'failed' | 'skipped')[]) =>
    judge(
      [line],
      states.map((state) => ({ name: 'K7: a fact', state })),
    )[0]?.state

  test('ids stand before the colon of a title, of the test or of its group', () => {
    expect(idsOf('K7, K13: with no session > T6: nothing is open')).toEqual(['K7', 'K13', 'T6'])
    expect(idsOf('what K7 says: nothing')).toEqual([])
  })

  test('a line is held by tests that ran', () => {
    expect(stateAfter('passed')).toBe('held')
    expect(stateAfter('passed', 'skipped')).toBe('held in part')
    expect(stateAfter('skipped')).toBe('not tested here')
    expect(stateAfter('passed', 'failed', 'skipped')).toBe('NOT HELD')
    expect(stateAfter()).toBe('NO TEST')
    const declined = { ...line, declined: 'a reason' }
    expect(judge([declined], [])[0]?.state).toBe('not held, by decision')
  })

  test('a run is good if nothing failed and every P0 has a test', () => {
    expect(isGood(judge([line], [{ name: 'K7: a fact', state: 'passed' }]))).toBe(true)
    expect(isGood(judge([line], [{ name: 'K7: a fact', state: 'failed' }]))).toBe(false)
    expect(isGood(judge([line], []))).toBe(false)
    expect(isGood(judge([{ ...line, priority: 'P1' }], []))).toBe(true)
  })

  test('names what failed, and where else a line is held', () => {
    const other = { ...line, id: 'K3' }
    const elsewhere = new Map([['K3', ['tests/unit/a.test.ts', 'tests/unit/b.test.ts']]])
    const verdicts = judge([line, other], [{ name: 'K7: a fact', state: 'failed' }], elsewhere)
    expect(verdicts.map(({ state }) => state)).toEqual(['NOT HELD', 'not tested from outside'])
    expect(tableOf(verdicts)).toContain('failed: K7: a fact')
    expect(tableOf(verdicts)).toContain('see tests/unit/a.test.ts and 1 more')
  })

  test('finds the lines that a source holds in its titles', () => {
    const source = `test('K3: one')\ndescribe("K1, T12: two")\ntest(\`R2: \${x}\`)\ncall('E1', 'of K9:')`
    expect(idsIn(source)).toEqual(['K3', 'K1', 'T12', 'R2'])
  })

  test('SECURITY.md names every line that is not held by decision', () => {
    const text = readFileSync('SECURITY.md', 'utf8')
    for (const { id } of lines.filter(({ declined }) => declined !== undefined)) {
      expect(text).toMatch(new RegExp(`\\b${id}\\b`))
    }
  })

  test('has every id once', () => {
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
  })
})

describe('the times', () => {
  const evenly = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + index)

  test('median and quantile', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5])
    expect(quantile(evenly(1, 100), 0.99)).toBe(99)
  })

  // Checked against scipy.stats.mannwhitneyu(a, b, method='asymptotic').
  test('Mann-Whitney gives the p of the tables', () => {
    const a = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39]
    const b = a.map((value) => value + 12)
    expect(mannWhitneyP(a, b)).toBeCloseTo(0.006007188805, 6)
    expect(mannWhitneyP(a, a)).toBeCloseTo(1, 6)
  })

  test('Mann-Whitney sees a shift through noise and outliers, and none where there is none', () => {
    const noise = (seed: number) => evenly(0, 500).map((index) => (index * seed) % 101)
    const shifted = noise(37).map((value, index) => (index % 50 === 0 ? 10_000 : value + 25))
    expect(mannWhitneyP(noise(37), shifted)).toBeLessThan(0.001)
    expect(mannWhitneyP(noise(37), noise(53))).toBeGreaterThan(0.1)
  })

  test('equal values are no difference', () => {
    expect(mannWhitneyP(new Array<number>(30).fill(2), new Array<number>(30).fill(2))).toBe(1)
  })
})

describe('the forms of a page', () => {
  const html = `
    <form method="post" class="a">
      <input type="hidden" name="form_token" value="a&amp;b">
      <label for="label">Label</label><input id="label" name="label" value="">
      <label for="ends">Ends</label>
      <select id="ends" name="ends"><option value="never">Never</option><option value="30">in 30 days</option></select>
      <label><input type="checkbox" name="all" value="yes"> Also revoke <b>all</b></label>
      <label for="now">Now</label><input type="radio" id="now" name="overlap" value="0" checked>
      <label><input type="radio" name="overlap" value="3600">1 hour</label>
      <input type="password" name="current" autocomplete="current-password">
      <input type="text" autocomplete="username" value="not sent" hidden>
      <button name="action" value="make">Get <span>My Key</span></button>
    </form>
    <form method="post"><button name="action" value="revoke">Revoke</button></form>`
  const [first, second] = formsOf(html)

  test('are sent as they stand', () => {
    expect(first && fieldsFor(first, /^Get My Key$/)).toEqual({
      form_token: 'a&b',
      label: '',
      ends: 'never',
      overlap: '0',
      action: 'make',
    })
    expect(second && fieldsFor(second, /Revoke/)).toEqual({ action: 'revoke' })
  })

  test('are sent as they are filled', () => {
    const filled = {
      chosen: [/30 days/, /1 hour/],
      currentPassword: 'secret',
      written: [[/^Label$/, 'nightly'] as const],
      besides: { more: 'yes' },
    }
    expect(first && fieldsFor(first, /^Get/, filled)).toMatchObject({
      ends: '30',
      overlap: '3600',
      current: 'secret',
      label: 'nightly',
      more: 'yes',
    })
  })

  test('are not sent without what is pressed or chosen', () => {
    expect(first && fieldsFor(first, /Delete/)).toBeUndefined()
    expect(second && fieldsFor(second, /Revoke/, { chosen: [/1 hour/] })).toBeUndefined()
    expect(second && fieldsFor(second, /Revoke/, { written: [[/Label/, 'x']] })).toBeUndefined()
  })
})
