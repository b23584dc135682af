import { AstroError } from 'astro/errors'

/** A place in a page as editors count it: the first line is 1, the first column is 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** What a writer has to be told: where, what is wrong, how to mend it. */
export interface MistakeReport extends Place {
  readonly path: string
  readonly problem: string
  readonly mend: string
}

/**
 * Something that the writer of a page must mend. Ends `astro build` with a non-zero exit code and fills the
 * overlay of `astro dev`; the message begins with `path:line:column`, which terminals and editors make a link.
 */
export class MarkdownMistake extends AstroError {
  readonly problem: string
  readonly mend: string
  // Astro's MDX plugin makes a `loc` of its own out of these two, its Markdown plugin passes ours on.
  readonly line: number
  readonly column: number
  readonly loc: { readonly file: string } & Place

  constructor({ path, line, column, problem, mend }: MistakeReport) {
    super(`${path}:${line}:${column}: ${problem} ${mend}`)
    this.name = 'MarkdownMistake'
    this.problem = problem
    this.mend = mend
    this.line = line
    this.column = column
    this.loc = { file: path, line, column }
    // Where our code has found it is of no use to a writer, and fills the terminal.
    this.stack = `${this.name}: ${this.message}`
  }
}
