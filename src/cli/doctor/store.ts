import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSecrets, type Secrets } from '#auth/secrets.ts'
import { openSigningKeys } from '#auth/signing-keys.ts'
import { controlSocketName, isControlOpen } from '#ops/control.ts'
import { nullIfMissing } from '#store/durable-file.ts'
import { lowdbCeilingAccounts } from '#store/lowdb-store.ts'
import { isProcessLockHeld, processLockName } from '#store/process-lock.ts'
import type { SigningKeyRecord } from '#store/store.ts'
import { parseStoreFile } from '#store/store-file.ts'
import type { Tables } from '#store/tables.ts'
import { about, type Finding, reasonOf } from './finding.ts'

/** A lock that nobody renewed for so long is free for the next server. */
const staleLockMs = 5000

/** What the checks of the store found, for the checks that follow. */
export interface StoreLook {
  readonly findings: readonly Finding[]
  /** The newest moment that is stored; null where nothing can be read. */
  readonly newestMs: number | null
}

/**
 * Whether the files of the embedded store can be used, and whether a server has them. Reads them and nothing
 * more: opening the store would make what is missing, and could not be done beside a server.
 */
export async function checkFileStore(dataDir: string): Promise<StoreLook> {
  const secretsText = await textOf(join(dataDir, 'secrets.json'))
  const storeText = await textOf(join(dataDir, 'barbell.json'))
  const secrets = checkSecrets(secretsText, storeText !== null)
  const server = await checkServer(dataDir)
  if (storeText === null) {
    return { findings: [...secrets.findings, await checkNoStore(dataDir), server], newestMs: null }
  }
  const store = readStore(storeText, join(dataDir, 'barbell.json'))
  if (store.tables === null) {
    return { findings: [...secrets.findings, store.finding, server], newestMs: null }
  }
  const match = await checkMatch(secrets.secrets, [...store.tables.signingKeys.rows()])
  return {
    findings: [...secrets.findings, ...match, store.finding, server],
    newestMs: newestOf(store.tables),
  }
}

/**
 * Whether the secrets are whole and strong.
 * @param isNeeded whether there are records that were made with them
 */
export function checkSecrets(
  text: string | null,
  isNeeded: boolean,
): { secrets: Secrets | null; findings: Finding[] } {
  const { ok, note, mend } = about('secrets')
  if (text === null) {
    const finding = isNeeded
      ? mend('secrets.json is missing, and keys and passwords are good with it only: restore it.')
      : note('secrets.json is not there: the first start makes it.')
    return { secrets: null, findings: [finding] }
  }
  try {
    const secrets = parseSecrets(text)
    return { secrets, findings: [ok(`${secrets.ids.length} of at least 256 random bits`)] }
  } catch (error) {
    return { secrets: null, findings: [mend(reasonOf(error))] }
  }
}

/** Whether the secrets are those that the store's signing keys were encrypted under. */
export async function checkMatch(
  secrets: Secrets | null,
  records: readonly SigningKeyRecord[],
): Promise<Finding[]> {
  if (secrets === null || records.length === 0) return []
  const newestFirst = [...records].sort((one, other) => other.createdAtMs - one.createdAtMs)
  const asTheyAre = (): Promise<SigningKeyRecord[]> => Promise.resolve(newestFirst)
  try {
    await openSigningKeys({
      secrets,
      clock: { nowMs: () => Date.now() },
      random: { bytes: () => new Uint8Array() },
      store: {
        signingKeys: asTheyAre,
        insertFirstSigningKey: asTheyAre,
        rotateSigningKey: asTheyAre,
        dropSigningKeys: asTheyAre,
      },
    })
    return [about('secrets').ok('belong to the store')]
  } catch (error) {
    return [about('secrets').mend(reasonOf(error))]
  }
}

function readStore(text: string, path: string): { tables: Tables | null; finding: Finding } {
  const { ok, note, mend } = about('store')
  try {
    const { tables } = parseStoreFile(text, path)
    const accounts = tables.accounts.size
    const holds = `${path} is whole: ${accounts} accounts, ${tables.keys.size} keys`
    const finding =
      accounts <= lowdbCeilingAccounts
        ? ok(holds)
        : note(
            `${holds}. With more than ${lowdbCeilingAccounts} accounts a write takes long: "migrate-store --to postgres" moves them.`,
          )
    return { tables, finding }
  } catch (error) {
    return { tables: null, finding: mend(reasonOf(error)) }
  }
}

async function checkNoStore(dataDir: string): Promise<Finding> {
  const { note, mend } = about('store')
  const audit = await textOf(join(dataDir, 'audit.jsonl'))
  if (audit === null || audit === '')
    return note('barbell.json is not there: the first start makes it.')
  return mend(
    'barbell.json is missing, but audit.jsonl is not empty: restore it from a backup, or move audit.jsonl away to start anew.',
  )
}

async function checkServer(dataDir: string): Promise<Finding> {
  const { ok, mend } = about('server')
  const lock = join(dataDir, 'barbell.json.lock')
  try {
    const isRunning = await isControlOpen(join(dataDir, controlSocketName))
    const found = await stat(lock).catch(nullIfMissing)
    const isOld = found !== null && Date.now() - found.mtimeMs > staleLockMs
    if (isRunning && !isOld) return ok('runs and takes commands')
    const isFresh = found !== null && !isOld
    const isHeld = isRunning || isFresh || (await isProcessLockHeld(join(dataDir, processLockName)))
    return checkLock({ path: lock, isHeld, isOld })
  } catch (error) {
    return mend(`${reasonOf(error)}. Run this as the server's user.`)
  }
}

/** Whoever holds the lock sets its directory's time anew every second, and the kernel knows whether it lives. */
function checkLock(lock: { path: string; isHeld: boolean; isOld: boolean }): Finding {
  const { ok, note, mend } = about('lock')
  const { path, isHeld, isOld } = lock
  if (isHeld && isOld) {
    return mend(
      `a process that stands still holds ${path}: let it go on ("kill -CONT"), or end it and start the server again.`,
    )
  }
  if (isHeld) {
    return mend(
      `another process holds ${path} and takes no commands: if no server or command is meant to run, end it.`,
    )
  }
  if (!isOld) return ok('no server runs on this data folder')
  return note(`${path} was left by a process that was killed: the next start takes it away.`)
}

function newestOf(tables: Tables): number | null {
  let newestMs: number | null = null
  for (const table of [tables.accounts, tables.keys, tables.sessions, tables.signingKeys]) {
    for (const { createdAtMs } of table.rows()) newestMs = Math.max(newestMs ?? 0, createdAtMs)
  }
  return newestMs
}

async function textOf(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch(nullIfMissing)
}
