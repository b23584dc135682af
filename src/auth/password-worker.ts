import { compareSync, hashSync } from 'bcryptjs'

// Runs in a thread of its own, so that nothing waits when these block it: about 85 ms at cost 10.

/** @param job.text at most 72 bytes, all that bcrypt reads */
export function hashText(job: { text: string; cost: number }): string {
  return hashSync(job.text, job.cost)
}

/** Whether `text` has this bcrypt hash. */
export function matchText(job: { text: string; hash: string }): boolean {
  return compareSync(job.text, job.hash)
}
