import { type SatteriAstroData, satteriHeadingIdsPlugin } from '@astrojs/markdown-satteri'
import { markdownToHtml, mdxToJs } from 'satteri'
import { fenceMark, nodesIn, startOf, textAt } from './page.ts'
import type { Page } from './page.ts'
import { attributeOf, jsxElementsOf } from './jsx.ts'
import type { Place } from './markdown-mistake.ts'

/** A place in a page that a link can lead to: `/docs/auth#api-keys`. */
export interface Anchor extends Place {
  readonly id: string
  readonly of: 'heading' | 'sample' | 'element'
}

/** Every anchor of a page, in the order of its lines. Its ids are made by the code that renders the page. */
export function anchorsOf(page: Page): Anchor[] {
  return [...headingAnchors(page), ...sampleAnchors(page), ...elementAnchors(page)].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  )
}

/** The ids of a page, with that of its title. */
export function idsOf(page: Page): string[] {
  return ['_top', ...anchorsOf(page).map(({ id }) => id)]
}

function headingAnchors(page: Page): Anchor[] {
  const nodes = [...nodesIn(page.tree)].filter(({ type }) => type === 'heading')
  const slugs = nodes.length === 0 ? [] : headingSlugs(page)
  return nodes.map((node, index) => ({ id: slugs[index] ?? '', of: 'heading', ...startOf(node) }))
}

function headingSlugs({ source, path }: Page): string[] {
  const astro: SatteriAstroData = {
    frontmatter: {},
    headings: [],
    localImagePaths: new Set(),
    remoteImagePaths: new Set(),
  }
  const options = {
    features: { directive: true },
    hastPlugins: [satteriHeadingIdsPlugin()],
    data: { astro },
  }
  // With plugins that wait for nothing, neither does this.
  void (path.endsWith('.mdx') ? mdxToJs(source, options) : markdownToHtml(source, options))
  return astro.headings.map(({ slug }) => slug)
}

/** The id of a sample is the second word of its fence, in a code-switch and nowhere else. */
function sampleAnchors(page: Page): Anchor[] {
  const blocks = [...nodesIn(page.tree)].filter(
    (node) => node.type === 'containerDirective' && node.name === 'code-switch',
  )
  const fences = blocks
    .flatMap((block) => [...nodesIn(block)])
    .filter(({ type }) => type === 'code')
  return fences.flatMap((fence) => {
    const opening = textAt(page, startOf(fence))
    const mark = fenceMark(opening)
    const [, before = '', id] =
      /^(\s*\S+\s+)([A-Za-z][\w-]*)/.exec(opening.slice(mark.length)) ?? []
    if (id === undefined) return []
    const { line, column } = startOf(fence)
    return [{ id, of: 'sample', line, column: column + mark.length + before.length } as const]
  })
}

function elementAnchors(page: Page): Anchor[] {
  return jsxElementsOf(page).flatMap((element) => {
    const id = attributeOf(element, 'id')
    return id ? [{ id, of: 'element', ...startOf(element) } as const] : []
  })
}
