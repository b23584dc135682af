import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { transformWithOxc } from 'vite'

const source = new URL('../auth/password-worker.ts', import.meta.url)

/** Puts the hashing threads' script beside the server bundle: a thread needs a file of its own. */
export function passwordWorker(): AstroIntegration {
  let serverFolder: URL
  return {
    name: 'barbell:password-worker',
    hooks: {
      'astro:config:done': ({ config }) => {
        serverFolder = config.build.server
      },
      'astro:build:done': async () => {
        // Node's own stripTypeScriptTypes warns at every build that it may change.
        const typed = await readFile(source, 'utf8')
        const { code } = await transformWithOxc(typed, fileURLToPath(source), { sourcemap: false })
        await writeFile(new URL('password-worker.mjs', serverFolder), code)
      },
    },
  }
}
