import { parseSync } from 'vite'
import type { Place } from './markdown-mistake.ts'
import { type Page, nodesIn, startOf } from './page.ts'

/** What a page imports: one name from one module. Its place is that of the module's name. */
export interface Import extends Place {
  /** What the page calls it. */
  readonly name: string
  /** What the module calls it; undefined for its default or for all of it. */
  readonly exported: string | undefined
  readonly module: string
}

/** What the module level of an MDX page makes known: its imports, and the names that it exports itself. */
export interface ModuleNames {
  readonly imports: readonly Import[]
  readonly exports: readonly string[]
}

/** Reads the imports and exports of a page. In plain Markdown there are none. */
export function moduleNamesOf(page: Page): ModuleNames {
  const imports: Import[] = []
  const exports: string[] = []
  for (const node of nodesIn(page.tree)) {
    if (node.type !== 'mdxjsEsm') continue
    const { module } = parseSync('page.mjs', node.value)
    const first = startOf(node).line
    for (const { moduleRequest, entries } of module.staticImports) {
      const place = placeAt(node.value, moduleRequest.start, first)
      for (const { localName, importName } of entries) {
        const exported = importName.kind === 'Name' ? (importName.name ?? undefined) : undefined
        imports.push({ name: localName.value, exported, module: moduleRequest.value, ...place })
      }
    }
    for (const { entries } of module.staticExports) {
      exports.push(...entries.flatMap(({ exportName }) => exportName.name ?? []))
    }
  }
  return { imports, exports }
}

function placeAt(text: string, offset: number, firstLine: number): Place {
  const before = text.slice(0, offset).split('\n')
  return { line: firstLine + before.length - 1, column: (before.at(-1)?.length ?? 0) + 1 }
}
