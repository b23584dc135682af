import { SecretsRefused } from '#auth/secrets.ts'
import { ControlFailed } from '#ops/control.ts'
import { StoreRefused, StoreUnavailable } from '#store/store.ts'
import { ConfigError, readConfig } from '../config.ts'
import { type Command, CommandFailed, NotUnderstood } from './command.ts'
import { signingKey } from './signing-key.ts'

const commands: Readonly<Record<string, Command>> = { 'signing-key': signingKey }

const status = { done: 0, failed: 1, notUnderstood: 2 } as const

/** Failures that are meant for whoever gave the command: the message says all. */
const forPeople = [
  CommandFailed,
  ConfigError,
  ControlFailed,
  SecretsRefused,
  StoreRefused,
  StoreUnavailable,
]

function help(): string {
  return [
    'Usage: npm run barbell -- COMMAND',
    '',
    ...Object.values(commands).flatMap(({ usage }) => usage.map((line) => `  ${line}`)),
    '  help                 shows this',
    '',
    'A command works on the data folder of BARBELL_DATA_DIR, whether its server runs or not. Give it the',
    'environment of the server, and run it as the same user.',
    '',
    'Exit status: 0 done, 1 failed, 2 not understood.',
    '',
  ].join('\n')
}

/** Does what the arguments say. @returns the exit status */
async function run([name = '', ...args]: readonly string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(help())
    return status.done
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command === undefined) throw new NotUnderstood(name)
    process.stdout.write(`${await command.run(args, () => readConfig(process.env))}\n`)
    return status.done
  } catch (error) {
    if (error instanceof NotUnderstood) {
      process.stderr.write(`${error.message}\n\n${help()}`)
      return status.notUnderstood
    }
    if (!(error instanceof Error) || !forPeople.some((kind) => error instanceof kind)) throw error
    process.stderr.write(`${error.message}\n`)
    return status.failed
  }
}

process.exitCode = await run(process.argv.slice(2))
