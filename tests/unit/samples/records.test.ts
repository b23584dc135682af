import { expect, test } from 'vitest'
import { membersOf, readRecordedOutput, recordedPath } from '#build/samples/recorded-output.ts'
import { judgeRecord } from '../../samples/records.ts'
import type { SampleExchange, SampleRun } from '../../samples/sample-run.ts'
import { readSamplePages, samplesOf } from '../../samples/samples-in-pages.ts'

const page = 'docs/guides/node'
const record = readRecordedOutput(recordedPath(page, 'in-threes', 'javascript'))
const sample = samplesOf(readSamplePages({ folder: 'content', page })).find(
  ({ fence }) => fence.id === 'javascript-in-threes',
)
if (!record || !sample) throw new TypeError('the sample that has three requests under way is gone')

/** The run that was recorded, as it could come again. */
function runAgain(change: { order?: 'turned'; overlaps?: boolean; status?: number }): SampleRun {
  const exchanges = record?.exchanges.map(({ method, path, status, members }): SampleExchange => {
    const [name = '', query = ''] = path.split('?')
    return {
      method,
      path: name,
      query: [...new URLSearchParams(query)],
      credentials: [],
      contentType: '',
      body: '',
      status: change.status ?? status,
      answer: JSON.stringify(withMembers(members)),
      overlaps: change.overlaps ?? false,
      line: null,
    }
  })
  return {
    place: 'the runner',
    text: record?.text ?? '',
    error: null,
    exchanges: (change.order ? exchanges?.reverse() : exchanges) ?? [],
  }
}

/** An answer of the shape that `membersOf` finds. @param prefix the part of the paths that leads to it */
function withMembers(members: readonly string[], prefix = ''): Record<string, unknown> {
  const below = members.filter((path) => path.startsWith(prefix))
  const own = below.map((path) => path.slice(prefix.length)).filter((path) => /^\w+$/.test(path))
  return Object.fromEntries(
    own.map((name): [string, unknown] => {
      const [items, member] = [`${prefix}${name}[].`, `${prefix}${name}.`]
      if (below.some((path) => path.startsWith(items))) return [name, [withMembers(members, items)]]
      return [name, below.some((path) => path.startsWith(member)) && withMembers(members, member)]
    }),
  )
}

test('an answer with the members of the record has its shape', () => {
  for (const { members } of record.exchanges) {
    expect(membersOf(JSON.stringify(withMembers(members)))).toEqual(members)
  }
})

test('what is as it was recorded is no failure', () => {
  expect(judgeRecord(sample, runAgain({}))).toBeUndefined()
})

test('another order is one, unless several requests were under way at once', () => {
  expect(judgeRecord(sample, runAgain({ order: 'turned' }))?.problem).toBe(
    'Its output is another one than the page shows.',
  )
  expect(judgeRecord(sample, runAgain({ order: 'turned', overlaps: true }))).toBeUndefined()
})

test('another status is one in any order', () => {
  const run = runAgain({ order: 'turned', overlaps: true, status: 503 })
  expect(judgeRecord(sample, run)?.evidence).toContainEqual(
    expect.stringMatching(/^GET \S+ 200 became GET \S+ 503$/),
  )
})
