import type { Command } from './command.ts'

const way = 'npm run barbell --'

/** What there is, a line each. */
export function overview(commands: readonly Command[]): string {
  return [
    `Usage: ${way} COMMAND`,
    '',
    ...aligned([
      ...commands.map((command) => [synopsis(command), command.summary] as const),
      ['help COMMAND', 'shows what a command takes and does'],
    ]),
    '',
    'A command works on the store that the settings name, whether its server runs or not. Give it the',
    'environment of the server, and run it as the same user.',
    '',
    'Exit status: 0 done, 1 failed, 2 not understood.',
    '',
  ].join('\n')
}

/** What one command takes and does. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options)
  return [
    `Usage: ${way} ${synopsis(command)}${options.length > 0 ? ' [OPTIONS]' : ''}`,
    '',
    ...command.details,
    ...(options.length > 0 ? ['', 'Options:'] : []),
    ...aligned(
      options.map(([name, { value, effect }]) => [
        value === undefined ? `--${name}` : `--${name} ${value}`,
        effect,
      ]),
    ),
    '',
  ].join('\n')
}

function synopsis({ name, places }: Command): string {
  return [name, ...places].join(' ')
}

function aligned(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([left]) => left.length))
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`)
}
