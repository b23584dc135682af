import type { Custom, MdastNode } from 'satteri'

/** What an element of ours may hold. */
export type Content = MdastNode | Custom

/** An HTML element in a Markdown tree: Sätteri renders a node of a type it does not know as what `hName` says. */
export function element(
  hName: string,
  hProperties: Custom['data'] & {},
  children: Content[],
): Custom {
  return { type: 'element', data: { hName, hProperties }, children }
}
