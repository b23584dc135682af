import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Something bad that is done to the store, and what must hold all the same. */
export interface Experiment {
  name: string
  /** What must hold. */
  claim: string
  run(course: Course): Promise<Outcome>
}

/** How an experiment is to be run. */
export interface Course {
  rounds: number
  /** Learns how far it is. */
  onProgress: (text: string) => void
}

/** What came of it: what held, why it could not be tried here, or what went wrong. */
export type Outcome = { held: string } | { skipped: string } | { wrong: readonly string[] }

/** A folder that is gone when its user is done. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'barbell-chaos-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** @param found in words, what was found where nothing was wrong */
export function outcomeOf(wrong: readonly string[], found: string): Outcome {
  return wrong.length > 0 ? { wrong } : { held: found }
}
