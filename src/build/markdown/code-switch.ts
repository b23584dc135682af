import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  Custom,
  MdastPluginDefinition,
  MdastVisitorContext,
  PluginFactoryContext,
} from 'satteri'
import { contentFolder, readRecordedOutput, recordedPath } from '../samples/recorded-output.ts'
import type { NodeOf } from './page.ts'
import { readCodeSwitches } from './read-code-switches.ts'
import type { CodeSwitch, Fence } from './read-code-switches.ts'
import { recordedElement } from './recorded-element.ts'
import { type Content, element } from './html-element.ts'
import { wholeSource } from './whole-source.ts'

/**
 * Turns each `:::code-switch{name="..."}` of a page into the element `<code-switch>`, which reads well without
 * JavaScript: a heading for each language and its highlighted code. Pages in which any block is malformed fail.
 *
 * For `satteri({ features: { directive: true }, mdastPlugins: [codeSwitch()] })`.
 */
export function codeSwitch() {
  return (document: PluginFactoryContext) => {
    const byName = new Map(readDocument(document).map((group) => [group.name, group]))
    return {
      name: 'code-switch',
      containerDirective(node: NodeOf<'containerDirective'>, context: MdastVisitorContext) {
        if (node.name !== 'code-switch') return
        const group = byName.get(node.attributes?.['name'] ?? '')
        if (group) context.replaceNode(node, codeSwitchElement(group, pageOf(document)))
      },
    } satisfies MdastPluginDefinition
  }
}

/** Everything that can be wrong with a page is found here, before it is parsed for rendering. */
function readDocument({ fileURL, source, sourceFormat }: PluginFactoryContext): CodeSwitch[] {
  if (!fileURL) return readCodeSwitches(source, sourceFormat === 'mdx' ? 'page.mdx' : 'page.md')
  const path = fileURLToPath(fileURL)
  return readCodeSwitches(wholeSource(source, path), relative(process.cwd(), path))
}

/** The path of a page below `content/`, without ending; of a page elsewhere, its path. */
function pageOf({ fileURL }: PluginFactoryContext): string {
  if (!fileURL) return ''
  return relative(contentFolder, fileURLToPath(fileURL)).replace(/\.mdx?$/, '')
}

function codeSwitchElement({ name, fences }: CodeSwitch, page: string): Custom {
  const samples = fences.map((fence) =>
    sampleElement(fence, recordedPath(page, name, fence.language)),
  )
  return element('code-switch', { name, className: ['not-content'] }, [tabList(fences), ...samples])
}

function tabList(fences: readonly Fence[]): Custom {
  // The search of the site finds what a page says, not its controls.
  const properties = { role: 'tablist', 'aria-label': 'Code language', 'data-pagefind-ignore': '' }
  return element('div', properties, fences.map(tab))
}

function tab({ id, language, label }: Fence, index: number): Custom {
  const isFirst = index === 0
  const properties = {
    type: 'button',
    role: 'tab',
    id: `tab-${id}`,
    'aria-controls': id,
    'aria-selected': String(isFirst),
    tabindex: isFirst ? '0' : '-1',
    'data-language': language,
  }
  return element('button', properties, [{ type: 'text', value: label }])
}

function sampleElement(fence: Fence, recordPath: string): Custom {
  const { id, language, label, runnable, code, attributes } = fence
  const properties = { id, language, label, ...(runnable && { runnable: '' }) }
  const heading = { className: ['code-sample-label'], 'data-pagefind-ignore': '' }
  const record = readRecordedOutput(recordPath)
  return element('code-sample', properties, [
    element('p', heading, [{ type: 'text', value: label }]),
    ...titleElements(attributes.title),
    // Words of our info strings mean other things to the highlighter: it hears of the frame and of nothing else.
    { type: 'code', lang: language, meta: 'frame="none"', value: code },
    ...(record ? [recordedElement(record)] : []),
  ])
}

function titleElements(title: string | undefined): Content[] {
  if (title === undefined) return []
  return [element('p', { className: ['code-sample-title'] }, [{ type: 'text', value: title }])]
}
