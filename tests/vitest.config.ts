import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Many tests wait, for a lock, a limit or a database that is away: one process more than cores uses that time. */
const maxWorkers = availableParallelism() + 1

const root = new URL('..', import.meta.url).pathname
const testTimeout = 20_000

export default defineConfig({
  test: {
    root,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/unit.json' },
    maxWorkers,
    projects: [
      {
        test: {
          name: 'unit',
          root,
          include: ['tests/unit/**/*.test.ts'],
          testTimeout,
          // Files share what they have loaded: some third of the time went into loading it again. What src keeps beyond a
          // test is empty when a turn of the event loop ends; a test that changes the process puts it back.
          isolate: false,
        },
      },
      { test: { name: 'contract', root, include: ['tests/contract/**/*.test.ts'], testTimeout } },
    ],
  },
})
