import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PluginFactoryContext } from 'satteri'

/** What a writer has in the editor: the whole file, so that lines count as they do there. */
export interface PageSource {
  readonly source: string
  /** As a terminal makes a link of it. Says by `.mdx` how the source is parsed. */
  readonly path: string
}

/** The file of a page that is being rendered. */
export function pageSource({ fileURL, source, sourceFormat }: PluginFactoryContext): PageSource {
  if (!fileURL) return { source, path: sourceFormat === 'mdx' ? 'page.mdx' : 'page.md' }
  const path = fileURLToPath(fileURL)
  return { source: wholeSource(source, path), path: relative(process.cwd(), path) }
}

/** Astro cuts the front matter off before it renders: lines count right only in the file itself. */
function wholeSource(source: string, path: string): string {
  const file = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return file.includes(source.trim()) ? file : source
}
