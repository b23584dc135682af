import { OperatorRefused } from '#auth/operator-actions.ts'
import { SecretsRefused } from '#auth/secrets.ts'
import { ControlFailed } from '#ops/control.ts'
import { StoreInUse } from '#store/data-directory.ts'
import { StoreRefused, StoreUnavailable } from '#store/store.ts'
import { ConfigError } from '../config.ts'
import { accountCommands } from './account.ts'
import { backupCommands } from './backup.ts'
import { type Command, NotUnderstood, type Outcome, type World } from './command.ts'
import { CommandFailed } from './command-failed.ts'
import { doctor } from './doctor.ts'
import { helpOf, overview } from './help.ts'
import { keyCommands } from './key.ts'
import { migrateStore } from './migrate-store.ts'
import { signingKeyCommands } from './signing-key.ts'
import { readWords } from './words.ts'

const commands: readonly Command[] = [
  ...accountCommands,
  ...keyCommands,
  ...signingKeyCommands,
  ...backupCommands,
  migrateStore,
  doctor,
]

const status = { done: 0, failed: 1, notUnderstood: 2 } as const

/** Failures that are meant for whoever gave the command: the message says all. */
const forPeople = [
  CommandFailed,
  ConfigError,
  ControlFailed,
  OperatorRefused,
  SecretsRefused,
  StoreRefused,
  StoreUnavailable,
]

/** Where a command's result goes, and where what went wrong. */
export interface Output {
  result(text: string): void
  error(text: string): void
}

/**
 * Does what the arguments say.
 * @param args as they follow `npm run barbell --`
 * @returns the exit status: 0 done, 1 failed, 2 not understood
 */
export async function runCommand(
  args: readonly string[],
  world: World,
  output: Output,
): Promise<number> {
  const words = args.filter((word, at) => !asksForHelp(word, at))
  const wantsHelp = words.length < args.length
  const command = commandOf(words)
  try {
    if (wantsHelp) return tell({ text: helpFor(words) }, output)
    if (command === undefined) throw noCommand(words)
    const given = readWords(command, words.slice(command.name.split(' ').length))
    const outcome = await command.run(given, world)
    world.terminal.clear()
    return tell(outcome, output)
  } catch (error) {
    world.terminal.clear()
    return fail(error, words, output)
  }
}

function asksForHelp(word: string, at: number): boolean {
  return word === '--help' || word === '-h' || (word === 'help' && at === 0)
}

/** Of a command, of all that begin with one word, or of everything. */
function helpFor(words: readonly string[]): string {
  const command = commandOf(words)
  if (command !== undefined) return helpOf(command)
  const group = commands.filter(({ name }) => words.length < 2 && name.startsWith(`${words[0]} `))
  if (words.length > 0 && group.length === 0) throw noCommand(words)
  return overview(words.length === 0 ? commands : group)
}

/** The command that the words begin with. */
function commandOf(words: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, at) => words[at] === word))
}

function noCommand(words: readonly string[]): NotUnderstood {
  return new NotUnderstood(
    words.length === 0
      ? 'A command is needed.'
      : `There is no command ${JSON.stringify(words.join(' '))}.`,
  )
}

function tell({ text, failed = false }: Outcome, output: Output): number {
  output.result(text.endsWith('\n') ? text : `${text}\n`)
  return failed ? status.failed : status.done
}

function fail(error: unknown, words: readonly string[], output: Output): number {
  if (error instanceof NotUnderstood) {
    const command = commandOf(words)
    const help = command === undefined ? overview(commands) : helpOf(command)
    output.error(`${error.message}\n\n${help}`)
    return status.notUnderstood
  }
  if (!(error instanceof Error) || !isForPeople(error)) throw error
  output.error(`${error instanceof StoreInUse ? inUseMessage(error) : error.message}\n`)
  return status.failed
}

/** A server that runs would have taken the command itself. */
function inUseMessage({ file }: StoreInUse): string {
  return `${file} is in use by another server process that takes no commands now, or by another command: it may be starting or ending. Give the command again in some seconds, or stop that one first. Nothing was changed.`
}

/** What the system says of a file, such as "ENOENT: no such file or directory, open '...'", says enough as well. */
function isForPeople(error: Error): boolean {
  return forPeople.some((kind) => error instanceof kind) || 'syscall' in error
}
