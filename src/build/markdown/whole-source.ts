import { existsSync, readFileSync } from 'node:fs'

/** Astro cuts the front matter off before it renders: lines count right only in the file itself. */
export function wholeSource(source: string, path: string): string {
  const file = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return file.includes(source.trim()) ? file : source
}
