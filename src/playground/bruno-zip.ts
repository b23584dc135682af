import { strToU8, zipSync } from 'fflate'
import type { BrunoFile } from './bruno.ts'

/** The folder of a collection in one file. Loaded at a click: it brings the compressor along. */
export function zipOf(files: readonly BrunoFile[], folder: string): Uint8Array<ArrayBuffer> {
  const entries = files.map(({ path, text }) => [`${folder}/${path}`, strToU8(text)] as const)
  return zipSync(Object.fromEntries(entries))
}
