import { expect, test } from 'vitest'
import { badFiles } from '../chaos/bad-files.ts'
import type { Experiment } from '../chaos/experiment.ts'
import { killRounds } from '../chaos/kill-rounds.ts'
import { restoreKills } from '../chaos/restore-kills.ts'

const course = { rounds: 20, onProgress: () => undefined }

// The short form of `npm run chaos`: what needs root, strace or a database is tried there alone.
const experiments: { id: string; experiment: Experiment }[] = [
  { id: 'F1', experiment: killRounds },
  { id: 'F4', experiment: badFiles },
  { id: 'F8', experiment: restoreKills },
]

test.each(experiments)('$id: $experiment.claim', { timeout: 120_000 }, async ({ experiment }) => {
  expect(await experiment.run(course)).toEqual({ held: expect.any(String) as unknown })
})
