import { randomUUID } from 'node:crypto'
import { link, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareDirectory } from './data-directory.ts'
import { readOwnFile, syncDirectory, writeNewFile } from './durable-file.ts'

/**
 * The text of `secrets.json`, made by `make` at the first start. It stands beside the store and never in
 * it: whoever gets hold of one of the two can neither check guesses nor sign tokens.
 *
 * Two starters agree: the file appears whole under its name, once, and the slower one reads the faster
 * one's.
 * @throws {StoreRefused} if something else than a plain file stands there
 */
export async function openSecretsFile(options: {
  directory: string
  make: () => string
}): Promise<string> {
  await prepareDirectory(options.directory)
  const path = join(options.directory, 'secrets.json')
  const known = await readOwnFile(path)
  if (known !== null) return known
  await createOnce(path, options.make())
  await syncDirectory(options.directory)
  const made = await readOwnFile(path)
  if (made === null) throw new TypeError(`${path} vanished while it was made`)
  return made
}

async function createOnce(path: string, text: string): Promise<void> {
  const temporary = `${path}.writing-${randomUUID()}`
  try {
    await writeNewFile(temporary, text)
    await link(temporary, path) // fails if the name exists: O_EXCL for a file that is already whole
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(temporary, { force: true })
  }
}
