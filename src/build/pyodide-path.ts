import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const packageFile = createRequire(import.meta.url).resolve('pyodide/package.json')

/** The version that is installed. */
export const { version: pyodideVersion } = JSON.parse(readFileSync(packageFile, 'utf8')) as {
  version: string
}

/** Where the npm package keeps its files. */
export const pyodideFolder = dirname(packageFile)

/** What a browser loads of the package: module loader, WebAssembly, standard library, package index. */
export const pyodideFiles = [
  'pyodide.mjs',
  'pyodide.asm.mjs',
  'pyodide.asm.wasm',
  'python_stdlib.zip',
  'pyodide-lock.json',
]

/** The URL path under which the site serves them; the version in it makes them cacheable for ever. */
export const pyodidePath = `/runner/pyodide/${pyodideVersion}/`

/** The file on disk behind a request path, if it is one of Pyodide's. */
export function pyodideFile(path: string): string | undefined {
  if (!path.startsWith(pyodidePath)) return undefined
  const name = path.slice(pyodidePath.length)
  return pyodideFiles.includes(name) ? join(pyodideFolder, name) : undefined
}
