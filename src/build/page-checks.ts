import { readFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { AstroIntegration } from 'astro'
import { AstroError } from 'astro/errors'
import type { Plugin } from 'vite'
import { checkPage } from './markdown/check-page.ts'
import type { MarkdownMistake } from './markdown/markdown-mistake.ts'
import { referencePages } from './reference/reference-pages.ts'
import { isPageFile, pageFiles } from './markdown/page-files.ts'
import { type Site, readSite } from './markdown/site.ts'

/**
 * Keeps pages with mistakes out of the site. A build checks all of them before anything else and names every mistake;
 * `astro dev` checks a page when it is asked for, and shows its first mistake over it.
 * @param root the folder of the project
 */
export function pageChecks(root: string): AstroIntegration {
  const site = readSite(root, referencePages())
  return {
    name: 'barbell:page-checks',
    hooks: {
      'astro:config:setup': ({ command, updateConfig }) => {
        if (command === 'build') refuse(mistakesOfSite(site))
        if (command === 'dev') updateConfig({ vite: { plugins: [checkAsked(site)] } })
      },
    },
  }
}

/** Everything that is wrong with the pages of a site, page by page. */
export function mistakesOfSite(site: Site): MarkdownMistake[] {
  return pageFiles(site.root).flatMap(
    (file) => checkPage(readFileSync(join(site.root, file), 'utf8'), file, site).mistakes,
  )
}

/** Looks at a page before anything reads it: what reads it says less of what is wrong. */
function checkAsked(site: Site): Plugin {
  return {
    name: 'barbell:page-checks',
    enforce: 'pre',
    async load(id) {
      const file = relative(site.root, id)
      if (!isPageFile(file)) return
      const [first] = checkPage(await readFile(join(site.root, file), 'utf8'), file, site).mistakes
      if (first) throw first
    },
  }
}

function refuse(mistakes: readonly MarkdownMistake[]): void {
  const [first] = mistakes
  if (!first) return
  if (mistakes.length === 1) throw first
  const list = mistakes.map(({ message }) => message).join('\n')
  const all = new AstroError(`There are ${mistakes.length} mistakes in the pages.\n${list}`)
  throw Object.assign(all, { loc: first.loc })
}
