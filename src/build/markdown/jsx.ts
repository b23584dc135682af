import type { MdastNode } from 'satteri'
import { type NodeOf, type Page, nodesIn } from './page.ts'

/** A tag in an MDX page: `<img>` or `<Steps>`. */
export type JsxElement = NodeOf<'mdxJsxFlowElement' | 'mdxJsxTextElement'>

/** The tags of a page, in order. Fragments (`<>`) have no name and count for nothing. */
export function jsxElementsOf(page: Page): (JsxElement & { readonly name: string })[] {
  return [...nodesIn(page.tree)].filter(isNamedJsx)
}

/**
 * The value of an attribute.
 * @returns undefined where there is none; null where only the running page knows it: `{value}`, or after `{...all}`
 */
export function attributeOf(element: JsxElement, name: string): string | null | undefined {
  const found = element.attributes.find(
    (each) => each.type === 'mdxJsxAttribute' && each.name === name,
  )
  if (found?.type === 'mdxJsxAttribute') {
    if (found.value === null || found.value === undefined) return ''
    return typeof found.value === 'string' ? found.value : null
  }
  return element.attributes.some(({ type }) => type === 'mdxJsxExpressionAttribute')
    ? null
    : undefined
}

function isNamedJsx(node: MdastNode): node is JsxElement & { name: string } {
  return (
    (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') && node.name !== null
  )
}
