import { scenarios } from '#playground/scenarios/catalogue.ts'
import type { Place } from './markdown-mistake.ts'
import { didYouMean } from './nearest-word.ts'
import { childrenOf, mistakeIn, startOf, textAt } from './page.ts'
import type { NodeOf, Page } from './page.ts'

const names = scenarios.map(({ name }) => name)
const example = 'Write :::scenario{name="revoked-key"}, and ::: in the line below it.'

/**
 * Proves that each `:::scenario` of a page names one that there is, once, and holds nothing else.
 * @throws {MarkdownMistake} at the first that does not
 */
export function checkScenarios(page: Page): void {
  const seen = new Map<string, Place>()
  for (const block of scenarioBlocks(page.tree)) {
    const { name, place } = readName(block, page)
    const first = seen.get(name)
    if (first) {
      const problem = `The scenario "${name}" is in line ${first.line} already.`
      throw mistakeIn(page, place, problem, 'Link to it: once is enough in a page.')
    }
    seen.set(name, place)
  }
}

type Block = NodeOf<'containerDirective'>

function scenarioBlocks(node: Page['tree']): Block[] {
  if (node.type === 'containerDirective' && node.name === 'scenario') return [node]
  return childrenOf(node).flatMap(scenarioBlocks)
}

function readName(block: Block, page: Page): { name: string; place: Place } {
  const start = startOf(block)
  const opening = textAt(page, start)
  const placeOf = (text: string): Place => ({
    line: start.line,
    column: start.column + Math.max(0, opening.indexOf(text)),
  })
  const { name, ...others } = block.attributes ?? {}
  if (!name) throw mistakeIn(page, start, 'This scenario has no name.', example)
  const [stranger] = Object.keys(others)
  if (stranger) {
    const problem = `"${stranger}" is no attribute of a scenario.`
    throw mistakeIn(page, placeOf(stranger), problem, didYouMean(stranger, ['name']))
  }
  if (!names.includes(name)) {
    const problem = `There is no scenario "${name}".`
    throw mistakeIn(page, placeOf(name), problem, didYouMean(name, names))
  }
  const [content] = block.children
  if (content) {
    const mend = 'Move it below the block: a scenario brings its own text.'
    throw mistakeIn(page, startOf(content), 'A scenario holds nothing.', mend)
  }
  return { name, place: placeOf(name) }
}
