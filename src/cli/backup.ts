import { join } from 'node:path'
import { controlSocketName, isControlOpen } from '#ops/control.ts'
import { type BackupSummary, checkBackup, makeBackup, restoreBackup } from '#store/backup.ts'
import { pipeRefusal } from '#store/backup-file.ts'
import { moment } from './columns.ts'
import type { Command } from './command.ts'
import { CommandFailed } from './command-failed.ts'
import { refuseAsOtherUser } from './same-user.ts'
import { confirm, yesOption } from './terminal.ts'

const clock = { nowMs: () => Date.now() }

const backup: Command = {
  name: 'backup',
  places: ['FILE'],
  options: {},
  summary: 'writes everything of the server into one file',
  details: [
    'Packs accounts, keys, sessions, the audit log and secrets.json into FILE, which must not be there yet. A server',
    'may run on meanwhile: the backup is of one moment. Whoever has FILE has the server: keep it as safe.',
    'With DATABASE_URL set, FILE holds secrets.json only: back up the database with pg_dump.',
  ],
  async run({ places: [file = ''] }, { readConfig, resolvePath, terminal }) {
    const { dataDir: directory, databaseUrl } = readConfig()
    const to = resolvePath(file)
    terminal.showProgress(`packing ${directory}`)
    const what = databaseUrl === undefined ? 'everything' : 'secrets'
    return { text: packedText(await makeBackup({ directory, to, clock, what }), what) }
  },
}

const restore: Command = {
  name: 'restore',
  places: ['FILE'],
  options: yesOption,
  summary: 'puts back what a backup holds',
  details: [
    'Checks the whole of FILE, then puts its files into BARBELL_DATA_DIR. What was there is kept in a folder beside.',
    'No server may run meanwhile. What happened after the backup is as if it had not been: keys and sessions that',
    'were revoked since then are valid again.',
  ],
  async run(words, { readConfig, resolvePath, terminal }) {
    const [file = ''] = words.places
    if (file === '-') throw pipeRefusal('standard input')
    const { dataDir: directory, databaseUrl } = readConfig()
    const from = resolvePath(file)
    await refuseAsOtherUser(directory)
    terminal.showProgress(`checking ${from}`)
    const { madeAtMs, files } = await checkBackup(from)
    const hasRecords = files.some(({ name }) => name !== 'secrets.json')
    if (databaseUrl !== undefined && hasRecords) throw forAFile(from)
    if (await isControlOpen(join(directory, controlSocketName))) {
      throw new CommandFailed(`A server runs on ${directory}: stop it first. Nothing was changed.`)
    }
    terminal.clear()
    await confirm(words, terminal, `makes ${directory} what it was at ${moment(madeAtMs)}`)
    const { restored, keptAside } = await restoreBackup({ from, directory, clock })
    const aside = keptAside === null ? '' : `\nWhat it replaced is kept in ${keptAside}.`
    return { text: `Put back as of ${moment(madeAtMs)}: ${restored.join(', ')}.${aside}` }
  },
}

/** `backup` and `restore`. */
export const backupCommands: readonly Command[] = [backup, restore]

function packedText(made: BackupSummary, what: 'everything' | 'secrets'): string {
  const held = made.files.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', ')
  const warning = 'It holds the secrets of the server: keep it as safe as the server.'
  const database =
    what === 'everything'
      ? ''
      : '\nThe accounts are in PostgreSQL and not in it: back them up with "pg_dump --format=custom --file=FILE URL" at the same time.'
  return `${made.path} holds ${held}.\n${warning}${database}`
}

function forAFile(from: string): CommandFailed {
  return new CommandFailed(
    `${from} holds the records of a server without PostgreSQL, and DATABASE_URL is set: unset it and restore, then "migrate-store --to postgres" moves them. Nothing was changed.`,
  )
}
