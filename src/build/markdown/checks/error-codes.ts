import { errorCodes, errorRow } from '#api/error-codes.ts'
import type { ErrorCode } from '#api/error-codes.ts'
import { anchorsOf } from '../anchors.ts'
import { contentFolder } from '../../samples/recorded-output.ts'
import type { MarkdownMistake, Place } from '../markdown-mistake.ts'
import { type Page, mistakeIn, nodesIn, startOf } from '../page.ts'

/** The page that `type` in an error of the API links to. */
const errorsPage = `${contentFolder}/docs/errors.mdx`

/** Proves that each code of the API has its section in the page of errors: answers link to it. */
export function checkErrorCodes(page: Page): MarkdownMistake[] {
  if (page.path !== errorsPage) return []
  const ids = new Set(anchorsOf(page).map(({ id }) => id))
  const codes = Object.keys(errorCodes) as ErrorCode[]
  const missing = codes.flatMap((code) => {
    const { anchor, oauth = anchor, status } = errorRow(code)
    return [anchor, oauth].filter((name) => !ids.has(name)).map((name) => ({ name, status }))
  })
  return [...new Map(missing.map((each) => [each.name, each])).values()].map(({ name, status }) => {
    const problem = `The error "${name}" of src/api/error-codes.ts has no section in this page.`
    return mistakeIn(
      page,
      sectionOf(status, page),
      problem,
      `Write "### ${name}" below this heading.`,
    )
  })
}

/** The heading under which a status is explained, such as "500 and 503: it is us"; else the beginning of the page. */
function sectionOf(status: number, page: Page): Place {
  const heading = [...nodesIn(page.tree)].find(
    (node) =>
      node.type === 'heading' && page.lines[startOf(node).line - 1]?.includes(String(status)),
  )
  return heading ? startOf(heading) : { line: 1, column: 1 }
}
