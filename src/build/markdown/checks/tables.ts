import type { MarkdownMistake } from '../markdown-mistake.ts'
import { type Page, mistakeIn, nodesIn, startOf } from '../page.ts'

/** Proves that no row of a table has more cells than its head: the page would leave them out, and say nothing. */
export function checkTables(page: Page): MarkdownMistake[] {
  return [...nodesIn(page.tree)].flatMap((table) => {
    if (table.type !== 'table') return []
    const [head, ...rows] = table.children
    const columns = head?.children.length ?? 0
    return rows.flatMap((row) => {
      const extra = row.children[columns]
      if (!extra) return []
      const problem = `This row has ${row.children.length} cells, and the head of the table has ${columns}.`
      const mend = 'Write \\| for a line in the text, in code too, or give the head another column.'
      return [mistakeIn(page, startOf(extra), problem, mend)]
    })
  })
}
