import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchWithProgress, pyodideBytes } from '#runner/python/pyodide-files.ts'
import { snapshotName } from '#runner/python/snapshot-file.ts'

test('the sizes are those of the installed package', () => {
  const folder = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))
  const packed = Object.entries(pyodideBytes).filter(([name]) => name !== snapshotName)
  const sizes = packed.map(([name]) => [name, statSync(join(folder, name)).size])
  expect(sizes).toEqual(packed)
})

function answering(bytes: Uint8Array<ArrayBuffer>): typeof fetch {
  return (input) => {
    const response = new Response(bytes, { headers: { 'content-type': 'application/wasm' } })
    Object.defineProperty(response, 'url', { value: input })
    return Promise.resolve(response)
  }
}

test('progress grows with what has arrived, and the file arrives whole', async () => {
  const seen: number[] = []
  const all = Object.values(pyodideBytes).reduce((sum, size) => sum + size, 0)
  const bytes = new Uint8Array(Math.round(all / 10))
  const load = fetchWithProgress(answering(bytes), (fraction) => seen.push(fraction))
  const response = await load('https://docs.example/runner/pyodide/1/pyodide.asm.wasm')
  expect((await response.arrayBuffer()).byteLength).toBe(bytes.length)
  expect(response.headers.get('content-type')).toBe('application/wasm')
  expect(seen.at(-1)).toBeCloseTo(0.1, 2)
})

test('other files do not count', async () => {
  const seen: number[] = []
  const load = fetchWithProgress(answering(new Uint8Array(10)), (fraction) => seen.push(fraction))
  await (await load('https://docs.example/runner/pyodide/1/pyodide-lock.json')).arrayBuffer()
  expect(seen).toEqual([])
})
