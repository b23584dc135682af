import type { MdastNode } from 'satteri'
import {
  apiBlockNames,
  apiWordNames,
  isApiBlockName,
  readApiBlock,
  readApiWord,
} from './api-block.ts'
import type { MarkdownMistake, Place } from './markdown-mistake.ts'
import { didYouMean, nearestWord } from './nearest-word.ts'
import { bareLine, childrenOf, endLineOf, fenceMark, mistakeIn, startOf, textAt } from './page.ts'
import type { NodeOf, Page } from './page.ts'

/** The blocks (`:::name`) of a page: ours and Starlight's asides. A new block is a plugin and a word here. */
const blockNames: readonly string[] = [
  'code-switch',
  'scenario',
  ...apiBlockNames,
  'note',
  'tip',
  'caution',
  'danger',
]

/** How the blocks begin that need more than their name. */
const openings: ReadonlyMap<string, string> = new Map([
  ['code-switch', ':::code-switch{name="who-am-i"}'],
  ['scenario', ':::scenario{name="revoked-key"}'],
])

/**
 * Proves that each line of colons in a page begins or ends a block that we know. Markdown itself is silent: it
 * prints a mistyped block as text, and closes an unclosed one at the end of the page.
 * @throws {MarkdownMistake} at the first that does not
 */
export function checkBlocks(page: Page): void {
  checkNode(page.tree, page)
}

function checkNode(node: MdastNode, page: Page): void {
  if (node.type === 'containerDirective') checkBlock(node, page)
  if (node.type === 'leafDirective' || node.type === 'textDirective') checkShortBlock(node, page)
  if (node.type === 'paragraph' || node.type === 'heading') checkText(node, page)
  for (const child of childrenOf(node)) checkNode(child, page)
}

function checkBlock(block: NodeOf<'containerDirective'>, page: Page): void {
  const start = startOf(block)
  if (!blockNames.includes(block.name)) {
    throw mistakeIn(
      page,
      start,
      `There is no block ":::${block.name}".`,
      didYouMean(block.name, blockNames),
    )
  }
  // An open fence goes on to the end of the page, and the colons of its block are code to it.
  const last = block.children.at(-1)
  if (last?.type === 'code' && !isClosedFence(last, page)) {
    throw mistakeIn(page, startOf(last), 'This fence is never closed.', 'Write ``` below its code.')
  }
  if (!isClosed(block, page)) {
    throw mistakeIn(
      page,
      start,
      `This ${block.name} is never closed.`,
      'Write ":::" in a line of its own at its end.',
    )
  }
  if (isApiBlockName(block.name)) readApiBlock(block, block.name, page)
}

/** A block ends at its own colons; the end of the page and the colons of a block inside it do not count. */
function isClosed(block: NodeOf<'containerDirective'>, page: Page): boolean {
  const end = endLineOf(block)
  const lastLine = bareLine(page, end).trimEnd()
  return (
    end > startOf(block).line &&
    /^:{3,}$/.test(lastLine) &&
    lastLine.length >= colonsOf(textAt(page, startOf(block))).length &&
    !endsWithBlock(block, end)
  )
}

function endsWithBlock(node: MdastNode, line: number): boolean {
  const last = childrenOf(node).at(-1)
  if (!last || endLineOf(last) !== line) return false
  return last.type === 'containerDirective' || endsWithBlock(last, line)
}

function isClosedFence(code: NodeOf<'code'>, page: Page): boolean {
  const mark = fenceMark(textAt(page, startOf(code)))
  const lastLine = bareLine(page, endLineOf(code)).trimEnd()
  return (
    mark === '' ||
    (endLineOf(code) > startOf(code).line &&
      lastLine === fenceMark(lastLine) &&
      lastLine.startsWith(mark))
  )
}

/** With one or two colons Markdown reads a word or a line, and Starlight prints it. */
function checkShortBlock(node: NodeOf<'leafDirective' | 'textDirective'>, page: Page): void {
  if (node.type === 'textDirective' && checkWord(node, page)) return
  const meant = nearestWord(
    node.name,
    node.type === 'leafDirective' ? blockNames : [...openings.keys()],
  )
  if (meant) throw notABlock(meant, startOf(node), page)
}

/** A word of ours, such as `:error[not_found]`. @returns whether it is one */
function checkWord(node: NodeOf<'textDirective'>, page: Page): boolean {
  if (apiWordNames.includes(node.name)) {
    readApiWord(node, page)
    return true
  }
  const meant = node.children.length > 0 ? nearestWord(node.name, apiWordNames) : undefined
  if (meant === undefined) return false
  const problem = `There is no word ":${node.name}[]".`
  throw mistakeIn(page, startOf(node), problem, `Did you mean :${meant}[]?`)
}

function checkText(text: NodeOf<'paragraph' | 'heading'>, page: Page): void {
  const start = startOf(text)
  for (let line = start.line; line <= endLineOf(text); line++) {
    const bare = line === start.line ? textAt(page, start) : bareLine(page, line)
    const column = (page.lines[line - 1] ?? '').length - bare.length + 1
    checkTextLine(bare, { line, column }, page)
  }
}

function checkTextLine(text: string, place: Place, page: Page): void {
  const colons = colonsOf(text)
  if (colons.length < 2) return
  const name = /^[\w-]*/.exec(text.slice(colons.length).trimStart())?.[0] ?? ''
  const meant = nearestWord(name, blockNames)
  if (meant) throw notABlock(meant, place, page)
  if (colons.length === 2) return
  throw name
    ? mistakeIn(page, place, `"${colons}" begins no block here.`, didYouMean(name, blockNames))
    : mistakeIn(page, place, `"${colons}" closes no block here.`, 'Remove it, or open the block.')
}

function notABlock(meant: string, place: Place, page: Page): MarkdownMistake {
  const opening = openings.get(meant) ?? `:::${meant}`
  const mend = `Write ${opening} in a line of its own, with three colons and no space behind them.`
  return mistakeIn(page, place, `This begins no ${meant} and would be printed as text.`, mend)
}

const colonsOf = (text: string) => /^:*/.exec(text)?.[0] ?? ''
