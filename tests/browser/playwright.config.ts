import { defineConfig } from 'playwright/test'
import { findChromium } from '../support/tools.ts'

const executablePath = findChromium()
// Known once start-server.ts has run: the workers read this file again.
const baseURL = process.env['BARBELL_TEST_URL']

export default defineConfig({
  testDir: '.',
  globalSetup: './start-server.ts',
  outputDir: '../../test-results/browser',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // On a busy machine a browser may be late once. What passed at the second try only is named at the end of `npm test`.
  retries: 1,
  reporter: [['list'], ['json', { outputFile: '../../test-results/browser.json' }]],
  use: {
    ...(baseURL ? { baseURL } : {}),
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    // A trace records every byte of Pyodide and makes a run four times as slow: BARBELL_TEST_TRACE=1 asks for it.
    trace: process.env['BARBELL_TEST_TRACE'] ? 'retain-on-failure' : 'off',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
})
