/**
 * Sends hostile requests to the built server, made from its own /openapi.json:
 * `node tests/fuzz/run.ts [--seed 1] [--requests 20000] [--only INDEX]`.
 * Prints what came and ends with 0 if nothing was wrong. The same seed makes the same requests.
 */
import { parseArgs } from 'node:util'
import { startBuiltServer } from '../support/built-server.ts'
import { type Failure, fuzz, type FuzzResult } from './fuzz.ts'
import { memoryProbe } from './server-memory.ts'

const usage = 'Usage: npm run fuzz -- [--seed 1] [--requests 20000] [--only INDEX]'
const maxGrowthMb = 50
const warmUpShare = 0.25
const progressEvery = 500
const maxCurlCharacters = 3_000

interface Memory {
  warmMb: number
  endMb: number
}

function readPlan(): { seed: number; requests: number; first: number } {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { seed: text, requests: text, only: text } })
  const seed = wholeNumber('--seed', values.seed ?? '1')
  if (values.only !== undefined) {
    return { seed, requests: 1, first: wholeNumber('--only', values.only) }
  }
  return { seed, requests: wholeNumber('--requests', values.requests ?? '20000'), first: 0 }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${name} must be a whole number, got "${text}"`)
  return Number(text)
}

async function runPlan(plan: ReturnType<typeof readPlan>): Promise<{
  result: FuzzResult
  memory: Memory
  exitCode: number | null
}> {
  const probe = await memoryProbe()
  const server = await startBuiltServer(probe.settings)
  const startedAt = performance.now()
  const warmAt = Math.ceil(plan.requests * warmUpShare)
  let warmMb = await probe.residentMb(server.pid)
  const result = await fuzz({
    ...plan,
    url: server.url,
    onProgress: async (done) => {
      if (done === warmAt) warmMb = await probe.residentMb(server.pid)
      if (done % progressEvery !== 0) return
      const seconds = (performance.now() - startedAt) / 1000
      const rate = Math.round(done / seconds)
      process.stderr.write(`\r${done} of ${plan.requests}, ${rate} per second `)
    },
  }).catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  process.stderr.write('\n')
  const endMb = await probe.residentMb(server.pid).catch(() => Infinity) // the process has ended
  return { result, memory: { warmMb, endMb }, exitCode: await server.stop() }
}

function tell(seed: number, { statuses, calls, failures, slowest }: FuzzResult): void {
  const byStatus = [...statuses].sort(([a], [b]) => a - b)
  console.log(`\nAnswers: ${byStatus.map(([status, count]) => `${status}: ${count}`).join(', ')}`)
  console.log('Calls as the document has them:')
  for (const [call, count] of [...calls].sort()) console.log(`  ${call}: ${count}`)
  console.log('Slowest:')
  for (const { ms, status, line } of slowest) {
    console.log(`  ${Math.round(ms)} ms, ${status}: ${JSON.stringify(line)}`)
  }
  for (const failure of failures) tellFailure(seed, failure)
}

function tellFailure(seed: number, { index, faults, curl }: Failure): void {
  console.log(`\nFAULT at --seed ${seed} --only ${index}: ${faults.join('; ')}`)
  const isLong = curl.length > maxCurlCharacters
  console.log(isLong ? `${curl.slice(0, maxCurlCharacters)} ... (${curl.length} characters)` : curl)
}

/** What is wrong with the run as a whole. */
function wrongs(
  { failures, statuses }: FuzzResult,
  memory: Memory,
  exitCode: number | null,
): string[] {
  const growthMb = memory.endMb - memory.warmMb
  return [
    ...(failures.length > 0 ? [`${failures.length} answers were not as they must be`] : []),
    ...(growthMb > maxGrowthMb ? [`memory grew by ${Math.round(growthMb)} MB`] : []),
    ...(exitCode === 0 ? [] : [`the server ended with ${String(exitCode)}`]),
    ...(statuses.size === 0 ? ['no request was sent'] : []),
  ]
}

async function main(): Promise<number> {
  const plan = readPlan()
  const { result, memory, exitCode } = await runPlan(plan)
  tell(plan.seed, result)
  const { warmMb, endMb } = memory
  console.log(`Memory: ${Math.round(warmMb)} MB warm, ${Math.round(endMb)} MB at the end`)
  const wrong = wrongs(result, memory, exitCode)
  console.log(wrong.length === 0 ? `\nNothing was wrong.` : `\nWrong: ${wrong.join('; ')}.`)
  return wrong.length === 0 ? 0 : 1
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof TypeError)) throw error
  console.error(`${error.message}\n${usage}`)
  return 2
})
