import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { runnerPolicy } from '#static/content-security-policy.ts'
import { snapshotName } from '#runner/python/snapshot-file.ts'
import { pyodideFile, pyodideFiles, pyodideFolder, pyodidePath } from './pyodide-path.ts'
import { keptPythonSnapshot } from './python-snapshot.ts'

/** Workers of the site's own, which have nothing to ask the network: the policy of `/offline/` is theirs. */
const offlineWorkers: ReadonlySet<string> = new Set(['password-estimate-worker'])

const contentTypes: Record<string, string> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.zip': 'application/zip',
  '.json': 'application/json',
}

/**
 * Puts everything that the runner loads under `/runner/`: the workers' scripts, Pyodide's own files and the
 * memory that Python starts from. The
 * server answers that prefix with the runner's Content-Security-Policy; `astro dev` does the same here.
 */
export function runnerAssets(): AstroIntegration {
  let cache = ''
  return {
    name: 'barbell:runner-assets',
    hooks: {
      'astro:config:setup': ({ updateConfig }) => {
        const output = {
          entryFileNames: ({ name }: { name: string }) =>
            `${offlineWorkers.has(name) ? 'offline' : 'runner'}/[name]-[hash].js`,
          chunkFileNames: 'runner/[name]-[hash].js',
          assetFileNames: 'runner/[name]-[hash][extname]',
        }
        updateConfig({
          vite: {
            define: { 'import.meta.env.PUBLIC_PYODIDE_PATH': JSON.stringify(pyodidePath) },
            worker: { format: 'es', rolldownOptions: { output } },
          },
        })
      },
      'astro:config:done': ({ config }) => {
        cache = fileURLToPath(new URL('barbell-python/', config.cacheDir))
      },
      'astro:server:setup': ({ server }) => {
        server.middlewares.use((request, response, next) => {
          const url = new URL(request.url ?? '/', 'http://localhost')
          if (url.searchParams.has('worker_file')) {
            const origin = `http://${request.headers.host ?? 'localhost'}`
            response.setHeader('Content-Security-Policy', runnerPolicy(origin))
          }
          if (url.pathname === pyodidePath + snapshotName) {
            keptPythonSnapshot(cache).then((bytes) => response.end(bytes), next)
            return
          }
          const file = pyodideFile(url.pathname)
          if (!file) {
            next()
            return
          }
          response.setHeader('Content-Type', contentTypes[extname(file)] ?? 'text/plain')
          createReadStream(file).pipe(response)
        })
      },
      'astro:build:done': async ({ dir }) => {
        const target = join(fileURLToPath(dir), pyodidePath)
        await mkdir(target, { recursive: true })
        const copies = pyodideFiles.map((name) =>
          copyFile(join(pyodideFolder, name), join(target, basename(name))),
        )
        const snapshot = await keptPythonSnapshot(cache)
        await Promise.all([...copies, writeFile(join(target, snapshotName), snapshot)])
      },
    },
  }
}
