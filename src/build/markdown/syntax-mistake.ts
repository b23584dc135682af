import type { Place } from './markdown-mistake.ts'

/** Why code is none of its language. Its place counts from the first line of the code. */
export interface SyntaxMistake extends Place {
  readonly problem: string
}

/** The line and column of an offset, both from 1. */
export function offsetPlace(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
