import { freePort } from '../support/free-port.ts'
import { conditions, type Findings, target } from './findings.ts'
import { largePagePath } from './large-page.ts'
import { type LargeSite, makeOurSite, makePlainSite } from './large-site.ts'
import { table } from './numbers.ts'
import type { Scale } from './scale.ts'
import { type Build, buildSite, startDev } from './site-process.ts'

const ending = 'mdx'

/** What was measured of one site. */
interface Measured extends Build {
  /** Until `astro dev` has answered with its first page: for the first time, and once more. */
  devSeconds: readonly [first: number, again: number]
}

/** Measures the build of a site with many pages, and how long a writer waits, beside Starlight without us. */
export async function measureBuild({ sitePages }: Scale): Promise<Findings> {
  const how = [
    conditions(),
    `${sitePages} pages (${ending}), each with two samples in two languages: in our site as code-switches, beside its`,
    'own pages; in plain Starlight as fences. One build each, one after the other, from an empty folder; ours keeps',
    "what it has compressed before, and Python's memory; it draws a card for each of the pages, which plain Starlight",
    "does not and a second build need not. CPU and memory are those of the build's process.",
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
          'dev: first page in s',
          'again',
        ],
        rows,
      ),
    ],
    targets: [
      target('build beside plain Starlight', ours.seconds / plain.seconds, { atMost: 1 }),
      target('dev started again: first page', ours.devSeconds[1], { atMost: 3 }, seconds),
    ],
  }
}

async function measureSite(name: string, made: LargeSite): Promise<Measured> {
  using site = made
  process.stderr.write(`building: ${name}\n`)
  const build = await buildSite(site.folder)
  process.stderr.write(`starting dev twice: ${name}\n`)
  const path = largePagePath(1)
  // On one port: Astro reads every page anew where its settings have changed, and the port is one of them.
  const port = await freePort()
  const first = await startDev(site.folder, path, port)
  const devSeconds = [first, await startDev(site.folder, path, port)] as const
  return { ...build, devSeconds }
}

function row(name: string, measured: Measured, plain: Measured): string[] {
  const { seconds, cpuSeconds, peakMb, devSeconds } = measured
  return [
    name,
    seconds.toFixed(1),
    (seconds / plain.seconds).toFixed(2),
    cpuSeconds.toFixed(1),
    (cpuSeconds / plain.cpuSeconds).toFixed(2),
    peakMb.toFixed(0),
    (peakMb / plain.peakMb).toFixed(2),
    ...devSeconds.map((value) => value.toFixed(1)),
  ]
}
