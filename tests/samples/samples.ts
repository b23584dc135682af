/**
 * Runs every sample of every page against the built server: `npm run samples`. Ends with 0 if all of them do what they
 * promise.
 */
import { mkdirSync, watch, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { contentFolder } from '#build/samples/recorded-output.ts'
import { samplesReportPath } from '#build/samples/samples-report.ts'
import { type RecordUse, type Verdict, checkSamples } from './check-samples.ts'
import { settleExchanges, type SettledExchanges } from './exchanges.ts'
import { removeStrayRecords, strayRecords } from './records.ts'
import { failureText, mistakeText, reportOf, withOtherPages } from './report.ts'
import { type Sample, type SamplePage, readSamplePages, samplesOf } from './samples-in-pages.ts'
import { type Stage, openStage } from './stage.ts'

const usage = `Usage: npm run samples -- [--page docs/auth] [--only python] [--update] [--watch] [--exchanges] [--folder drafts]
  --page       the samples of one page
  --only       the samples in one language; tabs are then not compared
  --update     records what the samples print and send, and says what changed
  --watch      runs a page's samples again when it is saved
  --exchanges  only the requests that pages show without running them; needs no built site
  --folder     pages that lie elsewhere than in ${contentFolder}/; nothing is recorded of them
  --help       prints this
Python runs under CPython with requests and in the page's runner, JavaScript in Node and in the runner, bash with curl.
Ends with 0 where all samples do what they promise, with 1 where one does not, with 2 where it could not begin.`

interface Wanted {
  readonly page?: string | undefined
  readonly only?: string | undefined
  readonly folder: string
  readonly update: boolean
  readonly watch: boolean
  readonly help: boolean
  readonly exchanges: boolean
}

function readWanted(): Wanted {
  const { values } = parseArgs({
    options: {
      page: { type: 'string' },
      only: { type: 'string' },
      folder: { type: 'string', default: contentFolder },
      update: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      exchanges: { type: 'boolean', default: false },
    },
  })
  return values
}

/**
 * Finds what is wanted.
 * @throws {RangeError} where there is nothing of it
 */
function find({ folder, page, only }: Wanted): { pages: SamplePage[]; samples: Sample[] } {
  const pages = readSamplePages({ folder, page })
  const samples = samplesOf(pages, only)
  if (only === undefined || samples.length > 0) return { pages, samples }
  const languages = new Set(samplesOf(pages).map(({ fence }) => fence.language))
  throw new RangeError(`No sample is in ${only}. There are: ${[...languages].sort().join(', ')}.`)
}

/** Runs what is wanted once. @returns whether all is well */
async function runOnce(stage: Stage, wanted: Wanted): Promise<boolean> {
  const startedAtMs = performance.now()
  const { pages, samples } = find(wanted)
  const verdicts = await checkSamples(samples, stage, {
    records: recordUse(wanted),
    onVerdict: progressOf(samples.length),
  })
  const stray = settleStrayRecords(wanted, pages, samples)
  const exchanges = await settleShown(wanted)
  const report = reportOf(pages, verdicts, [...stray.failures, ...exchanges.failures])
  print([
    ...pages.map(mistakeText),
    ...verdicts.map(failureText),
    ...stray.failures,
    ...exchanges.failures,
    ...verdicts.map(({ change }) => change ?? ''),
    ...stray.changes,
    ...exchanges.changes,
  ])
  if (wanted.folder === contentFolder) keepReport(withOtherPages(report, samplesReportPath))
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  const { numPassedTests: passed, numFailedTests: failed } = report
  const shown = exchanges.count === 0 ? '' : ` ${exchanges.count} exchanges shown,`
  console.log(`${passed} samples passed, ${failed} failed,${shown} in ${seconds} s`)
  return failed === 0
}

/** The exchanges that pages show belong to no language. */
function settleShown({ folder, only, page, update }: Wanted): Promise<SettledExchanges> {
  if (folder !== contentFolder || only !== undefined) {
    return Promise.resolve({ count: 0, failures: [], changes: [] })
  }
  return settleExchanges({ update, page })
}

function recordUse({ folder, update }: Wanted): RecordUse {
  if (folder !== contentFolder) return 'ignore'
  return update ? 'update' : 'compare'
}

/** Only a run that knows every sample can tell which records belong to none. */
function settleStrayRecords(
  { folder, page, only, update }: Wanted,
  pages: readonly SamplePage[],
  samples: readonly Sample[],
): { failures: string[]; changes: string[] } {
  const knowsAll = folder === contentFolder && page === undefined && only === undefined
  if (!knowsAll || pages.some(({ mistake }) => mistake)) return { failures: [], changes: [] }
  if (update) return { failures: [], changes: removeStrayRecords(samples) }
  const mend = 'Remove it: npm run samples -- --update'
  const failures = strayRecords(samples).map((path) => `✗ ${path} belongs to no sample. ${mend}\n`)
  return { failures, changes: [] }
}

function print(texts: readonly string[]): void {
  for (const text of texts) if (text !== '') console.log(text)
}

function keepReport(report: unknown): void {
  mkdirSync(dirname(samplesReportPath), { recursive: true })
  writeFileSync(samplesReportPath, `${JSON.stringify(report, undefined, 2)}\n`)
}

/** A line that is written over on a terminal; elsewhere, one for every twenty samples. */
function progressOf(count: number): (verdict: Verdict) => void {
  let done = 0
  let failed = 0
  return ({ failures }) => {
    done += 1
    if (failures.length > 0) failed += 1
    const text = `${done} of ${count} samples${failed > 0 ? `, ${failed} failed` : ''}`
    if (process.stdout.isTTY) process.stdout.write(`\r${text}${done === count ? '\n' : ''}`)
    else if (done % 20 === 0 || done === count) console.log(text)
  }
}

/** Editors save in several steps, each of which is told. */
const settledAfterMs = 150

/** Runs a page again whenever it is saved, until Ctrl+C. */
async function runOnSave(stage: Stage, wanted: Wanted): Promise<void> {
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve))
  const saved = new Set<string>()
  let running = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const runSaved = async (): Promise<void> => {
    for (const page of saved) {
      saved.delete(page)
      console.log(`\n${page} was saved`)
      await runOnce(stage, { ...wanted, page }).catch(complain)
    }
  }
  const watcher = watch(wanted.folder, { recursive: true }, (_, file) => {
    const page = /^(?!snippets)(.*)\.mdx?$/.exec(file ?? '')?.[1]
    if (page === undefined || (wanted.page !== undefined && page !== wanted.page)) return
    saved.add(page)
    clearTimeout(timer)
    timer = setTimeout(() => {
      running = running.then(runSaved)
    }, settledAfterMs)
  })
  console.log('Watching the pages. Ctrl+C ends it.')
  await interrupted
  watcher.close()
  clearTimeout(timer)
  await running
}

function complain(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error))
}

/** Needs no site, so that a page that lacks a record, which does not build, can get it. */
async function settleExchangesOnly({ update, page }: Wanted): Promise<number> {
  const { count, failures, changes } = await settleExchanges({ update, page })
  print([...failures, ...changes])
  console.log(`${count} exchanges sent, ${failures.length} failed`)
  return failures.length === 0 ? 0 : 1
}

async function main(): Promise<number> {
  const wanted = readWanted()
  if (wanted.help) {
    console.log(usage)
    return 0
  }
  if (wanted.exchanges) return settleExchangesOnly(wanted)
  find(wanted) // before anything is started: a mistyped name is told at once
  const stage = await openStage()
  try {
    const isGood = await runOnce(stage, wanted)
    if (wanted.watch) await runOnSave(stage, wanted)
    return isGood ? 0 : 1
  } finally {
    await stage.close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  complain(error)
  if (error instanceof TypeError || error instanceof RangeError) console.error(usage)
  process.exitCode = 2
}
