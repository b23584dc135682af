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
  reporter: [['list'], ['json', { outputFile: '../../test-results/browser.json' }]],
  use: {
    ...(baseURL ? { baseURL } : {}),
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
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
