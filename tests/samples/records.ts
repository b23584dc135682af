import type { RecordedExchange } from '#recorded-exchange.ts'
import { mkdirSync, rmSync, globSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type RecordedOutput,
  membersOf,
  readRecordedOutput,
  recordedPath,
} from '#build/samples/recorded-output.ts'
import { nameOf } from './judge-run.ts'
import { pairExchanges } from './pair-exchanges.ts'
import { type Failure, type SampleRun, isOverlapping } from './sample-run.ts'
import type { Sample } from './samples-in-pages.ts'

/** The record that a run makes. */
export function recordOf(run: SampleRun): RecordedOutput {
  return {
    text: run.text,
    exchanges: run.exchanges.map((exchange): RecordedExchange => {
      const { method, status, answer } = exchange
      const path = nameOf(exchange).slice(method.length + 1)
      return { method, path, status, members: membersOf(answer) }
    }),
  }
}

/** Holds a run against its record, by shape: requests, status, members, and the text but for its numbers. */
export function judgeRecord(sample: Sample, run: SampleRun): Failure | undefined {
  const before = readRecordedOutput(pathOf(sample))
  const now = recordOf(run)
  const differences =
    before === undefined ? [] : differencesBetween(before, now, isOverlapping(run))
  if (before !== undefined && differences.length === 0) return undefined
  return {
    line: null,
    problem:
      before === undefined
        ? 'Its output is not recorded yet.'
        : 'Its output is another one than the page shows.',
    mend: 'If the sample does what it should, record it: npm run samples -- --update',
    evidence: differences,
    places: [],
  }
}

/** Writes the record of a run where it is another one. @returns what changed, as a line; undefined for nothing */
export function updateRecord(sample: Sample, run: SampleRun): string | undefined {
  const path = pathOf(sample)
  const before = readRecordedOutput(path)
  const now = recordOf(run)
  const differences =
    before === undefined ? ['new'] : differencesBetween(before, now, isOverlapping(run))
  if (differences.length === 0) return undefined
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(now, undefined, 2)}\n`)
  return `${path}: ${differences.join('; ')}`
}

/** Records that no sample has any more. @param samples all there are */
export function strayRecords(samples: readonly Sample[]): string[] {
  const known = new Set(samples.map(pathOf))
  return globSync(recordedPath('**', '*', '*')).filter((path) => !known.has(path))
}

/** Removes records that no sample has any more. @returns what was removed, as lines */
export function removeStrayRecords(samples: readonly Sample[]): string[] {
  return strayRecords(samples).map((path) => {
    rmSync(path)
    return `${path}: removed`
  })
}

const pathOf = ({ page, group, fence }: Sample) =>
  join(recordedPath(page.name, group.name, fence.language))

function differencesBetween(
  before: RecordedOutput,
  now: RecordedOutput,
  anyOrder: boolean,
): string[] {
  const exchanges = exchangeDifferences(before.exchanges, now.exchanges, anyOrder)
  return [...exchanges, ...textDifferences(before, now)]
}

function exchangeDifferences(
  before: readonly RecordedExchange[],
  now: readonly RecordedExchange[],
  anyOrder: boolean,
): string[] {
  if (before.length !== now.length) return [`${before.length} requests became ${now.length}`]
  const isSame = (was: RecordedExchange, is: RecordedExchange) =>
    differencesOf(was, is).length === 0
  const pairs = pairExchanges(before, now, { isSame, anyOrder })
  return pairs.flatMap(([was, is]) => (was && is ? differencesOf(was, is) : []))
}

function differencesOf(was: RecordedExchange, is: RecordedExchange): string[] {
  const [before, now] = [was, is].map(({ method, path, status }) => `${method} ${path} ${status}`)
  const gone = was.members.filter((member) => !is.members.includes(member))
  const added = is.members.filter((member) => !was.members.includes(member))
  return [
    ...(before === now ? [] : [`${before ?? ''} became ${now ?? ''}`]),
    ...(gone.length > 0 ? [`${is.method} ${is.path} lacks ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`${is.method} ${is.path} also has ${added.join(', ')}`] : []),
  ]
}

function textDifferences(before: RecordedOutput, now: RecordedOutput): string[] {
  const lines = [before, now].map(({ text }) => text.replaceAll(/\d+(?:\.\d+)?/g, '0').split('\n'))
  const [was = [], is = []] = lines
  const at = was.findIndex((line, index) => line !== is[index])
  if (at === -1 && was.length === is.length) return []
  const index = at === -1 ? was.length : at
  const [old = '', fresh = ''] = [before, now].map(({ text }) => text.split('\n')[index])
  return [`line ${index + 1} of its text was "${old}" and is "${fresh}"`]
}
