/**
 * `npm run lighthouse -- [--runs N] [PATH ...]`: Lighthouse's mobile preset over the built server, the pages in turn, each
 * run in a new Chromium. Prints the medians, and what cost points. Ends with 1 where a goal is missed.
 */
import { parseArgs } from 'node:util'
import { conditions } from '../bench/findings.ts'
import { median, table } from '../bench/numbers.ts'
import { startBuiltServer } from '../support/built-server.ts'
import { type Audit, auditPage, categories, openChromium } from './audit.ts'
import { auditedPaths } from './audited-pages.ts'
import { maxBytes } from './budgets.ts'

/** What was asked for; ends the process where that makes no sense. */
function readCommandLine(): { runs: number; paths: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { runs: { type: 'string', default: '5' } },
    })
    const runs = Number(values.runs)
    if (!Number.isInteger(runs) || runs < 1) throw new TypeError('--runs takes a number from 1 on.')
    return { runs, paths: positionals }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error('Usage: npm run lighthouse -- [--runs N] [PATH ...]')
    process.exit(2)
  }
}

/** One run of every page after the other, over and over: all get the same share of a busy machine. */
async function auditInTurn(site: string, paths: readonly string[], runs: number) {
  const audits = new Map<string, Audit[]>(paths.map((path) => [path, []]))
  for (let run = 1; run <= runs; run += 1) {
    for (const [path, done] of audits) {
      process.stderr.write(`run ${run} of ${runs}: ${path}\n`)
      const browser = await openChromium()
      try {
        done.push(await auditPage(browser, site + path))
      } finally {
        await browser.close()
      }
    }
  }
  return audits
}

/** The medians of the runs of one page. */
interface Medians {
  path: string
  scores: number[]
  lcpMs: number
  cls: number
  tbtMs: number
  bytes: number
}

function mediansOf(path: string, audits: readonly Audit[]): Medians {
  const of = (read: (audit: Audit) => number): number => median(audits.map(read))
  return {
    path,
    scores: categories.map((category) => of(({ scores }) => scores[category] ?? Number.NaN)),
    lcpMs: of(({ lcpMs }) => lcpMs),
    cls: of(({ cls }) => cls),
    tbtMs: of(({ tbtMs }) => tbtMs),
    bytes: of(({ bytes }) => bytes),
  }
}

function row({ path, scores, lcpMs, cls, tbtMs, bytes }: Medians): string[] {
  return [
    path,
    ...scores.map(String),
    `${(lcpMs / 1000).toFixed(1)} s`,
    cls.toFixed(3),
    `${tbtMs.toFixed(0)} ms`,
    `${(bytes / 1000).toFixed(1)} KB`,
  ]
}

/** In words, what a page is not that it should be. */
function missedBy({ path, scores, cls, bytes }: Medians): string[] {
  const limit = maxBytes[path] ?? Number.POSITIVE_INFINITY
  return [
    ...categories.flatMap((category, at) =>
      scores[at] === 100 ? [] : [`${path}: ${category} is ${scores[at]}, not 100`],
    ),
    ...(cls === 0 ? [] : [`${path}: the layout shifts by ${cls.toFixed(3)}, not by 0`]),
    ...(bytes <= limit ? [] : [`${path}: ${bytes} bytes are transferred, more than ${limit}`]),
  ]
}

/** Prints what was found. @returns what is missed */
function report(audits: ReadonlyMap<string, readonly Audit[]>): string[] {
  const medians = [...audits].map(([path, all]) => mediansOf(path, all))
  const missed = medians.flatMap(missedBy)
  const faults = [...audits].flatMap(([path, all]) =>
    [...new Set(all.flatMap((audit) => audit.faults))].map((fault) => `${path}: ${fault}`),
  )
  console.log(table(['page', ...categories, 'LCP', 'CLS', 'TBT', 'bytes'], medians.map(row)))
  if (faults.length > 0) console.log(`\nCost points in some run:\n${faults.join('\n')}`)
  console.log(missed.length > 0 ? `\nMissed:\n${missed.join('\n')}` : '\nEvery goal is held.')
  return missed
}

const { runs, paths } = readCommandLine()
const server = await startBuiltServer()
try {
  const asked = paths.length > 0 ? paths : await auditedPaths(server.url)
  console.log(`Lighthouse, mobile preset, median of ${runs} run(s). ${conditions()}\n`)
  const missed = report(await auditInTurn(server.url, asked, runs))
  process.exitCode = missed.length > 0 ? 1 : 0
} finally {
  await server.stop()
}
