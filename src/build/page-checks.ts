import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { AstroError } from 'astro/errors'
import type { MdastPluginDefinition, PluginFactoryContext } from 'satteri'
import { checkPage } from './markdown/check-page.ts'
import type { MarkdownMistake } from './markdown/markdown-mistake.ts'
import { type Site, pageFiles, readSite } from './markdown/site.ts'
import { wholeSource } from './markdown/whole-source.ts'

/** What keeps pages with mistakes out of the site. */
export interface PageChecks {
  /** For `mdastPlugins`: a page with a mistake does not render, and `astro dev` shows it over the page. */
  readonly inPage: (document: PluginFactoryContext) => MdastPluginDefinition
  /** For `integrations`: a build checks all pages before anything else, and names every mistake of theirs. */
  readonly inBuild: AstroIntegration
}

/** The checks of `npm run check`, for `astro.config.mjs`. @param root the folder of the project */
export function pageChecks(root: string): PageChecks {
  const site = readSite(root)
  // A build has seen the page when it renders it.
  let isChecked = false
  return {
    inPage({ fileURL, source }) {
      if (fileURL && !isChecked) {
        const path = fileURLToPath(fileURL)
        const [first] = checkPage(wholeSource(source, path), relative(root, path), site).mistakes
        if (first) throw first
      }
      return { name: 'page-checks' }
    },
    inBuild: {
      name: 'barbell:page-checks',
      hooks: {
        'astro:config:setup': ({ command }) => {
          if (command !== 'build') return
          refuse(mistakesOfSite(site))
          isChecked = true
        },
      },
    },
  }
}

/** Everything that is wrong with the pages of a site, page by page. */
export function mistakesOfSite(site: Site): MarkdownMistake[] {
  return pageFiles(site.root).flatMap(
    (file) => checkPage(readFileSync(`${site.root}/${file}`, 'utf8'), file, site).mistakes,
  )
}

function refuse(mistakes: readonly MarkdownMistake[]): void {
  const [first] = mistakes
  if (first && mistakes.length === 1) throw first
  if (first) {
    const list = mistakes.map(({ message }) => message).join('\n')
    throw new AstroError(`There are ${mistakes.length} mistakes in the pages.\n${list}`)
  }
}
