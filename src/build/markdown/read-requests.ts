import { isApiBlockName, readApiBlock, type RequestBlock } from './api-block.ts'
import type { Place } from './markdown-mistake.ts'
import { childrenOf, type NodeOf, type Page, startOf } from './page.ts'
import type { PageSource } from './page-source.ts'
import { parsePage } from './read-code-switches.ts'

/** A request of a page, with where it stands. */
export interface PlacedRequest {
  readonly block: RequestBlock
  readonly page: Page
  readonly place: Place
}

/**
 * Reads every `:::request` of a page, in order.
 * @throws {MarkdownMistake} at the first that its writer must mend
 */
export function readRequests({ source, path }: PageSource): PlacedRequest[] {
  if (!source.includes(':::request')) return []
  const page = parsePage(source, path)
  return blocksOf(page.tree).flatMap((node) => {
    if (!isApiBlockName(node.name)) return []
    const block = readApiBlock(node, node.name, page)
    return block.kind === 'request' ? [{ block, page, place: startOf(node) }] : []
  })
}

function blocksOf(node: Page['tree']): NodeOf<'containerDirective'>[] {
  const below = childrenOf(node).flatMap(blocksOf)
  return node.type === 'containerDirective' ? [node, ...below] : below
}
