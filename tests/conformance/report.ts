import type { Line } from './lines.ts'

/** How a test ended. `name` holds the titles of its groups as well, with ` > ` between. */
export interface Outcome {
  name: string
  state: 'passed' | 'failed' | 'skipped'
}

/** How a line stands after a run. */
export interface Verdict {
  line: Line
  state:
    | 'held'
    | 'NOT HELD'
    | 'held in part' // some of its tests need a server of this run
    | 'not tested here' // all of them do
    | 'not tested from outside' // what a request can show is not enough
    | 'not held, by decision'
    | 'NO TEST'
  /** Names of the tests that failed. */
  failed: string[]
  /** Test files of the other suites that hold it. */
  elsewhere: readonly string[]
}

/** Ids with a colon after them, at the start of a title: `K7, K13: ...`. */
const idsShape = /^([A-Z]\d+(?:, [A-Z]\d+)*):/

/** The lines that a test holds. Its own title says so, or that of a group that it is in. */
export function idsOf(name: string): string[] {
  return name.split(' > ').flatMap((title) => idsShape.exec(title)?.[1]?.split(', ') ?? [])
}

/** The lines that the tests of a file hold, by the titles in its source. */
export function idsIn(source: string): string[] {
  const titles = source.matchAll(/['"`](?=[A-Z]\d)(.{0,80})/g)
  return [...new Set([...titles].flatMap(([, title = '']) => idsOf(title)))]
}

/**
 * A failed test makes its lines not held; a line is held by tests that ran, never by those that did not.
 * @param elsewhere test files of the other suites, by the lines that they hold
 */
export function judge(
  lines: readonly Line[],
  outcomes: readonly Outcome[],
  elsewhere: ReadonlyMap<string, readonly string[]> = new Map(),
): Verdict[] {
  return lines.map((line) => {
    const own = outcomes.filter(({ name }) => idsOf(name).includes(line.id))
    const failed = own.filter(({ state }) => state === 'failed').map(({ name }) => name)
    const files = elsewhere.get(line.id) ?? []
    return { line, failed, elsewhere: files, state: stateOf(line, own, files) }
  })
}

function stateOf(
  line: Line,
  own: readonly Outcome[],
  elsewhere: readonly string[],
): Verdict['state'] {
  const states = new Set(own.map(({ state }) => state))
  if (states.has('failed')) return 'NOT HELD'
  if (states.has('passed')) return states.has('skipped') ? 'held in part' : 'held'
  if (line.declined !== undefined) return 'not held, by decision'
  if (states.has('skipped')) return 'not tested here'
  return elsewhere.length > 0 ? 'not tested from outside' : 'NO TEST'
}

/** Whether the run may count as good: nothing failed, and every line that blocks a release has a test. */
export function isGood(verdicts: readonly Verdict[]): boolean {
  return !verdicts.some(
    ({ state, line }) => state === 'NOT HELD' || (state === 'NO TEST' && line.priority === 'P0'),
  )
}

/** The table, a line of text per line, and how often each state occurs. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const rows = verdicts.flatMap((verdict) => [
    `${verdict.line.id.padEnd(4)}${verdict.line.priority}  ${verdict.state.padEnd(24)}${verdict.line.title}`,
    ...notesOf(verdict).map((note) => `        ${note}`),
  ])
  const counts = Map.groupBy(verdicts, ({ state }) => state)
  const summary = [...counts].map(([state, { length }]) => `${length} ${state}`).join(', ')
  return [...rows, '', summary].join('\n')
}

function notesOf({ line, state, failed, elsewhere }: Verdict): string[] {
  const [file, ...more] = elsewhere
  const files = `${file ?? 'no test yet'}${more.length > 0 ? ` and ${more.length} more` : ''}`
  return [
    ...failed.map((name) => `failed: ${name}`),
    ...(state === 'not held, by decision' ? [`${line.declined ?? ''}; see SECURITY.md`] : []),
    ...(state === 'not tested from outside' ? [`see ${files}`] : []),
    ...(line.timed && state === 'held' ? [`with the clock moved: ${files}`] : []),
  ]
}
