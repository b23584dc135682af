import { type RecordedExchange, isRecordedExchange } from '#recorded-exchange.ts'
import type { Exchange } from '#runner/contract.ts'

/** Reads the record that stands below a sample. @returns null where there is none that can be read */
export function readRecorded(codeSample: Element): RecordedExchange[] | null {
  const json = codeSample.querySelector<HTMLElement>('.recorded')?.dataset['recorded']
  try {
    const record = JSON.parse(json ?? 'null') as { exchanges?: unknown } | null
    const exchanges = record?.exchanges
    return Array.isArray(exchanges) && exchanges.every(isRecordedExchange) ? exchanges : null
  } catch {
    return null
  }
}

/**
 * Says where a run went another way than the recorded one: in its calls, their status, the members of an answer.
 * Values may differ. @returns sentences; none where the shapes are the same
 */
export function shapeDifferences(
  recorded: readonly RecordedExchange[],
  live: readonly Exchange[],
): string[] {
  const pairs = recorded.slice(0, live.length).flatMap((record, at) => {
    const exchange = live[at]
    return exchange ? differencesIn(record, exchange) : []
  })
  if (recorded.length === live.length) return pairs
  return [...pairs, `It sent ${calls(live.length)}; the recorded run sent ${recorded.length}.`]
}

function differencesIn(record: RecordedExchange, { request, response }: Exchange): string[] {
  const call = `${record.method} ${pathOf(record.path)}`
  const liveCall = `${request.method} ${pathOf(request.url)}`
  if (call !== liveCall) return [`It called ${liveCall}; the recorded run called ${call}.`]
  if (response?.status !== record.status) {
    const status = response ? String(response.status) : 'no answer'
    return [`${call} got ${status}; the recorded run got ${record.status}.`]
  }
  if (response.truncated) return []
  return memberSentences(call, record.members, shapeOf(response.body))
}

function memberSentences(call: string, recorded: readonly string[], live: Shape): string[] {
  const unknown = (path: string): boolean => live.open.some((prefix) => path.startsWith(prefix))
  const gone = recorded.filter((path) => !live.members.has(path) && !unknown(path))
  const isNew = (path: string): boolean => !recorded.includes(path) && !isBelowNothing(path)
  // Where the recorded list was empty, its items had no members that could be compared.
  const isBelowNothing = (path: string): boolean =>
    path.includes('[].') &&
    !recorded.some((other) => other.startsWith(path.slice(0, path.lastIndexOf('[].') + 3)))
  const added = [...live.members].filter(isNew)
  return [
    ...(gone.length ? [`The answer of ${call} lacks ${gone.join(', ')}.`] : []),
    ...(added.length ? [`The answer of ${call} also has ${added.join(', ')}.`] : []),
  ]
}

interface Shape {
  members: Set<string>
  /** Where a list is empty or a value null, nothing is known about what would stand in it. */
  open: string[]
}

function shapeOf(body: string): Shape {
  const shape: Shape = { members: new Set(), open: [] }
  try {
    collect(JSON.parse(body), '', shape)
  } catch {
    // No JSON: no members.
  }
  return shape
}

function collect(value: unknown, path: string, shape: Shape): void {
  if (Array.isArray(value)) {
    if (value.length === 0) shape.open.push(`${path}[]`)
    for (const item of value) collect(item, `${path}[]`, shape)
    return
  }
  if (typeof value !== 'object' || value === null) {
    if (value === null) shape.open.push(`${path}.`, `${path}[]`)
    return
  }
  for (const [name, member] of Object.entries(value)) {
    const memberPath = path === '' ? name : `${path}.${name}`
    shape.members.add(memberPath)
    collect(member, memberPath, shape)
  }
}

/** Without its query, which may hold what changes from run to run. */
function pathOf(url: string): string {
  return new URL(url, 'https://any.example').pathname
}

function calls(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`
}
