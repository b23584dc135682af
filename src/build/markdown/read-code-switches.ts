import { checkBlocks } from './blocks.ts'
import { checkScenarios } from './check-scenarios.ts'
import { FenceInfoError, idLikeWord, isRunnable, parseFenceInfo } from './fence-info.ts'
import type { FenceInfo } from './fence-info.ts'
import type { Place } from './markdown-mistake.ts'
import { didYouMean } from './nearest-word.ts'
import {
  childrenOf,
  fenceMark,
  mistakeIn,
  parseMarkdown,
  parseMdx,
  startOf,
  textAt,
} from './page.ts'
import type { NodeOf, Page } from './page.ts'
import { checkSampleCode } from './sample-code.ts'
import { readSnippet } from './snippet.ts'

/** A group of samples that do the same thing in several languages. Its place is that of its `:::`. */
export interface CodeSwitch extends Place {
  /** Unique in its page. */
  readonly name: string
  /** At least one, each in another language. */
  readonly fences: readonly Fence[]
}

/** One sample. Its place is that of its opening backticks: the first line of `code` is the line below. */
export interface Fence extends FenceInfo, Place {
  /** Lines joined by `\n`, without a last one. Where the attribute `file` names a file, its text. */
  readonly code: string
  readonly runnable: boolean
}

/**
 * Reads every code-switch of a page, in order, and proves on the way that all its blocks are well formed.
 * @param source the whole file, front matter included, so that lines count as in an editor
 * @param path names the file in errors, and says by `.mdx` how it is parsed
 * @throws {MarkdownMistake} at the first thing that its writer must mend
 */
export function readCodeSwitches(source: string, path: string): CodeSwitch[] {
  return codeSwitchesOf(parsePage(source, path))
}

/** The same of a page that is parsed already. */
export function codeSwitchesOf(page: Page): CodeSwitch[] {
  checkBlocks(page)
  checkScenarios(page)
  const taken: TakenWords = { names: new Map(), ids: new Map() }
  return codeSwitchNodes(page.tree).map((node) => readCodeSwitch(node, page, taken))
}

/** Where each name and id of a page was seen first. */
interface TakenWords {
  readonly names: Map<string, Place>
  readonly ids: Map<string, Place>
}

type Block = NodeOf<'containerDirective'>

/**
 * Parses a page by the ending of its path.
 * @throws {MarkdownMistake} where MDX cannot be read at all
 */
export function parsePage(source: string, path: string): Page {
  if (!path.endsWith('.mdx')) return parseMarkdown(source, path)
  try {
    return parseMdx(source, path)
  } catch (error) {
    // To MDX the braces of `::: code-switch{name="a" b}` are broken code: say first what the writer mistyped.
    checkBlocks(parseMarkdown(source, path))
    throw error
  }
}

function codeSwitchNodes(node: Page['tree']): Block[] {
  if (node.type === 'containerDirective' && node.name === 'code-switch') return [node]
  return childrenOf(node).flatMap(codeSwitchNodes)
}

function readCodeSwitch(block: Block, page: Page, taken: TakenWords): CodeSwitch {
  const name = readName(block, page, taken)
  const fences = block.children.map((child) => readFence(fenceOf(child, page), page, taken))
  if (fences.length === 0) {
    const mend = 'Write one fence per language in it: ```python who-am-i-python Python'
    throw mistakeIn(page, startOf(block), `The code-switch "${name}" is empty.`, mend)
  }
  checkLanguages(fences, page)
  return { name, ...startOf(block), fences }
}

function readName(block: Block, page: Page, { names }: TakenWords): string {
  const { name, ...others } = block.attributes ?? {}
  const opening = textAt(page, startOf(block))
  const at = (text: string) => placeIn(startOf(block), Math.max(0, opening.indexOf(text)))
  if (!name) {
    const mend = 'Write :::code-switch{name="who-am-i"}, in one line.'
    throw mistakeIn(page, startOf(block), 'This code-switch has no name.', mend)
  }
  const stranger = Object.keys(others)[0]
  if (stranger) {
    const problem = `"${stranger}" is no attribute of a code-switch.`
    throw mistakeIn(page, at(stranger), problem, didYouMean(stranger, ['name']))
  }
  if (!idLikeWord.test(name)) {
    const mend = 'Begin with a letter and go on with letters, digits, "-" and "_", as in who-am-i.'
    throw mistakeIn(page, at(name), `"${name}" cannot name a code-switch.`, mend)
  }
  take(names, name, at(name), page, 'name')
  return name
}

function fenceOf(child: Block['children'][number], page: Page): NodeOf<'code'> {
  const isFence = child.type === 'code' && fenceMark(textAt(page, startOf(child))) !== ''
  if (isFence) return child
  const mend = 'Move it above or below the block, or close the block before it with ":::".'
  throw mistakeIn(page, startOf(child), 'A code-switch holds fences and nothing else.', mend)
}

function readFence(node: NodeOf<'code'>, page: Page, { ids }: TakenWords): Fence {
  const place = startOf(node)
  const opening = textAt(page, place)
  const mark = fenceMark(opening)
  const info = opening.slice(mark.length)
  const infoPlace = placeIn(place, mark.length)
  const parsed = parseInfo(info, infoPlace, page)
  const beforeId = /^\s*\S+\s+/.exec(info)?.[0] ?? ''
  take(ids, parsed.id, placeIn(infoPlace, beforeId.length), page, 'id')
  const runnable = isRunnable(parsed)
  const { file } = parsed.attributes
  const code = file === undefined ? withLineFeeds(node.value) : codeIn(file, { node, place, page })
  checkSampleCode({ place, mark, code, runnable, ...(file !== undefined && { file }) }, page)
  return { ...parsed, ...place, code, runnable }
}

const withLineFeeds = (text: string) => text.replaceAll(/\r\n?/g, '\n')

/** The code of a fence that only names a file. */
function codeIn(
  file: string,
  { node, place, page }: { node: NodeOf<'code'>; place: Place; page: Page },
): string {
  const at = placeIn(place, Math.max(0, textAt(page, place).indexOf('file=')))
  if (node.value.trim() !== '') {
    const mend = 'Remove the code from the fence, or the attribute.'
    throw mistakeIn(page, at, `This fence holds code and names ${file} as well.`, mend)
  }
  const code = readSnippet(file)
  if (code !== undefined) return withLineFeeds(code).replace(/\n$/, '')
  const mend = `Make the file content/${file}, or name another one.`
  throw mistakeIn(page, at, `There is no file content/${file}.`, mend)
}

function parseInfo(info: string, place: Place, page: Page): FenceInfo {
  try {
    return parseFenceInfo(info)
  } catch (error) {
    if (!(error instanceof FenceInfoError)) throw error
    throw mistakeIn(page, placeIn(place, error.offset), error.message, error.mend)
  }
}

function checkLanguages(fences: readonly Fence[], page: Page): void {
  const seen = new Map<string, Fence>()
  for (const fence of fences) {
    const other = seen.get(fence.language)
    if (other) {
      const problem = `This code-switch has two fences in ${fence.language}, the other in line ${other.line}.`
      throw mistakeIn(page, fence, problem, 'Make a code-switch of its own out of one of them.')
    }
    seen.set(fence.language, fence)
  }
}

function take(
  taken: Map<string, Place>,
  word: string,
  place: Place,
  page: Page,
  what: string,
): void {
  const first = taken.get(word)
  if (first) {
    const problem = `The ${what} "${word}" is taken by line ${first.line}.`
    throw mistakeIn(page, place, problem, `Choose another ${what}: it must be unique in its page.`)
  }
  taken.set(word, place)
}

const placeIn = ({ line, column }: Place, offset: number): Place => ({
  line,
  column: column + offset,
})
