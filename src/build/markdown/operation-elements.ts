import type { Custom } from 'satteri'
import { errorRow } from '#api/error-codes.ts'
import type { Lane } from '#playground/lane.ts'
import { errorPage } from '../reference/error-anchors.ts'
import type { Member } from '../reference/member.ts'
import {
  type Answer,
  type Operation,
  pageOf,
  type Parameters,
  type Place,
} from '../reference/operations.ts'
import { refusalsOf } from '../reference/refusals.ts'
import { type Content, element } from './html-element.ts'
import { codeNode, linkElement, proseNodes, textNode } from './prose.ts'

/** What a lane wants, and where the docs say how to send it. */
export const lanesInWords: Readonly<
  Partial<Record<Lane, { before: string; link: string; href: string; after: string }>>
> = {
  none: { before: 'Wants no credentials.', link: '', href: '', after: '' },
  api_key: {
    before: 'Wants an ',
    link: 'API key',
    href: '/docs/auth#using-your-key',
    after: ' in the header `x-api-auth`.',
  },
  token: {
    before: 'Wants a ',
    link: 'token',
    href: '/docs/auth#using-the-token',
    after: ', in the cookie `access_token` or as Bearer.',
  },
}

/** The words above the names of parameters, by place. */
export const placesInWords = {
  Path: 'In the path',
  Query: 'In the query',
  Header: 'In a header',
  Body: 'In the body',
} as const satisfies Record<Place, string>

/** A call in a sentence: its method and path, leading to its page. */
export function endpointBadge(operation: Operation): Content {
  return linkElement(
    pageOf(operation),
    [methodElement(operation.method), textNode(' '), codeNode(operation.path)],
    { className: ['endpoint-badge'] },
  )
}

/** The head of a call: method and path, what it wants, and the way to try it. @param playground address of it */
export function endpointElement(operation: Operation, playground: string): Custom {
  const { method, path, lane } = operation
  const { before, link, href, after } = lanesInWords[lane] ?? {
    before: '',
    link: '',
    href: '',
    after: '',
  }
  const way = link === '' ? [] : [linkElement(href, [textNode(link)])]
  return element('div', { className: ['endpoint', 'not-content'] }, [
    element('p', { className: ['endpoint-line'] }, [
      methodElement(method),
      textNode(' '),
      element('code', {}, breakable(path)),
    ]),
    element('p', { className: ['endpoint-lane'] }, [
      textNode(before),
      ...way,
      ...proseNodes(after),
    ]),
    linkElement(playground, [textNode('Open in the playground')], {
      className: ['bb-button'],
      'data-pagefind-ignore': '',
    }),
  ])
}

/** A path may break behind its slashes, and nowhere else. */
function breakable(path: string): Content[] {
  return path
    .split(/(?<=.\/)/)
    .flatMap((part, at) => (at === 0 ? [textNode(part)] : [element('wbr', {}, []), textNode(part)]))
}

/** What a call takes, by place. */
export function parametersElement({ parameters }: Operation): Custom {
  const children = parameters.flatMap(({ place, type, members }: Parameters) => [
    heading([
      textNode(placesInWords[place]),
      ...(type === undefined ? [] : [textNode(', '), codeNode(type)]),
    ]),
    memberList(members, 'request'),
  ])
  return element('div', { className: ['member-lists', 'not-content'] }, children)
}

/** What a call answers when all is well: each status with its headers and the members of its JSON. */
export function answersElement({ answers }: Operation): Custom {
  const children = answers.flatMap(({ status, description, headers, members }: Answer) => [
    heading([
      element('b', {}, [textNode(String(status))]),
      textNode(' '),
      ...proseNodes(description),
    ]),
    ...(headers.length === 0
      ? []
      : [heading([textNode(placesInWords.Header)]), memberList(headers, 'answer')]),
    ...(headers.length === 0 ? [] : [heading([textNode(placesInWords.Body)])]),
    ...(members.length === 0 ? [] : [memberList(members, 'answer')]),
  ])
  return element('div', { className: ['member-lists', 'not-content'] }, children)
}

/** The codes that a call refuses with, or all there are, each leading to its paragraph. */
export function errorsElement(operation: Operation | undefined): Custom {
  const rows = refusalsOf(operation).map(({ status, word, code }) =>
    element('div', {}, [
      element('dt', {}, [
        element('span', { className: ['refusal-status'] }, [textNode(String(status))]),
        textNode(' '),
        linkElement(errorPage(errorRow(code).anchor), [codeNode(word)]),
      ]),
      element('dd', {}, [textNode(`${errorRow(code).title}.`)]),
    ]),
  )
  return element('dl', { className: ['members', 'refusals', 'not-content'] }, rows)
}

/** An error code in a sentence, leading to its paragraph. @param anchor its word in the page of errors */
export function errorWord(anchor: string): Content {
  return linkElement(errorPage(anchor), [codeNode(anchor)])
}

function methodElement(method: string): Content {
  return element('span', { className: methodClasses(method) }, [textNode(method)])
}

/** A call that changes something is told apart from one that reads. */
export function methodClasses(method: string): string[] {
  return method === 'GET' ? ['method'] : ['method', 'method-changes']
}

function heading(children: Content[]): Content {
  return element('p', { className: ['member-place'] }, children)
}

type Side = 'request' | 'answer'

function memberList(members: readonly Member[], side: Side, depth = 0): Content {
  return element(
    'dl',
    { className: ['members'] },
    members.map((member) => memberElement(member, side, depth)),
  )
}

function memberElement(member: Member, side: Side, depth: number): Content {
  const { name, type, description, members } = member
  return element('div', {}, [
    element('dt', {}, [
      element('code', {}, [textNode(name)]),
      element('span', { className: ['member-type'] }, [textNode(type)]),
      ...presence(member, side),
    ]),
    element('dd', {}, [
      ...(description === '' ? [] : [element('p', {}, proseNodes(description))]),
      ...limitLine(member.limits),
      ...(members.length === 0 ? [] : [nested(members, { side, depth, type })]),
    ]),
  ])
}

/** A request says what must be there, an answer what may be missing: each the rarer of the two. */
function presence({ required }: Member, side: Side): Content[] {
  if (side === 'request' ? !required : required) return []
  const word = side === 'request' ? 'required' : 'may be missing'
  return [element('span', { className: ['member-presence'] }, [textNode(word)])]
}

function limitLine(limits: readonly string[]): Content[] {
  if (limits.length === 0) return []
  return [element('p', { className: ['member-limits'] }, proseNodes(limits.join(' · ')))]
}

function nested(
  members: readonly Member[],
  { side, depth, type }: { side: Side; depth: number; type: string },
): Content {
  const summary = type.startsWith('array') ? 'What is in each' : 'What is in it'
  return element('details', depth === 0 ? { open: true } : {}, [
    element('summary', {}, [textNode(`${summary}: ${members.length} members`)]),
    memberList(members, side, depth + 1),
  ])
}
