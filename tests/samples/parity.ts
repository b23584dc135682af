import { countOf, nameOf } from './judge-run.ts'
import { pairExchanges } from './pair-exchanges.ts'
import { type Failure, type SampleExchange, type SampleRun, isOverlapping } from './sample-run.ts'

/** One side of a comparison: a run, and what it is called. */
export interface Side {
  readonly name: string
  readonly run: SampleRun
}

/**
 * Holds two runs against each other: they make the same exchanges, that is method, path, query, headers that say who
 * is asking, body as data, and status; in the same order, unless one of them had several under way at once. Programs
 * that did not come to their end are not compared.
 * @returns the first difference, both sides beside each other, as a failure of the second
 */
export function compareRuns(first: Side, second: Side): Failure | undefined {
  if (first.run.error !== null || second.run.error !== null) return undefined
  const [left, right] = [first.run.exchanges, second.run.exchanges]
  const anyOrder = isOverlapping(first.run) || isOverlapping(second.run)
  const pairs = pairExchanges(left, right, { isSame: isSameExchange, anyOrder })
  const different = pairs.find(([a, b]) => !a || !b || !isSameExchange(a, b))
  if (!different) return undefined
  const [a, b] = different
  const failure = { line: b?.line ?? right.at(-1)?.line ?? null, places: [], mend }
  if (a && b) {
    const problem = `${ordinal(right.indexOf(b))} request is not the one of ${first.name}${a.line ? ` (line ${a.line})` : ''}.`
    const rows = fieldsOf(a).map(([field, value], index): Row => {
      return [field, value, fieldsOf(b)[index]?.[1] ?? '']
    })
    return { ...failure, problem, evidence: sideBySide([first.name, second.name], rows) }
  }
  const problem = `It makes ${countOf(right)}, ${first.name} makes ${countOf(left)}.`
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, index): Row => {
    return [String(index + 1), nameAt(left, index), nameAt(right, index)]
  })
  return { ...failure, problem, evidence: sideBySide([first.name, second.name], rows) }
}

const mend =
  'Make all tabs of the code-switch send the same requests, or write parity="off" into the line of a fence that differs by nature.'

const ordinal = (index: number) =>
  ['Its first', 'Its second', 'Its third'][index] ?? `Its ${index + 1}th`

function nameAt(exchanges: readonly SampleExchange[], index: number): string {
  const exchange = exchanges[index]
  return exchange ? `${nameOf(exchange)} ${exchange.status}` : '(none)'
}

/** Says whether two exchanges are the same for {@link compareRuns}. */
export function isSameExchange(a: SampleExchange, b: SampleExchange): boolean {
  return JSON.stringify(fieldsOf(a)) === JSON.stringify(fieldsOf(b))
}

function fieldsOf(exchange: SampleExchange): [field: string, value: string][] {
  return [
    ['method', exchange.method],
    ['path', withoutEndSlash(exchange.path)],
    ['query', pairsText(exchange.query)],
    ['sent with', exchange.credentials.join(', ')],
    ['body', bodyText(exchange)],
    ['status', String(exchange.status)],
  ]
}

/** The server answers both spellings alike. */
const withoutEndSlash = (path: string) => (path.length > 1 ? path.replace(/\/$/, '') : path)

/** A body as data: the order of a form's fields and of an object's members says nothing. */
function bodyText({ contentType, body }: SampleExchange): string {
  if (body === '') return ''
  if (contentType === 'application/x-www-form-urlencoded') {
    return `form ${pairsText([...new URLSearchParams(body)])}`
  }
  try {
    if (contentType === 'application/json')
      return `JSON ${JSON.stringify(sorted(JSON.parse(body)))}`
  } catch {
    // Not the JSON that it says it is: text.
  }
  return body
}

function pairsText(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const)
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}

type Row = [field: string, left: string, right: string]

const columnCharacters = 60

/** Rows of a table whose differing ones are marked, for the eye and for those who search. */
function sideBySide([left, right]: readonly [string, string], rows: readonly Row[]): string[] {
  const cut = rows.map(([field, a, b]): [Row, boolean] => [[field, short(a), short(b)], a !== b])
  const width = (column: 0 | 1, title: string) =>
    Math.max(title.length, ...cut.map(([row]) => row[column].length))
  const [fieldWidth, leftWidth] = [width(0, ''), width(1, left)]
  const line = (mark: string, [field, a, b]: Row) =>
    `${mark} ${field.padEnd(fieldWidth)}  ${a.padEnd(leftWidth)}  ${b}`.trimEnd()
  return [
    line(' ', ['', left, right]),
    ...cut.map(([row, differs]) => line(differs ? '≠' : ' ', row)),
  ]
}

function short(text: string): string {
  return text.length > columnCharacters ? `${text.slice(0, columnCharacters - 1)}…` : text
}
