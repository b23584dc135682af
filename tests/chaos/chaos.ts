/**
 * `npm run chaos -- [--rounds 500] [--only NAME]`: does to the store what the world does, and looks whether all holds.
 * Prints a line for each experiment and ends with 0 if nothing was wrong. Writes nothing outside temporary folders.
 */
import { parseArgs } from 'node:util'
import { badFiles } from './bad-files.ts'
import type { Experiment, Outcome } from './experiment.ts'
import { killRounds } from './kill-rounds.ts'
import { postgresOutages } from './postgres-outages.ts'
import { powerCut } from './power-cut.ts'
import { restoreKills } from './restore-kills.ts'
import { fullDisk, readOnlyDisk } from './small-disk.ts'
import { twoProcesses } from './two-processes.ts'

const experiments: readonly Experiment[] = [
  badFiles,
  powerCut,
  fullDisk,
  readOnlyDisk,
  twoProcesses,
  restoreKills,
  killRounds,
  postgresOutages,
]
const defaultRounds = '500'
const shownProblems = 10

/** What was asked for; ends the process where that makes no sense. */
function readCommandLine(): { rounds: number; asked: readonly Experiment[] } {
  try {
    const text = { type: 'string' } as const
    const { values } = parseArgs({ options: { rounds: text, only: text } })
    const { rounds = defaultRounds, only } = values
    if (!/^[1-9]\d{0,5}$/.test(rounds)) throw new TypeError(`--rounds must be a whole number`)
    const asked = experiments.filter(({ name }) => only === undefined || name === only)
    if (asked.length === 0) throw new TypeError(`"${only ?? ''}" is no experiment.`)
    return { rounds: Number(rounds), asked }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    const names = experiments.map(({ name }) => name).join(', ')
    console.error(
      `Usage: npm run chaos -- [--rounds ${defaultRounds}] [--only NAME]\nNames: ${names}`,
    )
    return process.exit(2)
  }
}

function showProgress(name: string, text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${name}: ${text.slice(0, 60)}`)
}

async function tryOut(experiment: Experiment, rounds: number): Promise<Outcome> {
  const onProgress = (text: string): void => showProgress(experiment.name, text)
  try {
    return await experiment.run({ rounds, onProgress })
  } catch (error) {
    return { wrong: [error instanceof Error ? (error.stack ?? error.message) : String(error)] }
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  }
}

function describe({ name, claim }: Experiment, outcome: Outcome): string {
  if ('held' in outcome) return `held     ${name}: ${claim}\n         ${outcome.held}`
  if ('skipped' in outcome) return `skipped  ${name}: ${outcome.skipped}`
  const problems = outcome.wrong.slice(0, shownProblems).map((problem) => `         ${problem}`)
  return [`WRONG    ${name}: ${claim}`, ...problems].join('\n')
}

const { rounds, asked } = readCommandLine()
let wrongCount = 0
for (const experiment of asked) {
  const outcome = await tryOut(experiment, rounds)
  if ('wrong' in outcome) wrongCount += 1
  console.log(describe(experiment, outcome))
}
process.exitCode = wrongCount === 0 ? 0 : 1
