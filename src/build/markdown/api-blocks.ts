import type {
  Custom,
  MdastPluginDefinition,
  MdastVisitorContext,
  PluginFactoryContext,
} from 'satteri'
import { parseHttpRequest } from './http-request.ts'
import { exampleRequest } from '../reference/example-request.ts'
import { playgroundLink } from '../reference/playground-link.ts'
import type { ExchangeRecord } from '../samples/exchange-record.ts'
import {
  type ApiBlock,
  isApiBlockName,
  readApiBlock,
  readApiWord,
  apiWordNames,
  recordOf,
} from './api-block.ts'
import { exchangeElement } from './exchange-element.ts'
import {
  answersElement,
  endpointBadge,
  endpointElement,
  errorsElement,
  errorWord,
  parametersElement,
} from './operation-elements.ts'
import type { NodeOf, Page } from './page.ts'
import { pageSource } from './page-source.ts'
import { readRequests } from './read-requests.ts'

/**
 * Turns the blocks that tell of the API (`:::parameters{operation="listImages"}`) and the words that name a call or
 * a code (`:endpoint[listImages]`) into HTML that needs no script. Whoever checks the page first says every mistake
 * at its place in the file.
 */
export function apiBlocks() {
  return (document: PluginFactoryContext) => {
    const { source, path } = pageSource(document)
    const records = new Map<string, ExchangeRecord>()
    for (const { block, page, place } of readRequests({ source, path })) {
      records.set(block.name, recordOf(block, page, place))
    }
    const page: Page = { path, source, lines: [], tree: { type: 'root', children: [] } }
    return {
      name: 'api-blocks',
      containerDirective(node: NodeOf<'containerDirective'>, context: MdastVisitorContext) {
        if (!isApiBlockName(node.name)) return
        const block = readApiBlock(node, node.name, page)
        context.replaceNode(node, elementOf(block, records))
      },
      textDirective(node: NodeOf<'textDirective'>, context: MdastVisitorContext) {
        if (!apiWordNames.includes(node.name)) return
        const word = readApiWord(node, page)
        const badge =
          word.kind === 'endpoint' ? endpointBadge(word.operation) : errorWord(word.code)
        context.replaceNode(node, badge)
      },
    } satisfies MdastPluginDefinition
  }
}

function elementOf(block: ApiBlock, records: ReadonlyMap<string, ExchangeRecord>): Custom {
  switch (block.kind) {
    case 'endpoint': {
      const { operation } = block
      const playground = playgroundLink(exampleRequest(operation))
      return endpointElement(operation, playground ?? '/playground')
    }
    case 'parameters':
      return parametersElement(block.operation)
    case 'answers':
      return answersElement(block.operation)
    case 'errors':
      return errorsElement(block.operation)
    case 'request': {
      const record = records.get(block.name)
      if (record === undefined) throw new TypeError(`the record of ${block.name} was not read`)
      const request = parseHttpRequest(record.request)
      return exchangeElement({
        name: block.name,
        request,
        record,
        playground: playgroundLink(request),
      })
    }
  }
}
