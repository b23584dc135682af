import type { Page } from 'playwright/test'
import { expect, siteUrl, test } from './fixtures.ts'

test.beforeEach(async ({ context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
})

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())
const copyButton = (page: Page) => page.getByRole('button', { name: 'Copy page as Markdown' })

async function copyPage(page: Page): Promise<string> {
  await copyButton(page).focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('page-markdown').getByRole('status')).toHaveText('Copied as Markdown.')
  return clipboard(page)
}

test('a page is copied as Markdown by keyboard, with both languages of a sample', async ({
  page,
}) => {
  await page.goto('/docs/quickstart')
  const text = await copyPage(page)
  expect(text).toMatch(/^# Quickstart\n/)
  expect(text).toContain('Python:\n\n```python')
  expect(text).toContain('JavaScript:\n\n```javascript')
  expect(text).toContain(`${siteUrl()}/api/v1/`)
})

test('what is copied holds no key, whoever the samples run as', async ({ page }) => {
  await page.goto('/docs/quickstart')
  const sample = page.locator('code-sample:visible', { hasText: 'myLongKeyGoesHere' }).first()
  await sample.getByRole('button', { name: 'Run', exact: true }).click()
  const made = page.waitForResponse(/\/auth\/v1\/sandbox/)
  await sample.getByRole('button', { name: 'Get a sandbox account and run' }).click()
  const account = (await (await made).json()) as { username: string; api_key: string }
  await expect(page.locator('account-chip')).toHaveAttribute('kind', 'sandbox')
  const text = await copyPage(page)
  expect(text).toContain('myUsername:myLongKeyGoesHere')
  expect(text).not.toContain(account.username)
  for (const secret of Object.values(account)) expect(text).not.toContain(secret)
})

test('on a phone, both ways to the Markdown are large enough for a finger', async ({ browser }) => {
  const context = await browser.newContext({
    baseURL: siteUrl(),
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  const page = await context.newPage()
  await page.goto('/docs/auth')
  for (const way of [copyButton(page), page.getByRole('link', { name: 'View as Markdown' })]) {
    const box = await way.boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390)
  }
  await context.close()
})

test('where the page cannot be loaded, nothing is copied and that is said', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/Failed to load resource|ERR_FAILED/)
  await page.goto('/docs/auth')
  await page.route('**/docs/auth.md', (route) => route.abort())
  await copyButton(page).click()
  await expect(page.locator('page-markdown').getByRole('status')).toHaveText(/^Nothing copied/)
})

test('llms-full.txt holds every page that llms.txt lists', async ({ request }) => {
  const list = await (await request.get('/llms.txt')).text()
  const answer = await request.get('/llms-full.txt')
  expect(answer.headers()['content-type']).toBe('text/plain; charset=utf-8')
  const whole = await answer.text()
  const titles = [...list.matchAll(/^- \[(.+?)\]\((\S+)\.md\)/gm)]
  expect(titles.length).toBeGreaterThan(5)
  for (const [, title, url] of titles) {
    expect(whole).toContain(`<!-- ${url} -->\n\n# ${title}\n`)
  }
})

test('on paper, a page is light, shows every language and nothing to press', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto('/docs/auth')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(background).toBe('rgb(255, 255, 255)')
  const samples = page.locator('code-switch').first().locator('code-sample')
  expect(await samples.count()).toBeGreaterThan(1)
  for (const sample of await samples.all()) await expect(sample).toBeVisible()
  await expect(page.locator('main button:visible')).toHaveCount(0)
  await expect(page.locator('header button:visible')).toHaveCount(0)
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' })
  await page.evaluate(() => dispatchEvent(new Event('afterprint')))
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})
