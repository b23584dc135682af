import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/firefox/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/firefox.json' },
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
})
