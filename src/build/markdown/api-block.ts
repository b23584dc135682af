import { findOperation, type Operation, operations } from '../reference/operations.ts'
import { errorAnchors } from '../reference/error-anchors.ts'
import { exchangeNames, readExchange, recordCommand } from '../samples/exchange-record.ts'
import type { ExchangeRecord } from '../samples/exchange-record.ts'
import { idLikeWord } from './fence-info.ts'
import { type HttpRequest, HttpRequestError, parseHttpRequest } from './http-request.ts'
import type { Place } from './markdown-mistake.ts'
import { didYouMean } from './nearest-word.ts'
import { mistakeIn, type NodeOf, type Page, startOf, textAt } from './page.ts'

/** A block that says what the API says of itself, or shows an exchange with it. */
export type ApiBlock =
  | { readonly kind: 'endpoint' | 'parameters' | 'answers'; readonly operation: Operation }
  /** Without an operation: of all codes. */
  | { readonly kind: 'errors'; readonly operation: Operation | undefined }
  | ({ readonly kind: 'request' } & RequestBlock)

/** An exchange that is shown and not run. */
export interface RequestBlock {
  /** Unique in all pages. */
  readonly name: string
  /** The status that the answer has; undefined for any below 400. */
  readonly expect: number | undefined
  /** Undefined where the block shows what another one has defined. */
  readonly request: { readonly text: string; readonly parsed: HttpRequest } | undefined
}

/** A word of a sentence that stands for a call or for an error code, with the page that it leads to. */
export type ApiWord =
  | { readonly kind: 'endpoint'; readonly operation: Operation }
  | { readonly kind: 'error'; readonly code: string }

export type ApiBlockName = ApiBlock['kind']

const attributesOf = {
  endpoint: ['operation'],
  parameters: ['operation'],
  answers: ['operation'],
  errors: ['operation'],
  request: ['name', 'expect'],
} as const satisfies Record<ApiBlockName, readonly string[]>

/** The names of these blocks. */
export const apiBlockNames = Object.keys(attributesOf) as readonly ApiBlockName[]

/** The names of these words: `:endpoint[listImages]`. */
export const apiWordNames: readonly string[] = ['endpoint', 'error']

/** Tells whether a block is one of these. */
export function isApiBlockName(name: string): name is ApiBlockName {
  return Object.hasOwn(attributesOf, name)
}

type Block = NodeOf<'containerDirective'>

/**
 * Reads one of these blocks.
 * @throws {MarkdownMistake} at what its writer must mend
 */
export function readApiBlock(node: Block, name: ApiBlockName, page: Page): ApiBlock {
  checkAttributes(node, name, page)
  if (name === 'request') return { kind: name, ...readRequestBlock(node, page) }
  const [content] = node.children
  if (content !== undefined) {
    const mend = 'Move it below the block, and close the block in the line after its name.'
    throw mistakeIn(page, startOf(content), `The block "${name}" holds nothing.`, mend)
  }
  const operation = readOperation(node, page)
  if (name === 'errors') return { kind: name, operation }
  if (operation !== undefined) return { kind: name, operation }
  const mend = `Write :::${name}{operation="listImages"}, in one line.`
  throw mistakeIn(page, startOf(node), `This ${name} names no operation.`, mend)
}

/**
 * Reads the record of a request.
 * @throws {MarkdownMistake} where there is none, or one of another request
 */
export function recordOf(block: RequestBlock, page: Page, place: Place): ExchangeRecord {
  const { name, request } = block
  const record = readExchange(name)
  const mendRecord = `Record it: ${recordCommand}`
  if (record === undefined && request === undefined) {
    const mend = didYouMean(name, exchangeNames())
    throw mistakeIn(page, place, `No exchange has the name "${name}".`, mend)
  }
  if (record === undefined) {
    throw mistakeIn(page, place, `The answer to "${name}" is not recorded yet.`, mendRecord)
  }
  if (request !== undefined && request.text !== record.request) {
    throw mistakeIn(page, place, `"${name}" is recorded with another request.`, mendRecord)
  }
  return record
}

/** Reads a word such as `:error[not_found]`. @throws {MarkdownMistake} where there is no such call or code */
export function readApiWord(node: NodeOf<'textDirective'>, page: Page): ApiWord {
  const [label] = node.children
  const word = label?.type === 'text' ? label.value : ''
  if (node.name === 'endpoint') {
    return { kind: 'endpoint', operation: operationNamed(word, page, () => startOf(node)) }
  }
  if (errorAnchors.includes(word)) return { kind: 'error', code: word }
  throw mistakeIn(
    page,
    startOf(node),
    `There is no error "${word}".`,
    didYouMean(word, errorAnchors),
  )
}

function checkAttributes(node: Block, name: ApiBlockName, page: Page): void {
  const known: readonly string[] = attributesOf[name]
  const stranger = Object.keys(node.attributes ?? {}).find((word) => !known.includes(word))
  if (stranger === undefined) return
  const problem = `"${stranger}" is no attribute of the block "${name}".`
  throw mistakeIn(page, placeOf(node, stranger, page), problem, didYouMean(stranger, known))
}

function readOperation(node: Block, page: Page): Operation | undefined {
  const word = node.attributes?.['operation'] ?? ''
  if (word === '') return undefined
  return operationNamed(word, page, () => placeOf(node, word, page))
}

/** @param place asked for at a mistake only: a tree that is being rendered does not know it */
function operationNamed(word: string, page: Page, place: () => Place): Operation {
  const operation = findOperation(word)
  if (operation !== undefined) return operation
  // The path of a call may be cut at its brace, which ends the attributes of a block.
  const written = operations.find(({ inPlayground: { id } }) => word !== '' && id.startsWith(word))
  const mend = written
    ? `Write its name: ${written.name}.`
    : didYouMean(
        word,
        operations.map(({ name }) => name),
      )
  throw mistakeIn(page, place(), `There is no operation "${word}".`, mend)
}

function readRequestBlock(node: Block, page: Page): RequestBlock {
  const name = node.attributes?.['name'] ?? ''
  const expect = node.attributes?.['expect'] ?? ''
  if (name === '') {
    const mend = 'Write :::request{name="who-am-i"}, in one line.'
    throw mistakeIn(page, startOf(node), 'This request has no name.', mend)
  }
  if (!idLikeWord.test(name)) {
    const mend = 'Begin with a letter and go on with letters, digits, "-" and "_", as in who-am-i.'
    throw mistakeIn(page, placeOf(node, name, page), `"${name}" cannot name a request.`, mend)
  }
  if (expect !== '' && !/^[1-5]\d\d$/.test(expect)) {
    const problem = `expect="${expect}" cannot be read.`
    throw mistakeIn(page, placeOf(node, 'expect', page), problem, 'Write it like expect="401".')
  }
  const request = readRequest(node, page)
  return { name, expect: expect === '' ? undefined : Number(expect), request }
}

function readRequest(node: Block, page: Page): RequestBlock['request'] {
  const [fence, second] = node.children
  if (fence === undefined) return undefined
  const stranger = fence.type !== 'code' || fence.lang !== 'http' ? fence : second
  if (stranger !== undefined) {
    const mend = 'Write the request below ```http, and nothing else.'
    throw mistakeIn(page, startOf(stranger), 'A request holds one fence of http.', mend)
  }
  const text = fence.type === 'code' ? fence.value : ''
  return { text, parsed: parse(text, fence, page) }
}

function parse(text: string, fence: Block['children'][number], page: Page): HttpRequest {
  try {
    return parseHttpRequest(text)
  } catch (error) {
    if (!(error instanceof HttpRequestError)) throw error
    const { line, column } = startOf(fence)
    const place = { line: line + 1 + error.line, column }
    throw mistakeIn(page, place, error.message, error.mend)
  }
}

function placeOf(node: Block, word: string, page: Page): Place {
  const { line, column } = startOf(node)
  return { line, column: column + Math.max(0, textAt(page, { line, column }).indexOf(word)) }
}
