import type { Language } from './contract.ts'
import { pyodideBytes, pyodidePath } from './python/pyodide-files.ts'

/** What is needed besides the big files before a program can start. */
const smallFiles = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide-lock.json']

/** What a prefetch works with. */
export interface PrefetchParts {
  fetchFile: (path: string, init: RequestInit) => Promise<Response>
  /** True where the reader asked the browser to save data. */
  savesData: () => boolean
}

/**
 * Fetches what a language is made of into the browser's cache, once per page. Call it when a reader is about to
 * run something, never before: Python is 11 MB.
 */
export function createPrefetch(parts: PrefetchParts): (language: Language) => void {
  let isDone = false
  return (language) => {
    if (language !== 'python' || isDone || parts.savesData()) return
    isDone = true
    for (const name of [...smallFiles, ...Object.keys(pyodideBytes)]) {
      void keepInCache(parts.fetchFile, pyodidePath + name)
    }
  }
}

/** To the last byte: a browser keeps no half of a file. Failing is no matter; the run will say so if it must. */
async function keepInCache(fetchFile: PrefetchParts['fetchFile'], path: string): Promise<void> {
  try {
    const response = await fetchFile(path, { priority: 'low' })
    await response.body?.pipeTo(new WritableStream())
  } catch {
    return
  }
}

/** The prefetch of this page. */
export const prefetchLanguage = createPrefetch({
  fetchFile: (path, init) => fetch(path, init),
  savesData: () =>
    (navigator as { connection?: { saveData?: boolean } }).connection?.saveData ?? false,
})
