import { operations, pageOf } from '../reference/operations.ts'
import { type Content, element } from './html-element.ts'

/** A piece of text as it stands. */
export function textNode(value: string): Content {
  return { type: 'text', value }
}

/** Code in a line of text. */
export function codeNode(value: string): Content {
  return { type: 'inlineCode', value }
}

/** A link. @param href below the site */
export function linkElement(href: string, children: Content[], properties = {}): Content {
  return element('a', { href, ...properties }, children)
}

/**
 * Text of the API document: what stands between backticks is code, and a call in it is a link to its page. Nothing
 * else of Markdown is read.
 */
export function proseNodes(text: string): Content[] {
  return text.split('`').map((part, at) => {
    if (at % 2 === 0) return textNode(part)
    const operation = operations.find(({ inPlayground: { id } }) => id === part)
    return operation ? linkElement(pageOf(operation), [codeNode(part)]) : codeNode(part)
  })
}
