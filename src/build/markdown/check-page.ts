import { checkAnchors } from './checks/anchors.ts'
import { checkComponents } from './checks/components.ts'
import { checkErrorCodes } from './checks/error-codes.ts'
import { checkFrontMatter } from './checks/front-matter.ts'
import { checkHeadings } from './checks/headings.ts'
import { checkImages } from './checks/images.ts'
import { checkLinks } from './checks/links.ts'
import { checkSamples } from './checks/samples.ts'
import { checkTables } from './checks/tables.ts'
import { MarkdownMistake } from './markdown-mistake.ts'
import type { Page } from './page.ts'
import { type CodeSwitch, codeSwitchesOf, parsePage } from './read-code-switches.ts'
import type { Site } from './site.ts'

/** What a page turned out to be. */
export interface CheckedPage {
  /** In the order of its lines; empty where nothing is wrong. */
  readonly mistakes: readonly MarkdownMistake[]
  readonly codeSwitches: readonly CodeSwitch[]
}

/** What is proved of a page whose blocks are well formed, each by itself. A new rule is a file and a word here. */
const checks: readonly ((page: Page, site: Site) => MarkdownMistake[])[] = [
  checkHeadings,
  checkAnchors,
  checkLinks,
  checkImages,
  checkComponents,
  checkTables,
  checkErrorCodes,
]

/**
 * Finds everything that is wrong with a page. The build, `astro dev` and `npm run check` all go by it.
 * @param source the whole file, frontmatter included, so that lines count as in an editor
 * @param path of the file, below the project: names it in mistakes, and says what its links are relative to
 */
export function checkPage(source: string, path: string, site: Site): CheckedPage {
  const frontMatter = checkFrontMatter(source, path)
  try {
    const page = parsePage(source, path)
    const codeSwitches = codeSwitchesOf(page)
    const found = checks.flatMap((check) => check(page, site))
    const mistakes = [...frontMatter, ...found, ...checkSamples(codeSwitches, page)]
    return { mistakes: mistakes.sort(byPlace), codeSwitches }
  } catch (error) {
    // Where a block or the MDX is malformed, the rest of the page cannot be read as it is meant.
    if (error instanceof MarkdownMistake)
      return { mistakes: [...frontMatter, error], codeSwitches: [] }
    throw error
  }
}

const byPlace = (a: MarkdownMistake, b: MarkdownMistake): number =>
  a.line - b.line || a.column - b.column
