import type { AstroIntegration } from 'astro'
import type { Plugin } from 'vite'

/** A plugin of Vite that `astro dev` has, and a build has not; the integration has its name. */
export function devPlugin(plugin: Plugin): AstroIntegration {
  return {
    name: plugin.name,
    hooks: {
      'astro:config:setup': ({ command, updateConfig }) => {
        if (command === 'dev') updateConfig({ vite: { plugins: [plugin] } })
      },
    },
  }
}
