import { type Browser, chromium } from 'playwright'
import { findChromium } from './tools.ts'

/** Starts Playwright's Chromium, or the machine's, for a test that is none of Playwright's own. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium()
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}
