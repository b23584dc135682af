import type { AstroIntegration } from 'astro'
import type { Plugin } from 'vite'
import { devPlugin } from './dev-plugin.ts'

/** One page in Astro's list: its file, and the module that stands for it. */
const line = /^\[("(?:[^"\\]|\\.)+"), \(\) => import\(("(?:[^"\\]|\\.)+")\)\]/gm

/**
 * Has `astro dev` look for the module of a page when the page is asked for. Astro lists all pages as imports in one
 * module, and Vite resolves every import of a module before it runs it: a third of a second for a thousand pages.
 */
export function pagesByName(): AstroIntegration {
  return devPlugin(byName())
}

function byName(): Plugin {
  return {
    name: 'barbell:pages-by-name',
    enforce: 'pre',
    transform: {
      filter: { id: /\/\.astro\/content-modules\.mjs$/ },
      handler: (code) => ({ code: importByName(code), map: { mappings: '' } }),
    },
  }
}

/** Writes Astro's list of pages with one import for all; one that is written otherwise is left as it is. */
export function importByName(list: string): string {
  const pages = [...list.matchAll(line)].map(([, file = '', id = '']) => `[${file}, ${id}]`)
  if (pages.length === 0 || pages.length !== list.split('import(').length - 1) return list
  // The address by which Vite knows a module that is no file.
  return `const pages = [${pages.join(',\n')}]
export default new Map(pages.map(([file, id]) => [file, () => import(/* @vite-ignore */ '/@id/' + id)]))`
}
