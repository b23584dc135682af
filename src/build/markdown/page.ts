import { markdownToMdast, mdxToMdast, type MdastNode } from 'satteri'
import { MarkdownMistake, type Place } from './markdown-mistake.ts'

/** The source of one page with its syntax tree, whose positions count from the first line of the file. */
export interface Page {
  readonly path: string
  readonly source: string
  readonly lines: readonly string[]
  readonly tree: MdastNode
}

export type NodeOf<Type extends MdastNode['type']> = Extract<MdastNode, { type: Type }>

const options = { features: { directive: true } } as const

/** Parses the source of a page as Markdown, which never fails. */
export function parseMarkdown(source: string, path: string): Page {
  return { path, source, lines: linesOf(source), tree: markdownToMdast(source, options) }
}

/** Parses the source of a page as MDX. @throws {MarkdownMistake} where its JSX or an expression is malformed */
export function parseMdx(source: string, path: string): Page {
  try {
    return { path, source, lines: linesOf(source), tree: mdxToMdast(source, options) }
  } catch (error) {
    throw mdxMistake(error, path)
  }
}

/** Makes the mistake that is to be thrown. @param problem what is wrong @param mend what the writer does about it */
export function mistakeIn(
  page: Page,
  place: Place,
  problem: string,
  mend: string,
): MarkdownMistake {
  return new MarkdownMistake({ path: page.path, ...place, problem, mend })
}

/** Where a node begins. */
export function startOf(node: MdastNode): Place {
  if (!node.position) throw new TypeError(`${node.type} was parsed without its position`)
  return { line: node.position.start.line, column: node.position.start.column }
}

/** The last line of a node. */
export function endLineOf(node: MdastNode): number {
  if (!node.position) throw new TypeError(`${node.type} was parsed without its position`)
  return node.position.end.line
}

/** The rest of the line at a place. */
export function textAt(page: Page, { line, column }: Place): string {
  return page.lines[line - 1]?.slice(column - 1) ?? ''
}

/** A line without the marks of the quotes and lists it stands in. */
export function bareLine(page: Page, line: number): string {
  return (page.lines[line - 1] ?? '').replace(/^[\s>]*/, '')
}

/** The backticks or tildes that a line begins with, at least three; empty where it begins otherwise. */
export function fenceMark(text: string): string {
  return /^(`{3,}|~{3,})/.exec(text)?.[0] ?? ''
}

export function childrenOf(node: MdastNode): readonly MdastNode[] {
  return 'children' in node ? node.children : []
}

/** A node with everything in it, in the order of the page. */
export function* nodesIn(node: MdastNode): Generator<MdastNode> {
  yield node
  for (const child of childrenOf(node)) yield* nodesIn(child)
}

/**
 * Where a text stands inside a node: an attribute, the target of a link.
 * @returns the start of the node where its source does not hold the text as such, such as an escaped one
 */
export function placeInside(page: Page, node: MdastNode, text: string): Place {
  const start = startOf(node)
  for (let line = start.line; line <= endLineOf(node); line++) {
    const from = line === start.line ? start.column - 1 : 0
    const found = (page.lines[line - 1] ?? '').indexOf(text, from)
    if (text !== '' && found !== -1) return { line, column: found + 1 }
  }
  return start
}

const linesOf = (source: string) => source.split(/\r\n|\n|\r/)

/** Sätteri's parser writes the place into the message: `5:1: Unexpected character (mdx-jsx:unexpected-character)`. */
function mdxMistake(error: unknown, path: string): unknown {
  const message = error instanceof Error ? error.message : ''
  const [, line, column, problem] = /^(\d+):(\d+): (.*)$/s.exec(message) ?? []
  if (!problem) return error
  const mend = 'MDX reads { and < as code: write \\{ and \\< where the text means the character.'
  return new MarkdownMistake({
    path,
    line: Number(line),
    column: Number(column),
    problem: `${plainProblem(problem)}.`,
    mend,
  })
}

/** The parser's own words, without its name and the name of its rule. */
function plainProblem(problem: string): string {
  return problem
    .replace(/^Could not parse (\w+) with \w+:/, 'This $1 is no JavaScript:')
    .replace(/ \((?:mdx[\w-]*:[\w-]+|note:.*)\).*$/s, '')
    .replace(/\.$/, '')
}
