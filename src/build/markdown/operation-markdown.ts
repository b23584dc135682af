import { errorRow } from '#api/error-codes.ts'
import { errorPage } from '../reference/error-anchors.ts'
import type { Member } from '../reference/member.ts'
import { type Operation, pageOf } from '../reference/operations.ts'
import { refusalsOf } from '../reference/refusals.ts'
import { type ExchangeRecord, readExchange } from '../samples/exchange-record.ts'
import { type ApiBlock, readApiBlock, type ApiBlockName, readApiWord } from './api-block.ts'
import { firstItems } from './first-items.ts'
import { lanesInWords, placesInWords } from './operation-elements.ts'
import { type NodeOf, type Page, parseMarkdown } from './page.ts'

/**
 * One of our blocks as Markdown that any reader understands: lists and a table for what the API says of itself, the
 * two messages for an exchange.
 * @param text the block with its lines of colons
 */
export function apiBlockMarkdown(text: string, name: ApiBlockName): string[] {
  const page = parseMarkdown(text, 'page.md')
  const [node] = 'children' in page.tree ? page.tree.children : []
  if (node?.type !== 'containerDirective') throw new TypeError(`this is no block: ${text}`)
  return blockMarkdown(readApiBlock(node, name, page))
}

function blockMarkdown(block: ApiBlock): string[] {
  switch (block.kind) {
    case 'endpoint':
      return endpointMarkdown(block.operation)
    case 'parameters':
      return block.operation.parameters.flatMap(({ place, type, members }) => [
        `${placesInWords[place]}${type === undefined ? '' : `, \`${type}\``}:`,
        '',
        ...memberLines(members),
        '',
      ])
    case 'answers':
      return block.operation.answers.flatMap(({ status, description, headers, members }) => [
        `${status} ${description}`,
        '',
        ...memberLines([...headers, ...members]),
        '',
      ])
    case 'errors':
      return errorsMarkdown(block.operation)
    case 'request': {
      const record = readExchange(block.name)
      return record === undefined ? [] : exchangeMarkdown(record)
    }
  }
}

/** A sentence in which our words are links. What stands between backticks is left as it is. */
export function apiWordsMarkdown(line: string): string {
  return line.replaceAll(
    /(`+)[^`]*\1|:(?:endpoint|error)\[[^\]]+\]/g,
    (found: string, ticks: string | undefined) =>
      ticks === undefined ? wordMarkdown(found) : found,
  )
}

function wordMarkdown(text: string): string {
  const page = parseMarkdown(text, 'page.md')
  const node = firstWord(page)
  if (node === undefined) return text
  const word = readApiWord(node, page)
  return word.kind === 'endpoint'
    ? `[\`${word.operation.inPlayground.id}\`](${pageOf(word.operation)})`
    : `[\`${word.code}\`](${errorPage(word.code)})`
}

function firstWord({ tree }: Page): NodeOf<'textDirective'> | undefined {
  const [paragraph] = 'children' in tree ? tree.children : []
  const [node] = paragraph?.type === 'paragraph' ? paragraph.children : []
  return node?.type === 'textDirective' ? node : undefined
}

function endpointMarkdown({ method, path, lane }: Operation): string[] {
  const { before, link, href, after } = lanesInWords[lane] ?? {
    before: '',
    link: '',
    href: '',
    after: '',
  }
  const way = link === '' ? '' : `[${link}](${href})`
  return [`\`${method} ${path}\``, '', `${before}${way}${after}`]
}

function memberLines(members: readonly Member[], indent = ''): string[] {
  return members.flatMap(({ name, type, required, description, limits, members: inner }) => {
    const facts = [type, ...(required ? [] : ['may be left out']), ...limits]
    const line = `${indent}- \`${name}\` (${facts.join(', ')})${description ? `: ${description}` : ''}`
    return [line, ...memberLines(inner, `${indent}  `)]
  })
}

function errorsMarkdown(operation: Operation | undefined): string[] {
  const rows = refusalsOf(operation).map(({ status, word, code }) => {
    const { anchor, title } = errorRow(code)
    return `| ${status} | [\`${word}\`](${errorPage(anchor)}) | ${title}. |`
  })
  return ['| Status | Code | What it means |', '| --- | --- | --- |', ...rows]
}

function exchangeMarkdown({
  request,
  status,
  statusText,
  headers,
  body,
}: ExchangeRecord): string[] {
  const { text, left } = firstItems(body)
  return [
    'The request:',
    '',
    '```http',
    ...request.split('\n'),
    '```',
    '',
    'The answer:',
    '',
    '```http',
    `${status} ${statusText}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(text === '' ? [] : ['', ...text.split('\n')]),
    '```',
    ...(left > 0 ? ['', `The answer has ${left} more items; they are left out here.`] : []),
  ]
}
