import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readFailures } from '#build/samples/failing-samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'barbell-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const failure = {
  place: 'content/docs/a.mdx:3: sample x, line 1',
  sample: 'x',
  problem: 'p',
  mend: 'm',
}

test('the failures of the last run are those of its report', () => {
  const path = join(folder, 'samples.json')
  writeFileSync(path, JSON.stringify({ numFailedTests: 1, pages: { 'docs/a': [failure] } }))
  expect(readFailures(path)).toEqual({ 'docs/a': [failure] })
})

test('there are none before the first run, and none while a report is half written', () => {
  const path = join(folder, 'half.json')
  expect(readFailures(path)).toEqual({})
  writeFileSync(path, '{"numFailedTests": 1, "pa')
  expect(readFailures(path)).toEqual({})
})
