import type { Page } from 'playwright/test'
import { expect, freshUsername, siteUrl } from './fixtures.ts'

/** The password of every reader of these tests. */
export const password = 'a long sentence that nobody else chose'

export const settingsPath = '/dashboard/settings'

/** Opens the settings of a new account. @returns its name */
export async function openSettings(page: Page, site: string = siteUrl()): Promise<string> {
  const username = freshUsername()
  const { request } = page.context()
  await request.post(`${site}/auth/v1/register`, { data: { username, password } })
  await request.post(`${site}/auth/v1/token`, { form: { username, password } })
  await page.goto(site + settingsPath)
  return username
}

/** Opens the settings of a new sandbox account. @returns its name and its key */
export async function openSandboxSettings(
  page: Page,
  site: string = siteUrl(),
): Promise<{ username: string; apiKey: string }> {
  const { request } = page.context()
  const opened = (await (await request.post(`${site}/auth/v1/sandbox`)).json()) as {
    username: string
    password: string
    api_key: string
  }
  const { username, password, api_key: apiKey } = opened
  await request.post(`${site}/auth/v1/token`, { form: { username, password } })
  await page.goto(site + settingsPath)
  return { username, apiKey }
}

/** Presses "Get My Key". @returns the key */
export async function getKey(page: Page, label = ''): Promise<string> {
  await page.getByLabel('Label').fill(label)
  await page.getByRole('button', { name: 'Get My Key' }).click()
  return shownKey(page)
}

/** The key that the page shows; where a script has hidden it, after asking for it. */
export async function shownKey(page: Page): Promise<string> {
  const field = page.getByLabel('Your new key')
  await expect(field).toBeVisible()
  const isScripted = await page.evaluate(() => matchMedia('(scripting: enabled)').matches)
  if (isScripted) await page.getByRole('button', { name: 'Show key' }).click()
  return field.inputValue()
}

/** How the API answers a key that a program sends. */
export async function askWithKey(key: string): Promise<number> {
  const answer = await fetch(`${siteUrl()}/api/v1/me`, { headers: { 'x-api-auth': key } })
  return answer.status
}
