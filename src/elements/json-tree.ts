import { html, type TemplateResult } from 'lit'
import { countOf, isOpenAtFirst, type JsonNode } from './json-node.ts'

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
  return html`
    <details ?open=${isOpenAtFirst(node, depth)}>
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
