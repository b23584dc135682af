import { codeOf, mendOfError, mendOfStatus } from './mends.ts'
import type { Failure, SampleExchange, SampleRun } from './sample-run.ts'

/**
 * Holds a run against what its fence promises: no uncaught error, and the statuses of `expect`, in order; without
 * `expect`, no status of 400 or more.
 * @param expect value of the attribute
 */
export function judgeRun(run: SampleRun, expect?: string): Failure[] {
  const status = statusFailure(run, expect)
  if (run.error === null) return status ? [status] : []
  // A status that was not expected is why the program ended; a request that is missing is not.
  if (status?.line) return [{ ...status, evidence: [...status.evidence, endedWith(run)] }]
  return [errorFailure(run)]
}

const endedWith = ({ error }: SampleRun) =>
  `then it ended in line ${error?.line ?? '?'}: ${error?.message ?? ''}`

function errorFailure({ place, error, exchanges }: SampleRun): Failure {
  const message = error?.message ?? ''
  const last = exchanges.at(-1)
  return {
    line: error?.line ?? null,
    problem: message,
    mend: mendOfError(message),
    evidence: last ? describeExchange(last) : [],
    places: [place],
  }
}

function statusFailure(run: SampleRun, expect: string | undefined): Failure | undefined {
  return expect === undefined ? unexpectedError(run) : otherThanExpected(run, expect)
}

function unexpectedError(run: SampleRun): Failure | undefined {
  const bad = run.exchanges.find(({ status }) => status >= 400)
  if (!bad) return undefined
  const code = codeOf(bad.answer)
  return failureAt(run, bad, {
    problem: `${nameOf(bad)} was answered with ${bad.status}${code ? ` ${code}` : ''}, and no error is expected.`,
  })
}

function otherThanExpected(run: SampleRun, expect: string): Failure | undefined {
  const expected = expect.split(' ').map(Number)
  const { exchanges, place } = run
  const bad = exchanges.find(({ status }, at) => at < expected.length && status !== expected[at])
  if (bad) {
    const wanted = expected[exchanges.indexOf(bad)] ?? 0
    const problem = `${nameOf(bad)} was answered with ${bad.status}, and expect="${expect}" says ${wanted}.`
    return failureAt(run, bad, { problem })
  }
  if (exchanges.length === expected.length) return undefined
  const last = exchanges.at(-1)
  return {
    line: null,
    problem: `It made ${countOf(exchanges)}, and expect="${expect}" names ${expected.length}.`,
    mend: 'Name the status of each request that the sample makes, in order.',
    evidence: last ? describeExchange(last) : [],
    places: [place],
  }
}

function failureAt(
  { exchanges, place }: SampleRun,
  bad: SampleExchange,
  { problem }: { problem: string },
): Failure {
  const seen = exchanges.map(({ status }) => status).join(' ')
  return {
    line: bad.line,
    problem,
    mend: mendOfStatus(bad.answer, seen),
    evidence: describeExchange(bad),
    places: [place],
  }
}

/** An exchange as lines of a report. */
export function describeExchange(exchange: SampleExchange): string[] {
  const { credentials, contentType, body, status, answer } = exchange
  return [
    `${nameOf(exchange)} (${credentials.length > 0 ? `with ${credentials.join(', ')}` : 'without key or token'})`,
    ...(body ? [`  ${contentType}: ${shortened(body)}`] : []),
    `  ${status} ${shortened(answer)}`.trimEnd(),
  ]
}

/** Method, path and query. */
export function nameOf({ method, path, query }: SampleExchange): string {
  const asked = query.map(([name, value]) => `${name}=${value}`).join('&')
  return `${method} ${path}${asked ? `?${asked}` : ''}`
}

/** How many requests, in words. */
export function countOf({ length }: readonly SampleExchange[]): string {
  return length === 1 ? '1 request' : `${length} requests`
}

const shownCharacters = 300

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line
}
