import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentFolder } from '../samples/recorded-output.ts'

/**
 * Reads code that is kept in a file of its own.
 * @param file as the attribute of a fence names it: `snippets/who-am-i.py`
 * @returns undefined where there is none
 */
export function readSnippet(file: string): string | undefined {
  const path = join(contentFolder, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
