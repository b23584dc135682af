import type { MarkdownMistake } from '../markdown-mistake.ts'
import { type Page, mistakeIn } from '../page.ts'
import type { CodeSwitch, Fence } from '../read-code-switches.ts'
import { syntaxMistake } from '../sample-syntax.ts'

/** Proves that each sample is code of its language, those that are only shown too. */
export function checkSamples(groups: readonly CodeSwitch[], page: Page): MarkdownMistake[] {
  return groups.flatMap(({ fences }) => fences).flatMap((fence) => checkSample(fence, page))
}

function checkSample(fence: Fence, page: Page): MarkdownMistake[] {
  const found = syntaxMistake(fence.language, fence.code)
  if (!found) return []
  const { file } = fence.attributes
  const problem = `This is no ${found.language}: ${found.problem.replace(/\.$/, '')}`
  if (file !== undefined) {
    const place = `line ${found.line} of content/${file}`
    return [mistakeIn(page, fence, `${problem} (${place}).`, 'Mend the file.')]
  }
  const line = fence.line + found.line
  // Inside a list or a quote the code begins further right.
  const written = (page.lines[line - 1] ?? '').length
  const shift = Math.max(0, written - (fence.code.split('\n')[found.line - 1] ?? '').length)
  const mend = 'Mend the sample.'
  return [mistakeIn(page, { line, column: shift + found.column }, `${problem}.`, mend)]
}
