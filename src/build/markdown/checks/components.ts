import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { htmlNames } from '../html-names.ts'
import { type Import, moduleNamesOf } from '../imports.ts'
import { jsxElementsOf } from '../jsx.ts'
import type { MarkdownMistake } from '../markdown-mistake.ts'
import { didYouMean, nearestWord } from '../nearest-word.ts'
import { type Page, mistakeIn, startOf } from '../page.ts'
import type { Site } from '../site.ts'

const starlightComponents = '@astrojs/starlight/components'

/** Proves that each import finds its file, and that each tag is imported, an element of ours, or HTML. */
export function checkComponents(page: Page, site: Site): MarkdownMistake[] {
  const { imports, exports } = moduleNamesOf(page)
  const known = new Set([...imports.map(({ name }) => name), ...exports])
  const wrongImports = imports.flatMap((each) => checkImport(each, page, site))
  const wrongTags = jsxElementsOf(page).flatMap((tag) => {
    const { name } = tag
    if (/^[A-Z]/.test(name)) {
      if (known.has(name.split('.', 1)[0] ?? name)) return []
      const mend = componentMend(name, [...known], page, site)
      return [mistakeIn(page, startOf(tag), `The component <${name}> is not imported.`, mend)]
    }
    const elements = name.includes('-') ? ownElements(site.root) : htmlNames
    if (elements.includes(name)) return []
    return [
      mistakeIn(page, startOf(tag), `There is no element <${name}>.`, didYouMean(name, elements)),
    ]
  })
  return [...wrongImports, ...wrongTags]
}

function checkImport(found: Import, page: Page, site: Site): MarkdownMistake[] {
  const { module, exported } = found
  if (module.startsWith('.')) {
    const file = join(dirname(page.path), module.replace(/\?.*$/, ''))
    if (existsSync(join(site.root, file))) return []
    return [
      mistakeIn(
        page,
        found,
        `There is no file ${file}.`,
        'Mend the path: it is relative to this page.',
      ),
    ]
  }
  if (module !== starlightComponents || exported === undefined) return []
  const names = namesOfStarlight(site.root)
  if (names.includes(exported)) return []
  return [
    mistakeIn(page, found, `${module} has no component ${exported}.`, didYouMean(exported, names)),
  ]
}

function componentMend(name: string, known: readonly string[], page: Page, site: Site): string {
  const meant = nearestWord(name, known)
  if (meant !== undefined) return `Did you mean <${meant}>?`
  const starlight = nearestWord(name, namesOfStarlight(site.root))
  if (starlight !== undefined) {
    return `Write below the frontmatter: import { ${starlight} } from '${starlightComponents}'`
  }
  const own = ownComponents(site.root)
  const found = nearestWord(name, own)
  if (found === undefined)
    return 'Import it below the frontmatter, or put its name into backticks if it is text.'
  const up = '../'.repeat(page.path.split('/').length - 1)
  return `Write below the frontmatter: import ${found} from '${up}src/components/${found}.astro'`
}

/** The components that Starlight gives to pages, by its own list. */
function namesOfStarlight(root: string): string[] {
  const file = join(root, 'node_modules', '@astrojs', 'starlight', 'dist', 'components.ts')
  const list = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return [...list.matchAll(/export \{ (?:default as )?(\w+) \}/g)].map(([, name = '']) => name)
}

function ownComponents(root: string): string[] {
  return globSync('src/components/*.astro', { cwd: root }).map((file) => basename(file, '.astro'))
}

/** A custom element is known by the file that defines it. */
function ownElements(root: string): string[] {
  return globSync('src/elements/define/*.ts', { cwd: root }).map((file) => basename(file, '.ts'))
}
