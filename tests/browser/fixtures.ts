import { AxeBuilder } from '@axe-core/playwright'
import { type Page, expect, test as base } from 'playwright/test'

/** The server under test; started by start-server.ts, or any other that the variable names. */
export function siteUrl(): string {
  const url = process.env['BARBELL_TEST_URL']
  if (url === undefined) throw new Error('BARBELL_TEST_URL is not set; run "npm test browser"')
  return url
}

/** A name that no other test uses. */
export function freshUsername(): string {
  return `reader-${Math.random().toString(36).slice(2, 12)}`
}

/** Every page of these tests fails on a console error or an uncaught exception that it did not announce. */
export const test = base.extend<{ expectedErrors: RegExp[]; consoleGuard: undefined }>({
  expectedErrors: async ({}, use) => {
    await use([])
  },
  consoleGuard: [
    async ({ page, expectedErrors }, use) => {
      const unexpected: string[] = []
      const note = (text: string): void => {
        if (!expectedErrors.some((pattern) => pattern.test(text))) unexpected.push(text)
      }
      page.on('console', (message) => {
        if (message.type() === 'error') note(message.text())
      })
      page.on('pageerror', (error) => note(String(error)))
      await use(undefined)
      expect(unexpected).toEqual([])
    },
    { auto: true },
  ],
})

/** What axe finds on the page as it stands: one line per element and rule. */
export async function axeFindings(page: Page, ...parts: string[]): Promise<string[]> {
  const axe = parts.reduce((all, part) => all.include(part), new AxeBuilder({ page }))
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
}

export { expect }
