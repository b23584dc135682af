import { join } from 'node:path'

/** Something that is wrong with a sample, as its writer reads it. */
export interface PageFailure {
  /** File and line of the fence, id of the sample, line in it. */
  readonly place: string
  /** Id of the sample, an anchor of its page; empty where the page itself cannot be read. */
  readonly sample: string
  readonly problem: string
  readonly mend: string
}

/** What is kept of a run of the samples: counts as Vitest's reports have them, and the failures of each page. */
export interface SamplesReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  /** A line for each failure of this run, those that belong to no sample included. */
  readonly failures: readonly string[]
  /** By the page's path below `content/`, without ending. */
  readonly pages: Readonly<Record<string, readonly PageFailure[]>>
}

/** Where the report of the last run lies, below the project. */
export const samplesReportPath = join('test-results', 'samples.json')
