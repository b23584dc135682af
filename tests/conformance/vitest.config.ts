import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/conformance/**/*.test.ts'],
    globalSetup: ['tests/conformance/start-target.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/conformance.json' },
    // One after the other: they measure times, and they share the server.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
