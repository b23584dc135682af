import type { AstroAdapter, AstroIntegration } from 'astro'

type Hooks = AstroIntegration['hooks']

const name = '@astrojs/node'

/**
 * The Node adapter with our own server as the entry of its bundle, so that API, files and on-demand pages
 * share one process and one module graph. The adapter's own server answers a tenth as fast and ends badly
 * on SIGTERM (decisions/0001).
 *
 * It is loaded by what builds. `astro dev` wants to know what the adapter can do, and nothing of how; its module
 * brings 270 others, an optimizer of images among them.
 */
export function nodeWithOwnServer(entry: URL): AstroIntegration {
  let hooks: Hooks | undefined
  return {
    name,
    hooks: {
      async 'astro:config:setup'(options) {
        if (options.command !== 'dev') hooks = await hooksOfNode()
        await hooks?.['astro:config:setup']?.(options)
      },
      async 'astro:config:done'(options) {
        const setAdapter = (adapter: AstroAdapter): void =>
          options.setAdapter({ ...adapter, serverEntrypoint: entry })
        if (hooks) await hooks['astro:config:done']?.({ ...options, setAdapter })
        else setAdapter(adapterInDev)
      },
      'astro:build:generated': (options) => hooks?.['astro:build:generated']?.(options),
      'astro:build:done': (options) => hooks?.['astro:build:done']?.(options),
    },
  }
}

async function hooksOfNode(): Promise<Hooks> {
  const { default: node } = await import('@astrojs/node')
  return node({ mode: 'middleware', bodySizeLimit: 64 * 1024 }).hooks
}

const adapterInDev = {
  name,
  entrypointResolution: 'auto',
  adapterFeatures: { buildOutput: 'server', middlewareMode: 'classic', staticHeaders: false },
  supportedAstroFeatures: {
    hybridOutput: 'stable',
    staticOutput: 'stable',
    serverOutput: 'stable',
    sharpImageService: 'stable',
    i18nDomains: 'experimental',
    envGetSecret: 'stable',
  },
} as const
