import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type PlacedRequest, readRequests } from '#build/markdown/read-requests.ts'
import type { RequestBlock } from '#build/markdown/api-block.ts'
import {
  exchangeNames,
  exchangePath,
  type ExchangeRecord,
  readExchange,
  recordCommand,
} from '#build/samples/exchange-record.ts'
import { contentFolder, membersOf } from '#build/samples/recorded-output.ts'
import { recordExchange } from './record-exchange.ts'
import { readSamplePages } from './samples-in-pages.ts'

/** An exchange that a page shows: the request that it defines, and what is expected of the answer. */
export interface DefinedExchange {
  readonly name: string
  /** `content/docs/auth.mdx:12`, as a terminal makes a link of it. */
  readonly place: string
  readonly request: RequestBlock['request'] & {}
  readonly expect: number | undefined
}

/** What the answers to the requests of pages came to. */
export interface SettledExchanges {
  readonly count: number
  readonly failures: readonly string[]
  readonly changes: readonly string[]
}

/**
 * Finds the exchanges that the pages define, those of the reference included.
 * @param page only of this one, such as `docs/auth`
 */
export function definedExchanges(page?: string): DefinedExchange[] {
  return readSamplePages({ folder: contentFolder, page })
    .filter(({ mistake }) => mistake === undefined)
    .flatMap(({ file, source }) => readRequests({ path: file, source }))
    .flatMap(definedIn)
}

function definedIn({ block, page, place }: PlacedRequest): DefinedExchange[] {
  const { name, request, expect } = block
  if (request === undefined) return []
  return [{ name, place: `${page.path}:${place.line}`, request, expect }]
}

/**
 * Sends every request that the pages define, and holds the answers against their records.
 * @param options.update records what has another shape. @param options.page only of this page
 */
export async function settleExchanges(options: {
  update: boolean
  page?: string | undefined
}): Promise<SettledExchanges> {
  const { update, page } = options
  const defined = definedExchanges(page)
  const failures = twins(defined)
  const changes: string[] = []
  for (const exchange of defined) {
    const record = await recordExchange(exchange.request)
    const wrong = judgeStatus(exchange, record)
    const differences = differencesBetween(readExchange(exchange.name), record)
    if (wrong !== undefined) {
      failures.push(failureText(exchange, wrong))
    } else if (differences.length > 0 && update) {
      writeExchange(exchange.name, record)
      changes.push(`${exchangePath(exchange.name)}: ${differences.join('; ')}`)
    } else if (differences.length > 0) {
      const problem = `its answer is not the recorded one: ${differences.join('; ')}`
      failures.push(failureText(exchange, `${problem}\n  Record it: ${recordCommand}`))
    }
  }
  const stray = page === undefined ? strayExchanges(defined) : []
  if (update) for (const path of stray) rmSync(path)
  return {
    count: defined.length,
    failures: [
      ...failures,
      ...(update
        ? []
        : stray.map((path) => `✗ ${path} belongs to no page. Remove it: ${recordCommand}\n`)),
    ],
    changes: [...changes, ...(update ? stray.map((path) => `${path}: removed`) : [])],
  }
}

function failureText({ place, name }: DefinedExchange, problem: string): string {
  return `✗ ${place}: request ${name}\n  ${problem}\n`
}

function twins(defined: readonly DefinedExchange[]): string[] {
  return defined.flatMap((exchange, index) => {
    const first = defined.findIndex(({ name }) => name === exchange.name)
    const other = defined[first]?.place ?? ''
    return first === index ? [] : [failureText(exchange, `${other} has a request of this name.`)]
  })
}

function judgeStatus({ expect }: DefinedExchange, { status }: ExchangeRecord): string | undefined {
  if (expect === undefined) {
    return status < 400
      ? undefined
      : `It is answered with ${status}. Meant? Write expect="${status}".`
  }
  return status === expect ? undefined : `It is answered with ${status}, and ${expect} is expected.`
}

/** By shape: status, names of headers, members of the body. Values change from run to run. */
export function differencesBetween(
  before: ExchangeRecord | undefined,
  now: ExchangeRecord,
): string[] {
  if (before === undefined) return ['new']
  const headers = (record: ExchangeRecord): string[] => record.headers.map(([name]) => name)
  return [
    ...(before.request === now.request ? [] : ['the request is another one']),
    ...(before.status === now.status ? [] : [`${before.status} became ${now.status}`]),
    ...listDifferences('header', headers(before), headers(now)),
    ...listDifferences('member', membersOf(before.body), membersOf(now.body)),
  ]
}

function listDifferences(
  what: string,
  before: readonly string[],
  now: readonly string[],
): string[] {
  const gone = before.filter((name) => !now.includes(name))
  const added = now.filter((name) => !before.includes(name))
  return [
    ...gone.map((name) => `the ${what} ${name} is gone`),
    ...added.map((name) => `the ${what} ${name} is new`),
  ]
}

function writeExchange(name: string, record: ExchangeRecord): void {
  const path = exchangePath(name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(record, undefined, 2)}\n`)
}

function strayExchanges(defined: readonly DefinedExchange[]): string[] {
  const known = defined.map(({ name }) => name)
  return exchangeNames()
    .filter((name) => !known.includes(name))
    .map(exchangePath)
}
