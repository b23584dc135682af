import { expect, test } from 'vitest'
import { MarkdownMistake } from '#build/markdown/markdown-mistake.ts'
import { readCodeSwitches } from '#build/markdown/read-code-switches.ts'
import { reportOf } from '../../samples/report.ts'
import type { Failure } from '../../samples/sample-run.ts'
import type { Sample, SamplePage } from '../../samples/samples-in-pages.ts'

const source = `:::code-switch{name="greeting"}
\`\`\`python greeting Python
print("hello")
\`\`\`
:::
`

function page(more: Partial<SamplePage> = {}): SamplePage {
  const groups = readCodeSwitches(source, 'content/a.md')
  return { name: 'a', file: 'content/a.md', source, isMade: false, groups, ...more }
}

function sampleOf(of: SamplePage): Sample {
  const [group] = of.groups
  const [fence] = group?.fences ?? []
  if (!group || !fence) throw new TypeError('the page has one sample')
  return { page: of, group, fence }
}

const failure: Failure = {
  line: 1,
  problem: 'It prints nothing.',
  mend: 'Print something.',
  evidence: [],
  places: [],
}

test('a report names what failed, a line each', () => {
  const sample = sampleOf(page())
  const unreadable = page({
    name: 'b',
    file: 'content/b.md',
    mistake: new MarkdownMistake({
      path: 'content/b.md',
      line: 1,
      column: 1,
      problem: 'Its fence has no end.',
      mend: 'End it.',
    }),
  })
  const elsewhere = '✗ content/c.md:3: request list-batches\n  It is answered with 500.\n'
  const report = reportOf([sample.page, unreadable], [{ sample, failures: [failure] }], [elsewhere])
  expect(report.numFailedTests).toBe(3)
  expect(report.failures).toEqual([
    'content/a.md:2: sample greeting, line 1: It prints nothing.',
    'content/b.md:1: Its fence has no end.',
    'content/c.md:3: request list-batches · It is answered with 500.',
  ])
})

test('a report of a run in which all is well names nothing', () => {
  const sample = sampleOf(page())
  const report = reportOf([sample.page], [{ sample, failures: [] }])
  expect(report).toMatchObject({ numPassedTests: 1, numFailedTests: 0, failures: [] })
})
