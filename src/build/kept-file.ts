import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Reads what an earlier build has kept; undefined where there is none. */
export async function readKept(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined)
}

/** Keeps something for later builds: all of it or nothing, whenever this one ends and whoever else writes it. */
export async function keepFile(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const unfinished = `${file}.${randomUUID()}`
  await writeFile(unfinished, bytes)
  await rename(unfinished, file)
}
