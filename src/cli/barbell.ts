import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { runCommand } from './run-command.ts'
import { createTerminal } from './terminal.ts'

process.exitCode = await runCommand(
  process.argv.slice(2),
  {
    readConfig: () => readConfig(process.env),
    // npm runs this in the project, and says where it was called.
    resolvePath: (path) => resolve(process.env['INIT_CWD'] ?? process.cwd(), path),
    terminal: createTerminal(process.stdin, process.stderr),
  },
  {
    result: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
  },
)
