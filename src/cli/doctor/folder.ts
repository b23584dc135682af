import { constants, type Stats } from 'node:fs'
import { access, lstat, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { processLockName } from '#store/process-lock.ts'
import { about, type Finding, reasonOf } from './finding.ts'

const othersMode = 0o077
const permissionBits = 0o777

/** What stands in a data folder and is nobody else's business. */
export const ownFiles = [
  'secrets.json',
  'barbell.json',
  'audit.jsonl',
  'usage.json',
  processLockName,
] as const

/** Who runs this: files of another user cannot be mended by the server. */
const ownUid = process.getuid?.() ?? -1

/** Whether the data folder and its files are there, and for the server's user only. */
export async function checkFolder(dataDir: string): Promise<Finding[]> {
  const { ok, mend } = about('data folder')
  const found = await statOrNull(dataDir)
  if (found === null) return [await checkParent(dataDir)]
  if (!found.isDirectory()) return [mend(`${dataDir} is no folder: set BARBELL_DATA_DIR.`)]
  if ((found.mode & 0o1000) !== 0) {
    return [mend(`${dataDir} is shared with other users: set BARBELL_DATA_DIR to another folder.`)]
  }
  const wrong = ownershipProblem(dataDir, found, '700') ?? (await accessProblem(dataDir))
  const folder = wrong === null ? ok(`${dataDir} is for its owner only`) : mend(wrong)
  return [folder, ...(await Promise.all(ownFiles.map((name) => checkFile(dataDir, name)))).flat()]
}

async function checkParent(dataDir: string): Promise<Finding> {
  const { note, mend } = about('data folder')
  for (let parent = dirname(dataDir); ; parent = dirname(parent)) {
    if ((await statOrNull(parent)) === null) continue
    const problem = await accessProblem(parent)
    if (problem !== null) return mend(`${dataDir} is not there and cannot be made: ${problem}`)
    return note(`${dataDir} is not there: the first start makes it.`)
  }
}

async function checkFile(dataDir: string, name: string): Promise<Finding[]> {
  const path = join(dataDir, name)
  const found = await lstat(path).catch(() => null)
  if (found === null) return [] // what must be there is for the check of the store to say
  const { ok, mend } = about(name)
  if (!found.isFile()) {
    return [mend(`${path} is not a plain file: move it away and put the file itself there.`)]
  }
  const problem = ownershipProblem(path, found, '600')
  return [problem === null ? ok('is for its owner only') : mend(problem)]
}

function ownershipProblem(path: string, found: Stats, mode: string): string | null {
  if (found.uid !== ownUid) {
    return `${path} belongs to user ${found.uid}, and this runs as user ${ownUid}: run this as the server's user, or "chown" it to that one.`
  }
  if ((found.mode & othersMode) === 0) return null
  const is = (found.mode & permissionBits).toString(8)
  return `${path} is open to others (mode ${is}): "chmod ${mode} ${path}".`
}

async function accessProblem(path: string): Promise<string | null> {
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return `${path} cannot be written (${reasonOf(error)}): give it to the server's user, and mount its disk for writing.`
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  return await stat(path).catch(() => null)
}
