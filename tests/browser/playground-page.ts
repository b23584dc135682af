import { expect, type Locator, type Page } from 'playwright/test'
import { siteUrl } from './fixtures.ts'

/** The playground of the server under test. */
export function playgroundUrl(): string {
  return `${siteUrl()}/playground`
}

/** What a reader sees and does on the page. */
export interface Playground {
  page: Page
  signIn: Locator
  /** The sentence on whom the cookie speaks for. */
  owner: Locator
  request: Locator
  preview: Locator
  /** The sentence on how the last sending went. */
  status: Locator
  answer: Locator
}

/** Opens it, and waits until it knows who its reader is. */
export async function openPlayground(page: Page): Promise<Playground> {
  await page.goto(playgroundUrl())
  const signIn = page.locator('sign-in-form')
  const playground = {
    page,
    signIn,
    owner: signIn.getByRole('status').first(),
    request: page.getByRole('form', { name: 'Request' }),
    preview: page.getByRole('region', { name: 'What will be sent' }),
    answer: page.locator('request-form exchange-view'),
    status: page.getByRole('region', { name: 'Answer' }).getByRole('status'),
  }
  await expect(playground.request).toBeVisible()
  await expect(signIn).toHaveAttribute('state', 'idle')
  return playground
}

/** Gets a sandbox account with one click. */
export async function useSandbox({ signIn, owner }: Playground): Promise<void> {
  await signIn.getByRole('button', { name: 'Use a sandbox account' }).click()
  await expect(owner).toHaveText(/^Signed in: the token cookie speaks for sandbox-/)
}

/** Chooses a call and sends it. */
export async function send(playground: Playground, call: string): Promise<void> {
  await playground.request.getByLabel('Call', { exact: true }).selectOption(call)
  await sendAgain(playground)
}

/** Sends what is in the form. */
export async function sendAgain({ page, request }: Playground): Promise<void> {
  await request.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.locator('request-form')).toHaveAttribute('state', 'ready')
}
