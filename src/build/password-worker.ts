import { readFile, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import type { AstroIntegration } from 'astro'

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
        const script = stripTypeScriptTypes(await readFile(source, 'utf8'))
        await writeFile(new URL('password-worker.mjs', serverFolder), script)
      },
    },
  }
}
