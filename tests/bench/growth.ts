import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { conditions, type Findings, target } from './findings.ts'
import { makeOurSite } from './large-site.ts'
import { table } from './numbers.ts'
import type { Scale } from './scale.ts'
import { type Build, buildSite } from './site-process.ts'

const times = 5
/** Some room above that: two builds of one site are not alike to the second. */
const mostGrowth = 5.3

interface Measured extends Build {
  pages: number
  /** Mean size of one of the generated pages, as HTML that is not compressed. */
  pageKb: number
}

/** Measures whether five times as many pages take five times as long to build. */
export async function measureGrowth({ sitePages }: Scale): Promise<Findings> {
  const how = [
    conditions(),
    'Our site with generated pages beside its own, as in `build`, built from an empty folder with what it keeps of earlier',
    'builds but cards of the generated pages. One build each, one after the other.',
  ].join(' ')
  const few = await measureSite(sitePages)
  const many = await measureSite(sitePages * times)
  const gigabytes = (value: number): string => `${value.toFixed(1)} GB`
  return {
    how,
    tables: [
      table(
        ['pages', 'build in s', 'ms per page', 'CPU in s', 'peak in MB', 'HTML of a page in KB'],
        [few, many].map(row),
      ),
    ],
    targets: [
      target(`time of ${times} times as many pages`, many.seconds / few.seconds, {
        atMost: mostGrowth,
      }),
      target(`peak with ${many.pages} pages`, many.peakMb / 1024, { atMost: 8 }, gigabytes),
    ],
  }
}

async function measureSite(pages: number): Promise<Measured> {
  using site = makeOurSite(pages, 'mdx')
  process.stderr.write(`building: ${pages} pages\n`)
  const build = await buildSite(site.folder)
  const files = globSync('dist/client/docs/large/**/*.html', { cwd: site.folder })
  const bytes = files.reduce((sum, file) => sum + statSync(join(site.folder, file)).size, 0)
  return { ...build, pages, pageKb: bytes / files.length / 1024 }
}

function row({ pages, seconds, cpuSeconds, peakMb, pageKb }: Measured): string[] {
  const msPerPage = (seconds * 1000) / pages
  return [
    String(pages),
    ...[seconds.toFixed(1), msPerPage.toFixed(0), cpuSeconds.toFixed(1)],
    ...[peakMb, pageKb].map((value) => value.toFixed(0)),
  ]
}
