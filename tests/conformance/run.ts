/**
 * Tests a server from outside, line by line: `node tests/conformance/run.ts [--url https://...]`.
 * Without `--url` it starts the built server. It ends with 0 if every line that can be tested is held.
 */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'
import { lines } from './lines.ts'
import { idsIn, isGood, judge, type Outcome, tableOf } from './report.ts'
import { urlVariable } from './start-target.ts'

const usage = 'Usage: npm run conformance -- [--url https://docs.example]'

/** @returns the origin to test; undefined for a server of this run */
function readUrl(): string | undefined {
  const { values } = parseArgs({ options: { url: { type: 'string' } } })
  if (values.url === undefined) return undefined
  if (!/^https?:\/\//.test(values.url) || !URL.canParse(values.url)) {
    throw new TypeError(`--url must be an http(s) URL, got "${values.url}"`)
  }
  return new URL(values.url).origin
}

async function runTests(): Promise<{ outcomes: Outcome[]; mistakes: number }> {
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
  const vitest = await startVitest([], { config, run: true, watch: false })
  const outcomes = vitest.state
    .getTestModules()
    .flatMap((module) => [...module.children.allTests()])
    .map((test): Outcome => {
      const { state } = test.result()
      return { name: test.fullName, state: state === 'pending' ? 'skipped' : state }
    })
  const broken = vitest.state.getTestModules().filter((module) => !module.ok())
  const mistakes = broken.length + vitest.state.getUnhandledErrors().length
  await vitest.close()
  return { outcomes, mistakes }
}

/** Test files of the other suites, by the lines that they hold. */
function heldElsewhere(): Map<string, string[]> {
  const cwd = fileURLToPath(new URL('../../', import.meta.url))
  const found = new Map<string, string[]>()
  for (const file of globSync('tests/{unit,contract,browser,fuzz}/**/*.ts', { cwd }).sort()) {
    for (const id of idsIn(readFileSync(`${cwd}${file}`, 'utf8'))) {
      found.set(id, [...(found.get(id) ?? []), file])
    }
  }
  return found
}

try {
  const url = readUrl()
  if (url !== undefined) {
    process.env[urlVariable] = url
    console.log(`${url} is tested. Accounts named conformance-... and sandbox accounts stay there;`)
    console.log('its limits have to be raised for this run, since one address makes all the calls.')
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  process.exit(2)
}
const { outcomes, mistakes } = await runTests()
if (outcomes.length === 0) {
  console.error('\nNo test was run, so no line is judged. The reason stands above.')
  process.exit(1)
}
const verdicts = judge(lines, outcomes, heldElsewhere())
console.log(`\n${tableOf(verdicts)}`)
process.exitCode = isGood(verdicts) && mistakes === 0 ? 0 : 1
