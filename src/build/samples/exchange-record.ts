import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { contentFolder } from './recorded-output.ts'

/**
 * An exchange that a page shows without running it: kept beside the pages, made by sending the request to the real
 * server. Accounts, keys and tokens in it are replaced by the placeholders of the pages.
 */
export interface ExchangeRecord {
  /** As the page writes it. */
  readonly request: string
  readonly status: number
  readonly statusText: string
  /** In the order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** What records one: the mend of every mistake about it. */
export const recordCommand = 'npm run samples -- --exchanges --update'

/** Where the record of an exchange lies, below the project. @param name unique in all pages */
export function exchangePath(name: string): string {
  return join(contentFolder, 'snippets', '_exchanges', `${name}.json`)
}

/** Reads a record. @returns undefined where there is none yet */
export function readExchange(name: string): ExchangeRecord | undefined {
  const path = exchangePath(name)
  if (!existsSync(path)) return undefined
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (isExchangeRecord(value)) return value
  throw new TypeError(`${path} is no recorded exchange. Write it anew: ${recordCommand}`)
}

/** The names of all records. */
export function exchangeNames(): string[] {
  return globSync(exchangePath('*'))
    .map((path) => basename(path, '.json'))
    .sort()
}

function isExchangeRecord(value: unknown): value is ExchangeRecord {
  if (typeof value !== 'object' || value === null) return false
  const { request, status, statusText, headers, body } = value as Record<string, unknown>
  return (
    typeof request === 'string' &&
    typeof status === 'number' &&
    typeof statusText === 'string' &&
    Array.isArray(headers) &&
    headers.every(isHeader) &&
    typeof body === 'string'
  )
}

function isHeader(value: unknown): value is [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
  )
}
