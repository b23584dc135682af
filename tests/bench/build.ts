import { freePort } from '../support/free-port.ts'
import { conditions, type Findings, target } from './findings.ts'
import { largePagePath } from './large-page.ts'
import { type LargeSite, makeOurSite, makePlainSite } from './large-site.ts'
import { median, table } from './numbers.ts'
import type { Scale } from './scale.ts'
import { type Build, buildSite, type DevStart, startDev } from './site-process.ts'

const ending = 'mdx'
const startsAgain = 3

/** What was measured of one site. */
interface Measured extends Build {
  /** `astro dev`, for the first time, and a later time of usual length. */
  dev: { first: DevStart; again: DevStart }
}

/** Measures the build of a site with many pages, and how long a writer waits, beside Starlight without us. */
export async function measureBuild({ sitePages }: Scale): Promise<Findings> {
  const how = [
    conditions(),
    `${sitePages} pages (${ending}), each with two samples in two languages: in our site as code-switches, beside its`,
    'own pages; in plain Starlight as fences. One build each, one after the other, from an empty folder; ours keeps',
    "what it has compressed before, and Python's memory; it draws a card for each of the pages, which plain Starlight",
    "does not and a second build need not. CPU and memory are those of the build's process. `astro dev` is ready when it",
    `takes connections, and is asked for a page then; again: medians of ${startsAgain} starts.`,
  ].join(' ')
  const plain = await measureSite('plain Starlight', makePlainSite(sitePages, ending))
  const ours = await measureSite('ours', makeOurSite(sitePages, ending))
  const rows = [row('plain Starlight', plain, plain), row('ours', ours, plain)]
  const seconds = (value: number): string => `${value.toFixed(1)} s`
  return {
    how,
    tables: [
      table(
        [
          'site',
          'build in s',
          'of plain',
          'CPU in s',
          'of plain',
          'peak in MB',
          'of plain',
          'dev: page in s',
          'again: ready in s',
          'again: page in s',
        ],
        rows,
      ),
    ],
    targets: [
      target('build beside plain Starlight', ours.seconds / plain.seconds, { atMost: 1 }),
      target('dev started again: ready', ours.dev.again.ready, { atMost: 3 }, seconds),
      target('dev started again: page', ours.dev.again.page, { atMost: 3 }, seconds),
    ],
  }
}

async function measureSite(name: string, made: LargeSite): Promise<Measured> {
  using site = made
  process.stderr.write(`building: ${name}\n`)
  const build = await buildSite(site.folder)
  process.stderr.write(`starting dev: ${name}\n`)
  const path = largePagePath(1)
  // On one port: Astro reads every page anew where its settings have changed, and the port is one of them.
  const port = await freePort()
  const first = await startDev(site.folder, path, port)
  const later: DevStart[] = []
  for (let start = 0; start < startsAgain; start += 1) {
    later.push(await startDev(site.folder, path, port))
  }
  const again = {
    ready: median(later.map(({ ready }) => ready)),
    page: median(later.map(({ page }) => page)),
  }
  return { ...build, dev: { first, again } }
}

function row(name: string, measured: Measured, plain: Measured): string[] {
  const { seconds, cpuSeconds, peakMb, dev } = measured
  return [
    name,
    seconds.toFixed(1),
    (seconds / plain.seconds).toFixed(2),
    cpuSeconds.toFixed(1),
    (cpuSeconds / plain.cpuSeconds).toFixed(2),
    peakMb.toFixed(0),
    (peakMb / plain.peakMb).toFixed(2),
    ...[dev.first.page, dev.again.ready, dev.again.page].map((value) => value.toFixed(1)),
  ]
}
