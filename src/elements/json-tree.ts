import { html, type TemplateResult } from 'lit'

/** A value of JSON text, with its scalars as they were written: a long number is not rounded. */
export type JsonNode =
  | { kind: 'string' | 'number' | 'word'; source: string }
  | { kind: 'list'; members: [key: null, value: JsonNode][] }
  | { kind: 'object'; members: [key: string, value: JsonNode][] }

/** Longer text is shown as text: a tree of it would take the page seconds. */
const maxTreeCharacters = 64 * 1024
/** What is nested deeper, or has more members, is folded at first. */
const openDepth = 2
const openMembers = 30

/**
 * Reads JSON text into a tree.
 * @returns null for what is no JSON, or too much of it
 */
export function readJson(text: string): JsonNode | null {
  if (text.length > maxTreeCharacters) return null
  try {
    return nodeOf(JSON.parse(text, withSource))
  } catch {
    return null
  }
}

/** A scalar on its way through `JSON.parse`. */
class Scalar {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** @see https://github.com/tc39/proposal-json-parse-with-source: `source` is the text of a scalar, where known */
function withSource(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === 'object' && value !== null) return value
  return new Scalar(context?.source ?? JSON.stringify(value))
}

function nodeOf(value: unknown): JsonNode {
  if (value instanceof Scalar) return { kind: scalarKind(value.source), source: value.source }
  if (Array.isArray(value)) {
    return { kind: 'list', members: value.map((item: unknown) => [null, nodeOf(item)]) }
  }
  const members = Object.entries(value as object)
  return { kind: 'object', members: members.map(([key, item]) => [key, nodeOf(item)]) }
}

function scalarKind(source: string): 'string' | 'number' | 'word' {
  if (source.startsWith('"')) return 'string'
  return /^[-\d]/.test(source) ? 'number' : 'word'
}

/** The tree as text that is coloured by kind, and whose objects and lists fold. */
export function jsonPart(root: JsonNode): TemplateResult {
  return html`<div class="json-tree">
    ${nodePart({ key: null, node: root, depth: 0, end: '' })}
  </div>`
}

interface Place {
  key: string | null
  node: JsonNode
  depth: number
  /** What follows the value: a comma, or nothing after the last one. */
  end: string
}

function nodePart({ key, node, depth, end }: Place): TemplateResult {
  if (node.kind !== 'object' && node.kind !== 'list') {
    return html`<div>${keyPart(key)}<span data-kind=${node.kind}>${node.source}</span>${end}</div>`
  }
  const [open, close] = node.kind === 'list' ? ['[', ']'] : ['{', '}']
  const { members } = node
  if (members.length === 0) return html`<div>${keyPart(key)}${open}${close}${end}</div>`
  const isOpen = depth < openDepth && members.length <= openMembers
  return html`
    <details ?open=${isOpen}>
      <summary>
        ${keyPart(key)}${open}<span class="json-folded">${countOf(node)}${close}${end}</span>
      </summary>
      <div class="json-members">
        ${members.map(([name, value], index) =>
          nodePart({
            key: name,
            node: value,
            depth: depth + 1,
            end: index < members.length - 1 ? ',' : '',
          }),
        )}
      </div>
      <div>${close}${end}</div>
    </details>
  `
}

function keyPart(key: string | null): TemplateResult | string {
  return key === null ? '' : html`<span data-kind="key">${JSON.stringify(key)}</span>: `
}

function countOf({ kind, members }: Extract<JsonNode, { members: unknown }>): string {
  const [one, many] = kind === 'list' ? ['item', 'items'] : ['member', 'members']
  return ` ${members.length} ${members.length === 1 ? one : many} `
}
