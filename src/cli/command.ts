import type { Config } from '../config.ts'

/** One command of `npm run barbell`. */
export interface Command {
  /** How it is given and what it does: a line each. */
  readonly usage: readonly string[]
  /**
   * @param args what follows its name
   * @param readConfig reads the settings; for a command that was understood
   * @returns what to tell
   * @throws {NotUnderstood | CommandFailed}
   */
  run(args: readonly string[], readConfig: () => Config): Promise<string>
}

/** The arguments make no sense. */
export class NotUnderstood extends Error {
  /** @param given what was not understood */
  constructor(given: string) {
    super(given === '' ? 'A command is needed.' : `There is no command ${JSON.stringify(given)}.`)
    this.name = 'NotUnderstood'
  }
}

/** The command was understood and cannot be done. The message says why. */
export class CommandFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommandFailed'
  }
}
