import type { ProgramError } from './outside-program.ts'
import type { SeenExchange } from './recording-proxy.ts'

/** Where a sample can run. */
export type RunPlace = 'CPython' | 'Node' | 'bash' | 'the runner'

/** What a sample did in one place. Without values of the run: accounts are placeholders (`normal-text.ts`). */
export interface SampleRun {
  readonly place: RunPlace
  readonly text: string
  readonly error: ProgramError | null
  readonly exchanges: readonly SampleExchange[]
}

/** One exchange with the line of the sample that sent it; null where it is not known. */
export interface SampleExchange extends SeenExchange {
  readonly line: number | null
}

/** Says whether a program had several requests under way at once: their order is then chance. */
export function isOverlapping({ exchanges }: SampleRun): boolean {
  return exchanges.some(({ overlaps }) => overlaps)
}

/** Something that the writer of a sample must mend. */
export interface Failure {
  /** Line of the sample, from 1; null where none is to blame. */
  readonly line: number | null
  readonly problem: string
  readonly mend: string
  /** What shows it: an exchange, a comparison. Lines as they are printed. */
  readonly evidence: readonly string[]
  /** Where it was seen; empty where it is not about running. */
  readonly places: readonly RunPlace[]
}
