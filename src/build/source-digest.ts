import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a page depends on that is made by code: the code itself, its packages, and what samples have printed. */
const sources = [
  'src/**/*.{ts,json}',
  'content/snippets/**/*',
  '{astro,ec}.config.mjs',
  'package{,-lock}.json',
]

/** One digest over everything that makes a page of something else than its own file. @param root of the project */
export function sourceDigest(root: string): string {
  const hash = createHash('sha256')
  const files = globSync(sources, { cwd: root, withFileTypes: true })
  const paths = files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  for (const path of paths.sort()) hash.update(path.slice(root.length)).update(readFileSync(path))
  return hash.digest('hex')
}
