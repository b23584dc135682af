/** `npm run check` begins with it: everything that is wrong with the pages, in one pass and without a build. */
import { pageFiles } from './markdown/page-files.ts'
import { readSite } from './markdown/site.ts'
import { mistakesOfSite } from './page-checks.ts'
import { referencePages } from './reference/reference-pages.ts'

const started = performance.now()
const site = readSite(process.cwd(), referencePages())
const mistakes = mistakesOfSite(site)
for (const { message } of mistakes) console.error(message)
const seconds = ((performance.now() - started) / 1000).toFixed(1)
console.log(
  `${pageFiles(site.root).length} pages checked in ${seconds} s: ${mistakes.length === 0 ? 'no' : mistakes.length} mistakes.`,
)
process.exitCode = mistakes.length === 0 ? 0 : 1
