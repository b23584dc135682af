import type { AstroIntegration } from 'astro'

const contentModules = /\/content-modules\.mjs$/

/**
 * Leaves the pages of the guide out of the server's bundle. They are files by the time that it runs; what it renders
 * on demand shows their names, which come from elsewhere. Otherwise every page is compiled and highlighted twice,
 * once for the files and once for nothing, which is half of the time that a large site takes.
 */
export function serverWithoutContent(): AstroIntegration {
  return {
    name: 'barbell:server-without-content',
    hooks: {
      'astro:config:setup': ({ command, updateConfig }) => {
        if (command !== 'build') return // `astro dev` renders everything in the server's environment
        const plugin = {
          name: 'barbell:server-without-content',
          applyToEnvironment: ({ name }: { name: string }) => name === 'ssr',
          load: {
            filter: { id: contentModules },
            handler: () => 'export default new Map()',
          },
        }
        updateConfig({ vite: { plugins: [plugin] } })
      },
    },
  }
}
