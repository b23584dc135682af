import type { Custom, MdastPluginDefinition, MdastVisitorContext } from 'satteri'
import { scenarioNamed } from '#playground/scenarios/catalogue.ts'
import { type Content, element } from './html-element.ts'
import type { NodeOf } from './page.ts'
import { scenarioTree, type Tree } from './scenario-tree.ts'

/**
 * Turns each `:::scenario{name="..."}` of a page into the element `<api-scenario>`, which says in words what it does.
 * A name that is not there ends the build before this runs (`checkScenarios`).
 *
 * For `satteri({ features: { directive: true }, mdastPlugins: [codeSwitch(), scenario()] })`.
 */
export function scenario() {
  return {
    name: 'scenario',
    containerDirective(node: NodeOf<'containerDirective'>, context: MdastVisitorContext) {
      if (node.name !== 'scenario') return
      const found = scenarioNamed(node.attributes?.['name'] ?? '')
      if (found) context.replaceNode(node, written(scenarioTree(found)))
    },
  } satisfies MdastPluginDefinition
}

function written({ tag, attributes, children }: Tree): Custom {
  const { class: className, ...others } = attributes
  const properties = className === undefined ? others : { ...others, className: [className] }
  return element(tag, properties, children.map(writtenChild))
}

function writtenChild(child: Tree | string): Content {
  return typeof child === 'string' ? { type: 'text', value: child } : written(child)
}
