import { snapshotBytes, snapshotName } from './snapshot-file.ts'

declare global {
  interface ImportMetaEnv {
    /** Set by `src/build/runner-assets.ts`; ends in a slash. */
    readonly PUBLIC_PYODIDE_PATH: string
  }
  interface ImportMeta {
    readonly env: ImportMetaEnv
  }
}

/** Where this site serves Pyodide, version included. */
export const pyodidePath = import.meta.env.PUBLIC_PYODIDE_PATH

/** The big files that Python needs, with their unpacked sizes in bytes: what progress is counted against. */
export const pyodideBytes: Record<string, number> = {
  'pyodide.asm.wasm': 9_598_218,
  'python_stdlib.zip': 2_545_637,
  [snapshotName]: snapshotBytes,
}

/** A `fetch` that tells what part of Python has arrived, 0 to 1. */
export function fetchWithProgress(
  fetchFile: typeof fetch,
  onProgress: (fraction: number) => void,
): typeof fetch {
  const wanted = Object.values(pyodideBytes).reduce((sum, bytes) => sum + bytes, 0)
  let arrived = 0
  return async (input, init) => {
    const response = await fetchFile(input, init)
    const name = new URL(response.url).pathname.split('/').at(-1) ?? ''
    if (!(name in pyodideBytes) || !response.body) return response
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, stream) {
          arrived += chunk.length
          onProgress(Math.min(1, arrived / wanted))
          stream.enqueue(chunk)
        },
      }),
    )
    return new Response(counted, { status: response.status, headers: response.headers })
  }
}
