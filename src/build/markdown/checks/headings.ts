import type { MdastNode } from 'satteri'
import { jsxElementsOf } from '../jsx.ts'
import type { MarkdownMistake, Place } from '../markdown-mistake.ts'
import { type NodeOf, type Page, mistakeIn, nodesIn, startOf } from '../page.ts'
import { isSplash } from '../front-matter.ts'

/**
 * Headings are the outline by which a screen reader moves: one h1, and no level left out on the way down. The title in
 * the frontmatter is the h1, but for a page with the template "splash", which writes its own.
 */
export function checkHeadings(page: Page): MarkdownMistake[] {
  const mistakes: MarkdownMistake[] = []
  const isOwnTitleWanted = isSplash(page)
  let above = isOwnTitleWanted ? 0 : 1
  for (const { place, level, isEmpty } of headingsOf(page)) {
    if (isEmpty) {
      mistakes.push(
        mistakeIn(page, place, 'This heading is empty.', 'Write its text, or remove it.'),
      )
    } else if (level === 1 && above > 0) {
      const problem = isOwnTitleWanted
        ? 'This page has a first heading already.'
        : 'The title of the frontmatter is the first heading of the page, and a page has one.'
      mistakes.push(mistakeIn(page, place, problem, 'Write ## for a section.'))
    } else if (level > above + 1) {
      const problem = `This heading of level ${level} stands below one of level ${above}, so level ${above + 1} is missing.`
      mistakes.push(
        mistakeIn(
          page,
          place,
          problem,
          `Write ${'#'.repeat(above + 1)} instead of ${'#'.repeat(level)}.`,
        ),
      )
    }
    above = level
  }
  return mistakes
}

interface Heading {
  readonly place: Place
  readonly level: number
  readonly isEmpty: boolean
}

function headingsOf(page: Page): Heading[] {
  const written = [...nodesIn(page.tree)].filter((node) => node.type === 'heading').map(headingOf)
  const tags = jsxElementsOf(page)
    .filter(({ name }) => /^h[1-6]$/.test(name))
    .map((tag) => ({ place: startOf(tag), level: Number(tag.name[1]), isEmpty: !hasText(tag) }))
  return [...written, ...tags].sort(
    (a, b) => a.place.line - b.place.line || a.place.column - b.place.column,
  )
}

function headingOf(node: NodeOf<'heading'>): Heading {
  return { place: startOf(node), level: node.depth, isEmpty: !hasText(node) }
}

function hasText(node: MdastNode): boolean {
  return [...nodesIn(node)].some(
    (part) => ('value' in part && part.value.trim() !== '') || ('alt' in part && part.alt !== ''),
  )
}
