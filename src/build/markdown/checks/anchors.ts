import { type Anchor, anchorsOf } from '../anchors.ts'
import type { MarkdownMistake } from '../markdown-mistake.ts'
import { type Page, mistakeIn, nodesIn, startOf } from '../page.ts'

const whatItIs = { heading: 'heading', sample: 'sample', element: 'id' } as const

/** A link must lead to one place: no two anchors of a page are the same, and no two headings of a section. */
export function checkAnchors(page: Page): MarkdownMistake[] {
  return [...repeatedIds(page), ...repeatedHeadings(page)]
}

function repeatedIds(page: Page): MarkdownMistake[] {
  const first = new Map<string, Anchor>()
  return anchorsOf(page).flatMap((anchor) => {
    const other = first.get(anchor.id)
    if (!other) first.set(anchor.id, anchor)
    // Two samples with one id are told by the code-switch itself.
    if (!other || (other.of === 'sample' && anchor.of === 'sample')) return []
    const problem = `The anchor "#${anchor.id}" is there twice: this ${whatItIs[anchor.of]}, and the ${whatItIs[other.of]} in line ${other.line}.`
    return [mistakeIn(page, anchor, problem, 'Give one of them another name.')]
  })
}

/** The second of two headings of one text gets the anchor `#text-1`, which changes when a third comes before it. */
function repeatedHeadings(page: Page): MarkdownMistake[] {
  const path = Array.from({ length: 6 }, () => '')
  const first = new Map<string, number>()
  return [...nodesIn(page.tree)].flatMap((node) => {
    if (node.type !== 'heading') return []
    const place = startOf(node)
    const text = (page.lines[place.line - 1] ?? '')
      .slice(place.column - 1)
      .replace(/^#+\s*|\s*#*$/g, '')
    path.fill('', node.depth - 1)[node.depth - 1] = text
    // A changelog may say "Fixed" under each version.
    const key = JSON.stringify(path)
    const line = first.get(key)
    if (line === undefined) {
      first.set(key, place.line)
      return []
    }
    const problem = `This section has the heading "${text}" already, in line ${line}, so a link to it leads to that one.`
    return [mistakeIn(page, place, problem, 'Choose another text.')]
  })
}
