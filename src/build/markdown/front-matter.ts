import { type Document, LineCounter, parseDocument } from 'yaml'
import type { Page } from './page.ts'

/** The YAML between the two lines of hyphens at the beginning of a page. */
export interface FrontMatter {
  readonly yaml: Document.Parsed
  /** Counts lines of the YAML, whose first one is the second of the page. */
  readonly counter: LineCounter
}

let last: { readonly source: string; readonly found: FrontMatter | undefined } | undefined

/** @returns undefined where a page does not begin with frontmatter, or does not end it */
export function frontMatterOf(source: string): FrontMatter | undefined {
  // Several checks in a row ask about one page.
  if (last?.source !== source) last = { source, found: readFrontMatter(source) }
  return last.found
}

function readFrontMatter(source: string): FrontMatter | undefined {
  const [, text] =
    /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\r?\n|$)/m.exec(source) ?? []
  if (text === undefined || !/^\uFEFF?---/.test(source)) return undefined
  const counter = new LineCounter()
  // Astro reads dates as dates.
  const yaml = parseDocument(text, {
    lineCounter: counter,
    customTags: ['timestamp'],
    prettyErrors: false,
  })
  return { yaml, counter }
}

/** Whether a page writes its first heading itself, as the landing page does. */
export function isSplash(page: Page): boolean {
  return frontMatterOf(page.source)?.yaml.get('template') === 'splash'
}
