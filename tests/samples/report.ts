import { readFileSync } from 'node:fs'
import type { PageFailure, SamplesReport } from '#build/samples/samples-report.ts'
import type { Verdict } from './check-samples.ts'
import type { Failure } from './sample-run.ts'
import type { Sample, SamplePage } from './samples-in-pages.ts'

/** The failures of a run as a terminal shows them. */
export function failureText({ sample, failures }: Verdict): string {
  return failures.map((failure) => oneFailure(sample, failure)).join('\n')
}

/** Where a failure is, for a person: `content/docs/auth.mdx:37: sample python-api-key-header, line 4`. */
export function placeOf({ page, fence }: Sample, { line }: Failure): string {
  const within = line === null ? '' : `, line ${line}`
  return `${page.file}:${fence.line}: sample ${fence.id}${within}`
}

/** A page that cannot be read has one failure: its mistake. */
export function mistakeText({ mistake }: SamplePage): string {
  return mistake === undefined ? '' : `✗ ${mistake.message}\n`
}

function oneFailure(sample: Sample, failure: Failure): string {
  const { problem, mend, evidence, places } = failure
  const seenIn = places.length > 0 ? `In ${[...new Set(places)].join(' and ')}: ` : ''
  return [
    `✗ ${placeOf(sample, failure)}`,
    `  ${seenIn}${problem}`,
    ...quotedLine(sample, failure).map((text) => `  ${text}`),
    ...evidence.map((text) => `    ${text}`),
    `  ${mend}`,
    '',
  ].join('\n')
}

function quotedLine({ fence }: Sample, { line }: Failure): string[] {
  const text = line === null ? undefined : fence.code.split('\n')[line - 1]
  return text === undefined ? [] : [`${line ?? ''} | ${text}`]
}

/** Makes the report of a run. @param elsewhere failures that count but belong to no sample */
export function reportOf(
  pages: readonly SamplePage[],
  verdicts: readonly Verdict[],
  elsewhere: readonly string[] = [],
): SamplesReport {
  const mistakes = pages.filter(({ mistake }) => mistake !== undefined)
  const failed = verdicts.filter(({ failures }) => failures.length > 0)
  const ofPages = pages.map((page) => [page.name, failuresOfPage(page, verdicts)] as const)
  return {
    numPassedTests: verdicts.length - failed.length,
    numFailedTests: failed.length + mistakes.length + elsewhere.length,
    numPendingTests: 0,
    numTodoTests: 0,
    failures: [
      ...ofPages.flatMap(([, found]) => found.map(({ place, problem }) => `${place}: ${problem}`)),
      ...elsewhere.map(lineOfText),
    ],
    pages: Object.fromEntries(ofPages),
  }
}

/** Makes one line of a failure that a terminal shows in several. */
function lineOfText(text: string): string {
  return text
    .replace(/^✗ /, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' · ')
}

function failuresOfPage(page: SamplePage, verdicts: readonly Verdict[]): PageFailure[] {
  const { mistake, file } = page
  if (mistake) {
    const place = `${file}:${mistake.line}`
    return [{ place, sample: '', problem: mistake.problem, mend: mistake.mend }]
  }
  return verdicts
    .filter(({ sample }) => sample.page === page)
    .flatMap(({ sample, failures }) =>
      failures.map((failure) => ({
        place: placeOf(sample, failure),
        sample: sample.fence.id,
        problem: failure.problem,
        mend: failure.mend,
      })),
    )
}

/** The failures of the pages that the last run did not look at stay as they were. @param file of the last report */
export function withOtherPages(report: SamplesReport, file: string): SamplesReport {
  try {
    const { pages } = JSON.parse(readFileSync(file, 'utf8')) as Partial<SamplesReport>
    return { ...report, pages: { ...pages, ...report.pages } }
  } catch {
    return report
  }
}
