import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nullIfMissing } from '#store/durable-file.ts'
import { newestPostgresVersion } from '#store/postgres-migrations.ts'
import { type Config, ConfigError } from '../config.ts'
import type { Command } from './command.ts'
import { checkRestore, checkRing } from './doctor/backups.ts'
import { checkDatabase } from './doctor/database.ts'
import { about, type Finding, reasonOf } from './doctor/finding.ts'
import { checkFolder } from './doctor/folder.ts'
import { checkClock, checkClocks, checkDisk } from './doctor/machine.ts'
import { checkSettings } from './doctor/settings.ts'
import { checkFileStore, checkMatch, checkSecrets } from './doctor/store.ts'

/** `doctor`: what keeps a server from running well, and what to do about it. */
export const doctor: Command = {
  name: 'doctor',
  places: [],
  options: { json: { effect: 'writes a JSON array' } },
  summary: 'checks settings, files, store, clock and disk, and says what to mend',
  details: [
    'Checks the configuration, BARBELL_URL, the permissions of the data folder, the secrets, the store or the',
    'database with its migrations, whether a server runs, the clock, and the disk space. Changes nothing.',
    'A line each: "ok", "note" for what is worth knowing, and "MEND" for what has to be mended; the exit',
    'status is 1 if there is one of these.',
  ],
  async run({ switches }, { readConfig }) {
    const findings = await examine(readConfig)
    const failed = findings.some(({ state }) => state === 'mend')
    const text = switches.has('json') ? JSON.stringify(findings, null, 2) : asLines(findings)
    return { text, failed }
  },
}

async function examine(readConfig: () => Config): Promise<Finding[]> {
  const { ok, mend } = about('configuration')
  let config: Config
  try {
    config = readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [mend(reasonOf(error))] // every other check would go by settings that are not meant
  }
  const store =
    config.databaseUrl === undefined
      ? await examineFiles(config.dataDir)
      : await examineDatabase(config.dataDir, config.databaseUrl)
  return [
    ok('every setting can be understood'),
    ...checkSettings(config),
    ...(await checkFolder(config.dataDir)),
    ...store,
    ...(await checkDisk(config.dataDir)),
  ]
}

async function examineFiles(dataDir: string): Promise<Finding[]> {
  try {
    const { findings, newestMs } = await checkFileStore(dataDir)
    const backups = [...(await checkRestore(dataDir)), await checkRing(dataDir, Date.now())]
    return [...findings, ...backups, checkClock(Date.now(), newestMs)]
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error
    const isForbidden = error.code === 'EACCES' || error.code === 'EPERM'
    const cure = isForbidden ? `run this as the server's user` : 'what stands there is not ours'
    return [about('store').mend(`${error.message}: ${cure}.`)]
  }
}

async function examineDatabase(dataDir: string, url: string): Promise<Finding[]> {
  const secrets = await readFile(join(dataDir, 'secrets.json'), 'utf8').catch(nullIfMissing)
  const { findings, nowMs, signingKeys } = await checkDatabase(url, newestPostgresVersion)
  const clock = nowMs === null ? checkClock(Date.now(), null) : checkClocks(Date.now(), nowMs)
  const read = checkSecrets(secrets, signingKeys.length > 0)
  const match = await checkMatch(read.secrets, signingKeys)
  return [...read.findings, ...match, ...findings, clock]
}

const marks = { ok: 'ok  ', note: 'note', mend: 'MEND' } as const

function asLines(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  const lines = findings.map(
    ({ subject, state, text }) => `${marks[state]}  ${subject.padEnd(width)}  ${text}`,
  )
  const count = findings.filter(({ state }) => state === 'mend').length
  const end = count === 0 ? 'Nothing has to be mended.' : `To mend: ${count}.`
  return [...lines, '', end].join('\n')
}
