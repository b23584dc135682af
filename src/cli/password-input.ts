import type { World } from './command.ts'
import { CommandFailed } from './command-failed.ts'
import type { Words } from './words-given.ts'

/** The option of every command that sets a password. */
export const passwordOption = {
  'password-stdin': { effect: 'takes the password from standard input, less a line end behind it' },
} as const

const maxInputBytes = 6 * 1024 // 1,024 characters take 4 KiB at most

/**
 * The password that was chosen, or null for a random one. Never an argument: those stand in the history of the
 * shell and in the list of processes.
 * @throws {CommandFailed} if none is piped in
 */
export async function readPassword(words: Words, { terminal }: World): Promise<string | null> {
  if (!words.switches.has('password-stdin')) return null
  if (terminal.isAttended) {
    throw new CommandFailed(
      '--password-stdin takes the password from a pipe or a file. Leave it away for a random password.',
    )
  }
  const input = await terminal.readInput(maxInputBytes)
  if (input === null) throw new CommandFailed('The password on standard input is too long.')
  return input.replace(/\r?\n$/, '')
}

/** Shows a random password, this once. */
export function passwordShown(password: string | null): string {
  return password === null ? '' : `\nThe password, which is shown this once only: ${password}`
}
