import type { Exchange, HeaderList } from '#runner/contract.ts'
import type { RequestState } from './request.ts'

/** A request of this session, and how it went. */
export interface Entry {
  /** From 1, in the order of sending. */
  number: number
  /** What it was made of, for sending it again. */
  state: RequestState
  exchange: Exchange
}

/** Exchanges that a session remembers: the oldest goes first. */
export const maxEntries = 50

/** One line of two exchanges laid side by side. */
export interface DifferenceRow {
  about: string
  left: string
  right: string
  isSame: boolean
}

/** The requests of a session, newest first, in memory only. */
export class History {
  #entries: readonly Entry[] = []
  #sent = 0

  get entries(): readonly Entry[] {
    return this.#entries
  }

  add(state: RequestState, exchange: Exchange): void {
    this.#sent += 1
    this.#entries = [{ number: this.#sent, state, exchange }, ...this.#entries].slice(0, maxEntries)
  }

  clear(): void {
    this.#entries = []
  }
}

/** Lays two exchanges side by side: request, answer, and each line of their bodies. */
export function differencesOf(left: Exchange, right: Exchange): DifferenceRow[] {
  const [one, other] = [summaryOf(left), summaryOf(right)]
  return [
    ...[...one.keys()].flatMap((about) => rowsOf(about, one.get(about), other.get(about))),
    ...headerRows('Request header', left.request.headers, right.request.headers),
    ...headerRows('Answer header', left.response?.headers, right.response?.headers),
    ...bodyRows(left.response?.body ?? '', right.response?.body ?? ''),
  ]
}

function summaryOf({ request, response, error }: Exchange): Map<string, string> {
  const { pathname, search } = new URL(request.url)
  return new Map([
    ['Request', `${request.method} ${pathname}${search}`],
    ['Request body', request.body ?? ''],
    ['Answer', response ? `${response.status} ${response.statusText}`.trim() : (error ?? '')],
  ])
}

/** A header that is there several times is laid beside its like, the first beside the first. */
function headerRows(about: string, left: HeaderList = [], right: HeaderList = []): DifferenceRow[] {
  const [one, other] = [valuesByName(left), valuesByName(right)]
  const names = [...new Set([...one.keys(), ...other.keys()])].toSorted()
  return names.flatMap((name) => {
    const [some, others] = [one.get(name) ?? [], other.get(name) ?? []]
    const count = Math.max(some.length, others.length)
    return Array.from({ length: count }, (_, at) => {
      const number = count === 1 ? '' : ` (${at + 1} of ${count})`
      return rowsOf(`${about} ${name}${number}`, some[at], others[at])
    }).flat()
  })
}

function valuesByName(headers: HeaderList): Map<string, string[]> {
  const byName = Map.groupBy(headers, ([name]) => name.toLowerCase())
  return new Map([...byName].map(([name, pairs]) => [name, pairs.map(([, value]) => value)]))
}

function rowsOf(about: string, left = '', right = ''): DifferenceRow[] {
  return left === '' && right === '' ? [] : [{ about, left, right, isSame: left === right }]
}

/** Members of a JSON answer by their path, so that a moved line is none that has changed. */
function bodyRows(left: string, right: string): DifferenceRow[] {
  const [one, other] = [leavesOf(left), leavesOf(right)]
  const paths = [...new Set([...one.keys(), ...other.keys()])]
  return paths.flatMap((path) =>
    rowsOf(`Answer body ${path}`.trim(), one.get(path), other.get(path)),
  )
}

function leavesOf(body: string): Map<string, string> {
  const leaves = new Map<string, string>()
  const walk = (path: string, value: unknown): void => {
    const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
    if (members.length === 0) leaves.set(path, JSON.stringify(value))
    for (const [name, member] of members) walk(`${path}/${name}`, member)
  }
  try {
    walk('', JSON.parse(body))
  } catch {
    if (body !== '') leaves.set('', body)
  }
  return leaves
}
