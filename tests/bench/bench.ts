/**
 * `npm run bench -- [--quick] [--pages N] [--results FILE] [PART ...]`: measures the built server over loopback, beside
 * others in the same run; every part unless some are named, but for `build`, `growth` and `edits`, which measure no server.
 * A build is one of 1,000 pages unless --pages says how many, in `growth` one of five times as many as well, and takes
 * minutes. Prints what was found and writes it into its part of results.md.
 * A target that is not held is told and is no failure: the figures belong to the machine.
 */
import { parseArgs } from 'node:util'
import { measureAccounts } from './accounts.ts'
import { pathOf } from './bench-process.ts'
import { measureBuild } from './build.ts'
import { measureEdits } from './edits.ts'
import { describeFindings, type Findings, type Target } from './findings.ts'
import { measureGrowth } from './growth.ts'
import { measureKeys } from './keys.ts'
import { measureLateTicks } from './late-ticks.ts'
import { measureLogin } from './login.ts'
import { measureMemory } from './memory.ts'
import { measurePages } from './pages.ts'
import { writeResult } from './results.ts'
import { full, quick, type Scale } from './scale.ts'
import { measureStart } from './start.ts'
import { measureStoreCost } from './store-cost.ts'

/** The parts in their order. */
const parts: Readonly<Record<string, (scale: Scale) => Promise<Findings>>> = {
  keys: measureKeys,
  accounts: measureAccounts,
  pages: measurePages,
  login: measureLogin,
  start: measureStart,
  'late-ticks': measureLateTicks,
  memory: measureMemory,
  'store-cost': measureStoreCost,
  build: measureBuild,
  growth: measureGrowth,
  edits: measureEdits,
}
const partNames = Object.keys(parts)
const serverParts = partNames.filter((name) => !['build', 'growth', 'edits'].includes(name))

/** What was asked for; ends the process where that makes no sense. */
function readCommandLine(): {
  asked: readonly string[]
  scale: Scale
  results: string | undefined
} {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        pages: { type: 'string' },
        results: { type: 'string' },
      },
    })
    const unknown = positionals.find((name) => !Object.hasOwn(parts, name))
    if (unknown !== undefined) throw new TypeError(`"${unknown}" is no part.`)
    // Figures of a quick run are no results.
    const results = values.results ?? (values.quick ? undefined : pathOf('results.md'))
    const asked = positionals.length > 0 ? positionals : serverParts
    const scale = values.quick ? quick : full
    const sitePages = Number(values.pages ?? scale.sitePages)
    if (!Number.isInteger(sitePages) || sitePages < 1)
      throw new TypeError('--pages takes a number.')
    return { asked, scale: { ...scale, sitePages }, results }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error(
      `Usage: npm run bench -- [--quick] [--pages N] [--results FILE] [PART ...]\nParts: ${partNames.join(', ')}`,
    )
    process.exit(2)
  }
}

function summary(targets: readonly Target[]): string {
  const count = (isHeld: boolean | null): number =>
    targets.filter((each) => each.isHeld === isHeld).length
  return `Targets: ${count(true)} held, ${count(false)} not held, ${count(null)} not measured.`
}

const { asked, scale, results } = readCommandLine()
const targets: Target[] = []
for (const [part, measure] of Object.entries(parts)) {
  if (!asked.includes(part)) continue
  process.stderr.write(`\n${part}\n`)
  const findings = await measure(scale)
  const text = describeFindings(findings)
  if (results !== undefined) writeResult(results, { part, text }, partNames)
  console.log(`\n## ${part}\n\n${text}`)
  targets.push(...findings.targets)
}
console.log(`\n${summary(targets)}`)
