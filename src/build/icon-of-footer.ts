import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import type { Plugin } from 'vite'
import { devPlugin } from './dev-plugin.ts'

const starlight = dirname(fileURLToPath(import.meta.resolve('@astrojs/starlight')))
const footer = join(starlight, 'components/Footer.astro')
const icon = join(starlight, 'user-components/Icon.astro')
const moduleId = '\0barbell:icon-of-footer'

/**
 * Has `astro dev` read one component for the footer of a page. Starlight's imports all that a writer can use, for an
 * icon of theirs: cards, tabs, file trees and the whole highlighter, 60 modules. A build leaves out what is not used;
 * Vite reads it all before the first page is there.
 */
export function iconOfFooter(): AstroIntegration {
  return devPlugin(ofFooter())
}

function ofFooter(): Plugin {
  return {
    name: 'barbell:icon-of-footer',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^\.\.\/components$/ },
      handler: (_, importer) => (importer === footer ? moduleId : undefined),
    },
    load: {
      filter: { id: /^\0barbell:icon-of-footer$/ },
      handler: () => `export { default as Icon } from ${JSON.stringify(icon)}`,
    },
  }
}
