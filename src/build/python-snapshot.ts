import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadPyodide } from 'pyodide'
import { keepFile, readKept } from './kept-file.ts'
import { pyodideVersion } from './pyodide-path.ts'

// Read as text, not imported: what runs in a browser is no module of the build.
const pythonSources = join(fileURLToPath(new URL('..', import.meta.url)), 'runner', 'python')

/** Run in the Python that is about to be kept: imports what the given sources import, and nothing of our own. */
const importAll = `
def import_all(sources):
    import ast, importlib
    for node in (node for text in sources for node in ast.walk(ast.parse(text))):
        absolute = isinstance(node, ast.ImportFrom) and not node.level
        names = [node.module] if absolute else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if not name.startswith(("barbell_", "pyodide_js")):
                importlib.import_module(name)
`

/**
 * The memory of a Python that has started and has imported what every sample needs. A browser that begins with
 * it skips that work, which is most of a cold start (decisions/0007).
 */
export async function makePythonSnapshot(): Promise<Uint8Array> {
  const sources = await readPythonSources()
  const pyodide = await loadPyodide({ _makeSnapshot: true, env: { HOME: '/home/pyodide' } })
  // As literals: a value handed over from JavaScript would be a reference that no snapshot can keep.
  pyodide.runPython(`${importAll}
import_all(${JSON.stringify(sources)})
del import_all`)
  return pyodide.makeMemorySnapshot()
}

/**
 * The snapshot of this version of everything, made once and then read from `cacheFolder`: no two need be the
 * same to the last byte, and another would have to be compressed anew.
 */
export async function keptPythonSnapshot(cacheFolder: string): Promise<Uint8Array> {
  const digest = createHash('sha256').update(pyodideVersion).update(importAll)
  for (const text of await readPythonSources()) digest.update(text)
  const kept = join(cacheFolder, `python-${digest.digest('hex').slice(0, 32)}.bin`)
  const found = await readKept(kept)
  if (found) return found
  const made = await makePythonSnapshot()
  await keepFile(kept, made)
  return made
}

async function readPythonSources(): Promise<string[]> {
  const names = await readdir(pythonSources, { recursive: true })
  const files = names.filter((name) => name.endsWith('.py')).toSorted()
  return Promise.all(files.map((name) => readFile(join(pythonSources, name), 'utf8')))
}
