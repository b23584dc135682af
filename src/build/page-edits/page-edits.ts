import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import {
  type DevEnvironment,
  type EnvironmentModuleNode,
  type Plugin,
  isRunnableDevEnvironment,
} from 'vite'
import { pageEdited } from './page-edited.ts'

const client = fileURLToPath(new URL('show-edit.ts', import.meta.url))

/**
 * Shows the edit of a page in `astro dev` at once. Comes before what checks pages. Astro by itself evaluates every module of the site anew, the API
 * and its store included, and then loads the page twice; of all that, only the page has changed.
 * @param root the folder of the project
 */
export function pageEdits(root: string): AstroIntegration {
  return {
    name: 'barbell:page-edits',
    hooks: {
      'astro:config:setup': ({ command, injectScript, updateConfig }) => {
        if (command !== 'dev') return
        updateConfig({ vite: { plugins: [onlyThePage(`${root}/content/`)] } })
        injectScript('page', `import ${JSON.stringify(client)}`)
      },
    },
  }
}

function onlyThePage(folder: string): Plugin {
  /** The import lines of each page as it was last read without a mistake. */
  const imports = new Map<string, string>()
  const isPage = (file: string): boolean => file.startsWith(folder) && /\.mdx?$/.test(file)
  return {
    name: 'barbell:page-edits',
    enforce: 'pre',
    // If a check refuses the page now, its mend is a matter for Astro: the overlay is left by loading the page.
    load(id) {
      imports.delete(fileOf(id))
    },
    // The code of the page is JavaScript by now; its imports are read in the file.
    async transform(_, id) {
      const file = fileOf(id)
      if (!isPage(file) || this.environment.mode !== 'dev') return
      imports.set(file, importLines(await readFile(file, 'utf8')))
      const module = this.environment.moduleGraph.getModuleById(id)
      if (module) holdImporters(module)
    },
    hotUpdate: {
      order: 'pre',
      async handler({ file, read, server, type }) {
        if (type !== 'update' || !isPage(file)) return undefined
        // Another import may bring other styles and scripts: that is a matter for Astro.
        const isText = importLines(await read()) === imports.get(file)
        const modules = this.environment.moduleGraph.getModulesByFile(file) ?? []
        if (!isText) {
          for (const module of modules) releaseImporters(module)
          return undefined
        }
        if (this.environment.name === 'client') {
          for (const each of Object.values(server.environments)) evaluateAnew(file, each)
          server.ws.send({ type: 'custom', event: pageEdited })
        }
        return []
      },
    },
  }
}

const fileOf = (id: string): string => id.split('?', 1)[0] ?? id

const importLines = (source: string): string =>
  (source.match(/^(?:import|export)\s.*$/gm) ?? []).join('\n')

/**
 * Keeps what imports a page as it is when the page changes: it imports the page anew for each request. Vite passes
 * over importers that accept the change.
 */
function holdImporters(module: EnvironmentModuleNode): void {
  for (const importer of module.importers) importer.acceptedHmrDeps.add(module)
}

function releaseImporters(module: EnvironmentModuleNode): void {
  for (const importer of module.importers) importer.acceptedHmrDeps.delete(module)
}

/** Vite has forgotten the code of a changed file itself; this is for what has been evaluated of it. */
function evaluateAnew(file: string, environment: DevEnvironment): void {
  if (!isRunnableDevEnvironment(environment)) return
  const { evaluatedModules } = environment.runner
  for (const { id } of environment.moduleGraph.getModulesByFile(file) ?? []) {
    const evaluated = id === null ? undefined : evaluatedModules.getModuleById(id)
    if (evaluated) evaluatedModules.invalidateModule(evaluated)
  }
}
