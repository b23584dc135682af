import { isOutsideLanguage, parseOutside } from './outside-program.ts'
import { pairExchanges } from './pair-exchanges.ts'
import { compareRuns, isSameExchange } from './parity.ts'
import { judgeRecord, updateRecord } from './records.ts'
import { judgeRun } from './judge-run.ts'
import { mendOfError } from './mends.ts'
import { type Failure, type SampleRun, isOverlapping } from './sample-run.ts'
import type { Sample } from './samples-in-pages.ts'
import type { Stage } from './stage.ts'

/** How a sample did. */
export interface Verdict {
  readonly sample: Sample
  readonly failures: readonly Failure[]
  /** The changed record, as a line; undefined where it is as before. */
  readonly change?: string | undefined
}

/** What is done with the recorded outputs. */
export type RecordUse = 'compare' | 'update' | 'ignore'

/** How samples are checked. */
export interface CheckOptions {
  readonly records: RecordUse
  /** Hears of each verdict as soon as it is known. */
  readonly onVerdict?: (verdict: Verdict) => void
}

/** Runs samples and judges them: each by itself, and each against the first tab of its code-switch. */
export async function checkSamples(
  samples: readonly Sample[],
  stage: Stage,
  { records, onVerdict }: CheckOptions,
): Promise<Verdict[]> {
  const allRuns = new Map(samples.map((sample) => [sample, runsOf(sample, stage)]))
  return Promise.all(
    [...allRuns].map(async ([sample, running]) => {
      const checked = await running
      const first = await runsOfFirstTab(sample, allRuns)
      const own = [...checked.failures, ...differencesBetweenPlaces(checked.runs)]
      const failures = merged([...own, ...parityFailures(sample, checked.runs, first)])
      const recorded = own.length === 0 ? recordVerdict(sample, checked.runs, records) : {}
      const { failure, change } = recorded
      const verdict = { sample, failures: failure ? [...failures, failure] : failures, change }
      onVerdict?.(verdict)
      return verdict
    }),
  )
}

/** What a sample did in each place, and what is wrong with it by itself. */
interface Checked {
  readonly runs: readonly SampleRun[]
  readonly failures: readonly Failure[]
}

async function runsOf({ fence }: Sample, stage: Stage): Promise<Checked> {
  const { language, code, attributes } = fence
  if (attributes.run === 'off' || !isOutsideLanguage(language)) {
    return { runs: [], failures: await parseFailures(language, code) }
  }
  const runs = await (language === 'javascript'
    ? runJavaScript(code, stage)
    : runElsewhere(language, code, stage))
  return { runs, failures: runs.flatMap((run) => judgeRun(run, attributes.expect)) }
}

/** Node has no cookie jar: a program for which the browser sent its cookie is one for a browser only. */
async function runJavaScript(code: string, stage: Stage): Promise<SampleRun[]> {
  const inside = await stage.runInside('javascript', code)
  const needsJar = inside.exchanges.some(({ credentials }) => credentials.includes('cookie'))
  if (needsJar) return [inside]
  const outside = await stage.runOutside('javascript', code)
  return [outside, withLinesOf(outside, inside)]
}

async function runElsewhere(
  language: 'python' | 'bash',
  code: string,
  stage: Stage,
): Promise<SampleRun[]> {
  if (language === 'bash') return [await stage.runOutside(language, code)]
  const both = [stage.runOutside(language, code), stage.runInside(language, code)] as const
  const [outside, inside] = await Promise.all(both)
  return [outside, withLinesOf(outside, inside)]
}

/** Only outside is it seen which line sends a request; in the runner the same one did. */
function withLinesOf(outside: SampleRun, inside: SampleRun): SampleRun {
  const pairs = pairExchanges(inside.exchanges, outside.exchanges, {
    isSame: isSameExchange,
    anyOrder: isOverlapping(inside) || isOverlapping(outside),
  })
  const lines = new Map(pairs.map(([own, other]) => [own, other?.line]))
  const exchanges = inside.exchanges.map((exchange) => {
    const line = lines.get(exchange) ?? exchange.line
    return { ...exchange, line }
  })
  return { ...inside, exchanges }
}

async function parseFailures(language: string, code: string): Promise<Failure[]> {
  const error = isOutsideLanguage(language)
    ? await parseOutside(language, code)
    : language === 'json'
      ? parseJson(code)
      : null
  if (error === null) return []
  const { line, message } = error
  return [{ line, problem: message, mend: mendOfError(message), evidence: [], places: [] }]
}

function parseJson(code: string): { message: string; line: number } | null {
  try {
    JSON.parse(code)
    return null
  } catch (error) {
    const message = String(error)
    const position = Number(/at position (\d+)/.exec(message)?.[1] ?? code.length)
    return { message, line: code.slice(0, position).split('\n').length }
  }
}

/** The runner promises a reader what the reader's own machine does. */
function differencesBetweenPlaces([first, second]: readonly SampleRun[]): Failure[] {
  if (!first || !second) return []
  const found = compareRuns({ name: first.place, run: first }, { name: second.place, run: second })
  const mend = 'A reader sees what the runner does: make the sample do the same in both places.'
  return found ? [{ ...found, mend, places: [second.place] }] : []
}

async function runsOfFirstTab(
  { group }: Sample,
  allRuns: ReadonlyMap<Sample, Promise<Checked>>,
): Promise<{ sample: Sample; runs: readonly SampleRun[] } | undefined> {
  for (const [sample, running] of allRuns) {
    if (sample.group !== group) continue
    const { runs } = await running
    if (runs.length > 0) return { sample, runs }
  }
  return undefined
}

function parityFailures(
  { fence, group }: Sample,
  [run]: readonly SampleRun[],
  first: Awaited<ReturnType<typeof runsOfFirstTab>>,
): Failure[] {
  const [firstRun] = first?.runs ?? []
  const isOff = group.fences.some(({ attributes }) => attributes.parity === 'off')
  if (!run || !first || !firstRun || first.sample.fence === fence || isOff) return []
  const found = compareRuns(
    { name: first.sample.fence.label, run: firstRun },
    { name: fence.label, run },
  )
  return found ? [found] : []
}

/** What is mended in one line in one way is one thing to mend, in however many places it was seen, and in which words. */
function merged(failures: readonly Failure[]): Failure[] {
  const byProblem = new Map<string, Failure>()
  for (const failure of failures) {
    const key = `${failure.line ?? ''}:${failure.mend}`
    const before = byProblem.get(key)
    byProblem.set(
      key,
      before ? { ...before, places: [...before.places, ...failure.places] } : failure,
    )
  }
  return [...byProblem.values()]
}

/** The page shows what its own runner did; where it has none for a language, what the reader's machine did. */
function recordVerdict(
  sample: Sample,
  runs: readonly SampleRun[],
  records: RecordUse,
): { failure?: Failure | undefined; change?: string | undefined } {
  const run = runs.at(-1)
  if (!run || records === 'ignore' || sample.page.isMade) return {}
  if (records === 'update') return { change: updateRecord(sample, run) }
  return { failure: judgeRecord(sample, run) }
}
