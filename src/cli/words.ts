import { parseArgs } from 'node:util'
import { type Command, NotUnderstood } from './command.ts'
import type { Words } from './words-given.ts'

/**
 * Reads what follows the name of a command.
 * @throws {NotUnderstood} for an option that it does not have, and for words too few or too many
 */
export function readWords(command: Command, args: readonly string[]): Words {
  const { positionals, values } = parsed(command, args)
  refuseOtherCount(command, positionals)
  return {
    places: positionals,
    switches: new Set(Object.keys(values).filter((name) => values[name] === true)),
    values: new Map(
      Object.entries(values).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as const] : [],
      ),
    ),
  }
}

function parsed(
  command: Command,
  args: readonly string[],
): { positionals: string[]; values: Record<string, unknown> } {
  const options = Object.entries(command.options).map(([name, { value }]) => {
    const type: 'boolean' | 'string' = value === undefined ? 'boolean' : 'string'
    return [name, { type }] as const
  })
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(options),
      allowPositionals: true,
    })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new NotUnderstood(`${command.name}: ${error.message}`)
  }
}

function refuseOtherCount({ name, places }: Command, given: readonly string[]): void {
  const missing = places.slice(given.length)
  if (missing.length > 0) throw new NotUnderstood(`${name} needs ${missing.join(' ')} as well.`)
  const [extra] = given.slice(places.length)
  if (extra === undefined) return
  throw new NotUnderstood(`${name} cannot do anything with ${JSON.stringify(extra)}.`)
}
