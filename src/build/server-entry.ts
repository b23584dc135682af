import node from '@astrojs/node'
import type { AstroIntegration } from 'astro'

/**
 * The Node adapter with our own server as the entry of its bundle, so that API, files and on-demand pages
 * share one process and one module graph. The adapter's own server answers a tenth as fast and ends badly
 * on SIGTERM (decisions/0001).
 */
export function nodeWithOwnServer(entry: URL): AstroIntegration {
  const integration = node({ mode: 'middleware', bodySizeLimit: 64 * 1024 })
  const configDone = integration.hooks['astro:config:done']
  integration.hooks['astro:config:done'] = (options) =>
    configDone?.({
      ...options,
      setAdapter: (adapter) => options.setAdapter({ ...adapter, serverEntrypoint: entry }),
    })
  return integration
}
