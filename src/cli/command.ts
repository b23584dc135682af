import type { Config } from '../config.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words-given.ts'

/** One command of `npm run barbell`. */
export interface Command {
  /** As it is given: `account add`. */
  readonly name: string
  /** What must follow the name, such as `NAME`. */
  readonly places: readonly string[]
  /** What may follow, by the name without its dashes. */
  readonly options: Readonly<Record<string, Option>>
  /** What it does, in a few words: a line of the help. */
  readonly summary: string
  /** What whoever gives it should know: the lines of its own help. */
  readonly details: readonly string[]
  /**
   * @returns what to tell
   * @throws {CommandFailed} and what else is meant for people
   */
  run(given: Words, world: World): Promise<Outcome>
}

/** An option of a command. */
export interface Option {
  /** What its value is called in the help; none for a switch. */
  readonly value?: string
  readonly effect: string
}

/** What a command takes from around it. */
export interface World {
  /** Reads the settings. @throws {ConfigError} */
  readonly readConfig: () => Config
  /** A path as whoever typed it means it: relative to where they stand. */
  readonly resolvePath: (path: string) => string
  readonly terminal: Terminal
}

/** What a command tells on standard output; `failed` for one that found something wrong. */
export interface Outcome {
  readonly text: string
  readonly failed?: boolean
}

/** The words make no sense. The message says what is wrong with them. */
export class NotUnderstood extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotUnderstood'
  }
}
