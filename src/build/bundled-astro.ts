import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import type { Plugin } from 'vite'
import { devPlugin } from './dev-plugin.ts'

const { resolve } = createRequire(import.meta.url)
const astro = folderOf('astro/package.json')
const starlight = folderOf('@astrojs/starlight')

/** The server of `astro dev` as Vite loads it. Astro has no other name for it than that of a virtual module. */
const serverId = 'virtual:astro:server-app'
const serverFile = join(astro, 'dist/vite-plugin-app/createAstroServerApp.js')
/** Files of many modules or of much text, which the files beside them import. */
const nearby = [
  join(starlight, 'translations/index.js'),
  join(starlight, 'components-internals/Icons.js'),
]

/** Everything by which Astro, Starlight and our own code enter the server part of Astro. */
const entries = [
  serverFile,
  ...nearby,
  '@astrojs/mdx/server.js',
  'astro/app',
  'astro/app/manifest',
  'astro/assets',
  'astro/assets/fonts/runtime.js',
  'astro/assets/runtime',
  'astro/assets/services/sharp',
  'astro/assets/utils/inferRemoteSize.js',
  'astro/compiler-runtime',
  'astro/content/runtime',
  'astro/errors',
  'astro/fetch',
  'astro/jsx-runtime',
  'astro/logger/console',
  'astro/runtime/server/index.js',
  'astro/virtual-modules/middleware.js',
  'astro/zod',
]

/**
 * Has `astro dev` load the server part of Astro as a few bundles, which Vite keeps in node_modules/.vite, instead of
 * some 300 modules one after the other, at each start. It is what Vite does with packages for browsers, and what the
 * adapter for Cloudflare has it do for the server.
 */
export function bundledAstro(): AstroIntegration {
  return devPlugin(bundled())
}

function bundled(): Plugin {
  return {
    name: 'barbell:bundled-astro',
    enforce: 'pre',
    configEnvironment(name) {
      if (name !== 'ssr') return undefined
      const optimizeDeps = {
        noDiscovery: true,
        include: entries,
        rolldownOptions: { plugins: [nothingElse()] },
      }
      // What a module imports is read while the module itself is still being waited for.
      return { optimizeDeps, dev: { preTransformRequests: true } }
    },
    // Vite would do so when it listens; Astro loads its server before that.
    async configureServer({ environments: { ssr } }) {
      await ssr.depsOptimizer?.init()
    },
    // Nobody looks into Astro by its lines, and maps of so much text take as long as all else about it.
    transform: {
      filter: { id: /\/node_modules\/\.vite\/deps_ssr\// },
      handler: (code) => ({ code, map: { mappings: '' } }),
    },
    resolveId(id, importer) {
      if (this.environment.name !== 'ssr' || this.environment.mode !== 'dev') return undefined
      const { depsOptimizer } = this.environment
      const bundle = depsOptimizer?.metadata.optimized[fileOf(id, importer)]
      return bundle && depsOptimizer.getOptimizedDepId(bundle)
    },
  }
}

function folderOf(id: string): string {
  return dirname(fileURLToPath(import.meta.resolve(id)))
}

function fileOf(id: string, importer = ''): string {
  if (id === serverId) return serverFile
  return id.startsWith('.') ? join(dirname(importer), id) : id
}

/** Leaves out of the bundles what Vite makes while it runs, and what Node loads by itself. */
function nothingElse() {
  return {
    name: 'barbell:nothing-else',
    resolveId: {
      order: 'pre' as const,
      handler(id: string, importer?: string) {
        if (/^(?:node|astro|virtual):/.test(id)) return { id, external: true }
        const isOfAstro = /^(?:[./#]|astro(?:\/|$)|@astrojs\/)/.test(id)
        return importer && !isOfAstro && isSameFor(id, importer) ? { id, external: true } : null
      },
    },
  }
}

/** Whether a package is the same for the bundles, which lie elsewhere, as for the file that imports it. */
function isSameFor(id: string, importer: string): boolean {
  try {
    return resolve(id) === createRequire(importer).resolve(id)
  } catch {
    return false
  }
}
