import type { Custom } from 'satteri'
import { countOf, isOpenAtFirst, type JsonNode, readJson } from '#elements/json-node.ts'
import type { ExchangeRecord } from '../samples/exchange-record.ts'
import { firstItems } from './first-items.ts'
import { type Content, element } from './html-element.ts'
import type { HttpRequest } from './http-request.ts'
import { linkElement, textNode } from './prose.ts'

/** What is shown of an exchange. */
export interface ShownExchange {
  readonly name: string
  readonly request: HttpRequest
  readonly record: ExchangeRecord
  /** Where the reader can send the same request; null where no call of the reference answers it. */
  readonly playground: string | null
}

type Headers = readonly (readonly [name: string, value: string])[]

/** An exchange as `exchange-view` draws a live one, in HTML that needs no script. */
export function exchangeElement({ name, request, record, playground }: ShownExchange): Custom {
  const { status, statusText, headers, body } = record
  const properties = {
    className: ['shown-exchange', 'not-content'],
    id: name,
    ...(status >= 400 && { 'data-failed': '' }),
  }
  return element('div', properties, [
    side('Request', [
      line(request.method, ` ${request.target}`),
      ...headerList(request.headers),
      ...bodyParts(request.body ?? '', typeOf(request.headers), 'Request body'),
    ]),
    side('Response', [
      line(`${status} ${statusText}`, ''),
      ...headerList(headers),
      ...bodyParts(body, typeOf(headers), 'Response body'),
    ]),
    ...(playground === null ? [] : [playgroundLine(playground)]),
  ])
}

function side(label: string, children: Content[]): Content {
  const properties = { className: ['ev-side'], role: 'group', 'aria-label': label }
  return element('div', properties, children)
}

function line(strong: string, rest: string): Content {
  const children = [element('b', {}, [textNode(strong)]), ...(rest ? [textNode(rest)] : [])]
  return element('p', { className: ['ev-line'] }, children)
}

function headerList(headers: Headers): Content[] {
  if (headers.length === 0) return []
  const rows = headers.map(([name, value]) =>
    element('div', {}, [element('dt', {}, [textNode(name)]), element('dd', {}, [textNode(value)])]),
  )
  return [element('dl', { className: ['ev-headers'] }, rows)]
}

function bodyParts(body: string, type: string, label: string): Content[] {
  if (body === '') return []
  const properties = { className: ['ev-body'], tabindex: '0', role: 'group', 'aria-label': label }
  const { text, left } = firstItems(body)
  const tree = /[/+]json\b/.test(type) ? readJson(text) : null
  const more = left > 0 ? [hint(`The answer has ${left} more items; they are left out here.`)] : []
  if (tree === null) {
    return [element('pre', properties, [element('code', {}, [textNode(body)])])]
  }
  const root = element('div', { className: ['json-tree'] }, [
    nodeElement({ key: null, node: tree, depth: 0, isFirst: true, end: '' }),
  ])
  return [element('div', properties, [root]), ...more]
}

function hint(text: string): Content {
  return element('p', { className: ['bb-hint'] }, [textNode(text)])
}

function playgroundLine(href: string): Content {
  return element('p', { className: ['shown-exchange-way'], 'data-pagefind-ignore': '' }, [
    textNode('Recorded from the server. '),
    linkElement(href, [textNode('Open in the playground')]),
  ])
}

interface JsonPlace {
  readonly key: string | null
  readonly node: JsonNode
  readonly depth: number
  /** The first item of a list is open: it shows what the others are. */
  readonly isFirst: boolean
  /** What follows the value: a comma, or nothing after the last one. */
  readonly end: string
}

function nodeElement({ key, node, depth, isFirst, end }: JsonPlace): Content {
  if (node.kind !== 'object' && node.kind !== 'list') {
    const value = element('span', { 'data-kind': node.kind }, [textNode(node.source)])
    return element('div', {}, [...keyParts(key), value, textNode(end)])
  }
  const [open, close] = node.kind === 'list' ? ['[', ']'] : ['{', '}']
  const { members } = node
  if (members.length === 0) {
    return element('div', {}, [...keyParts(key), textNode(open + close + end)])
  }
  const folded = element('span', { className: ['json-folded'] }, [
    textNode(countOf(node) + close + end),
  ])
  const inner = members.map(([name, value], index) => {
    const comma = index < members.length - 1 ? ',' : ''
    const isOpen = isFirst && (index === 0 || node.kind === 'object')
    return nodeElement({ key: name, node: value, depth: depth + 1, isFirst: isOpen, end: comma })
  })
  return element(
    'details',
    isOpenAtFirst(node, isFirst ? depth - 1 : depth) ? { open: true } : {},
    [
      element('summary', {}, [...keyParts(key), textNode(open), folded]),
      element('div', { className: ['json-members'] }, inner),
      element('div', {}, [textNode(close + end)]),
    ],
  )
}

function keyParts(key: string | null): Content[] {
  if (key === null) return []
  return [element('span', { 'data-kind': 'key' }, [textNode(JSON.stringify(key))]), textNode(': ')]
}

function typeOf(headers: Headers): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
}
