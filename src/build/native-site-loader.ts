import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Loader } from 'astro/loaders'
import type * as Native from './site-loader.ts'

/**
 * The loader of the pages as Node has loaded it for astro.config.mjs already. Were it imported here, Vite would read it
 * once more with all of the API, of which the reference is made.
 */
export const nativeSiteLoader: Loader = {
  name: 'barbell-pages',
  async load(context) {
    const file = fileURLToPath(new URL('src/build/site-loader.ts', context.config.root))
    const { siteLoader } = createRequire(file)(file) as typeof Native
    await siteLoader.load(context)
  },
}
