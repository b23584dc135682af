import type { Place } from './markdown-mistake.ts'
import { mistakeIn } from './page.ts'
import type { Page } from './page.ts'

/** The code of a fence: where it is, what its fence is made of, and whether readers can run it. */
export interface FencedCode {
  /** Of the opening fence. */
  readonly place: Place
  /** Three or more backticks or tildes. */
  readonly mark: string
  readonly code: string
  readonly runnable: boolean
  /** The file below `content/` that holds the code; its lines are not those of the page. */
  readonly file?: string
}

/**
 * Proves that there is code, that it does not hold another fence, and that it comes out of the page as it went in.
 * A reader runs the text of the highlighted page, and the highlighter drops white space at the end of a line, empty
 * lines around the code, and tabs. So a sample that runs has none of them.
 * @throws {MarkdownMistake} at the first line that is wrong
 */
export function checkSampleCode(fenced: FencedCode, page: Page): void {
  const { place, mark, code, runnable, file } = fenced
  if (code.trim() === '') {
    throw mistakeIn(page, place, 'This fence is empty.', 'Write its code or remove it.')
  }
  const lines = code.split('\n')
  for (const [index, text] of lines.entries()) {
    const line = place.line + 1 + index
    // Inside a list or a quote the code begins further right.
    const column = Math.max(0, (page.lines[line - 1] ?? '').length - text.length) + 1
    if (file === undefined && text.startsWith(mark)) {
      const mend = `Write ${mark} above it, or open the fence with one character more.`
      throw mistakeIn(page, { line, column }, 'The fence above is not closed.', mend)
    }
    const lost = lostIn(text, { isOuter: index === 0 || index === lines.length - 1 })
    if (!runnable || !lost) continue
    const problem = `A sample that runs cannot have ${lost.what}`
    if (file !== undefined) {
      throw mistakeIn(page, place, `${problem}: line ${index + 1} of content/${file}.`, lost.mend)
    }
    throw mistakeIn(page, { line, column: column + lost.offset }, `${problem}.`, lost.mend)
  }
}

function lostIn(text: string, { isOuter }: { isOuter: boolean }) {
  const tab = text.indexOf('\t')
  if (tab !== -1) return { what: 'a tab', offset: tab, mend: 'Write spaces.' }
  const end = text.trimEnd().length
  const mend = 'Remove it.'
  if (end < text.length) return { what: 'white space at the end of a line', offset: end, mend }
  return isOuter && end === 0 ? { what: 'an empty first or last line', offset: 0, mend } : undefined
}
