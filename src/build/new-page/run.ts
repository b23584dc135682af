/** `npm run new -- [--in FOLDER] "Page title"`: makes a page, and prints its file and its address. */
import { parseArgs } from 'node:util'
import { NoNewPage, makePage } from './new-page.ts'

const usage = 'Write: npm run new -- "Page title", or npm run new -- --in guides "Page title"'

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { in: { type: 'string', default: '' } },
  })
  const [title, ...more] = positionals
  if (title === undefined) throw new NoNewPage(`The page needs a title. ${usage}`)
  if (more.length > 0) throw new NoNewPage(`Put the title between quotes. ${usage}`)
  const { file, path } = makePage(process.cwd(), title, values.in)
  console.log(`Made ${file}`)
  console.log(`See it at http://localhost:4321${path} while "npm run dev" runs.`)
} catch (error) {
  if (!(error instanceof NoNewPage || error instanceof TypeError)) throw error
  console.error(error instanceof NoNewPage ? error.message : `${error.message} ${usage}`)
  process.exitCode = 2
}
