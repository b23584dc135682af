import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../src/cli/run-command.ts'
import { createTerminal } from '../../src/cli/terminal.ts'
import { readConfig } from '../../src/config.ts'

/** Where the commands begin, as a program. */
export const barbellEntry = fileURLToPath(new URL('../../src/cli/barbell.ts', import.meta.url))

/** How a command ended. */
export interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

/** What is around a command that a script gives: nobody is at a terminal. */
interface Surroundings {
  /** Over the environment of the tests. */
  env?: Record<string, string>
  /** What is piped in. */
  input?: string
}

/** Gives a command in this process, which costs a tenth of a process of its own. */
export async function barbell(
  args: readonly string[],
  { env = {}, input = '' }: Surroundings = {},
): Promise<Ended> {
  const errors = new PassThrough()
  let stdout = ''
  const status = await runCommand(
    args,
    {
      readConfig: () => readConfig({ ...process.env, ...env }),
      resolvePath: (path) => resolve(path),
      terminal: createTerminal(Readable.from([Buffer.from(input)]), errors),
    },
    { result: (piece) => (stdout += piece), error: (piece) => errors.write(piece) },
  )
  errors.end()
  return { status, stdout, stderr: await text(errors) }
}

/** Gives a command as a shell does: a process of its own. */
export async function barbellProcess(
  args: readonly string[],
  { env = {}, input = '' }: Surroundings = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [barbellEntry, ...args], {
    env: { ...process.env, ...env },
  })
  const status = new Promise<number | null>((done) => child.once('close', done))
  child.stdin.on('error', () => undefined) // it ended without reading
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { status: await status, stdout, stderr }
}
