import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RecordedExchange, isRecordedExchange } from '#recorded-exchange.ts'

/** What CI saw when it ran a sample: kept beside the pages, and shown under the sample. Holds no value of a run. */
export interface RecordedOutput {
  /** Printed text; what changes from run to run (accounts, times, tokens) is replaced by an example of its kind. */
  readonly text: string
  /** In the order in which they were sent. */
  readonly exchanges: readonly RecordedExchange[]
}

/** Where pages lie, below the project. */
export const contentFolder = 'content'

/** Where a sample's record lies, below the project. @param page its path below `content/`, without ending */
export function recordedPath(page: string, group: string, language: string): string {
  return join(contentFolder, 'snippets', '_recorded', page, group, `${language}.json`)
}

/** Reads the record of a sample. @returns undefined where it has none yet */
export function readRecordedOutput(path: string): RecordedOutput | undefined {
  if (!existsSync(path)) return undefined
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (isRecordedOutput(value)) return value
  throw new TypeError(`${path} is no recorded output. Write it anew: npm run samples -- --update`)
}

/**
 * The paths of the members of a JSON answer, which is its shape: two answers of one shape have the same ones.
 * @param body as it came
 */
export function membersOf(body: string): string[] {
  try {
    return [...new Set(memberPaths(JSON.parse(body), ''))].sort()
  } catch {
    return []
  }
}

function memberPaths(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => memberPaths(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const memberPath = path === '' ? name : `${path}.${name}`
    return [memberPath, ...memberPaths(member, memberPath)]
  })
}

function isRecordedOutput(value: unknown): value is RecordedOutput {
  if (typeof value !== 'object' || value === null) return false
  const { text, exchanges } = value as Record<string, unknown>
  return typeof text === 'string' && Array.isArray(exchanges) && exchanges.every(isRecordedExchange)
}
