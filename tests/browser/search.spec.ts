import type { Page } from 'playwright/test'
import { errorCodes } from '#api/error-codes.ts'
import { axeFindings, expect, test } from './fixtures.ts'

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Search' })
const hits = (page: Page) => dialog(page).getByRole('listitem')

async function search(page: Page, words: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(words)
  await expect(dialog(page).getByRole('status')).toHaveText(/result/)
}

test('every error code leads to its section first', async ({ page }) => {
  await page.goto('/docs/auth')
  await page.keyboard.press('/')
  const field = dialog(page).getByRole('searchbox')
  for (const code of Object.keys(errorCodes)) {
    await field.fill(code)
    const first = hits(page).first().getByRole('link')
    await expect(first, code).toHaveAttribute('href', `/docs/errors#${code}`)
  }
})

test('in the index itself, the page of errors is the first that each code finds', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/requires 'TrustedScriptURL'/) // its worker has a policy where the site's own search opens it
  await page.goto('/docs/auth')
  const first = await page.evaluate(async (codes) => {
    const path = '/pagefind/pagefind.js'
    const index = (await import(path)) as {
      options(options: object): Promise<void>
      search(words: string): Promise<{ results: { data(): Promise<{ url: string }> }[] }>
    }
    await index.options({ ranking: { pageLength: 0.1, termFrequency: 0.1 } })
    const found = await Promise.all(
      codes.map(async (code) => (await index.search(code)).results[0]?.data()),
    )
    return found.map((page) => page?.url)
  }, Object.keys(errorCodes))
  expect(new Set(first)).toEqual(new Set(['/docs/errors/']))
})

test('a path finds its call first, and opens it in the playground', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/401/) // the playground asks who is signed in
  await page.goto('/docs/auth')
  await search(page, '/api/v1/stats')
  await expect(hits(page).first()).toContainText('GET /api/v1/stats')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/playground#request=/)
  await expect(page.getByRole('heading', { level: 1, name: 'Playground' })).toBeVisible()
})

test('the search goes by keyboard: arrows choose, a letter searches on, Escape gives the focus back', async ({
  page,
}) => {
  await page.goto('/docs/auth')
  const button = page.getByRole('button', { name: 'Search' })
  await button.focus()
  await page.keyboard.press('Control+k')
  const field = dialog(page).getByRole('searchbox')
  await expect(field).toBeFocused()
  await page.keyboard.type('cooki')
  await expect(hits(page).first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(hits(page).nth(1).getByRole('link')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await expect(field).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.type('e')
  await expect(field).toHaveValue('cookie')
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
  await expect(button).toBeFocused()
})

test('what finds nothing says so, and axe finds nothing in the dialog', async ({ page }) => {
  await page.goto('/docs/auth')
  await page.keyboard.press('/')
  await page.keyboard.type('qqzzxxvv')
  await expect(dialog(page).getByRole('status')).toHaveText(/^Nothing says “qqzzxxvv”/)
  await dialog(page).getByRole('searchbox').fill('token')
  await expect(hits(page).first()).toBeVisible()
  expect(await axeFindings(page, 'dialog')).toEqual([])
})

test('a slash in a field is a letter', async ({ page }) => {
  await page.goto('/login')
  await page.getByLabel('Username').focus()
  await page.keyboard.type('a/b')
  await expect(page.getByLabel('Username')).toHaveValue('a/b')
  await expect(dialog(page)).toBeHidden()
})

test('without an index the search says that it is broken', async ({ page, expectedErrors }) => {
  expectedErrors.push(/Failed to load resource|ERR_FAILED/)
  await page.route('**/pagefind/pagefind.js', (route) => route.abort())
  await page.goto('/docs/auth')
  await page.keyboard.press('/')
  await expect(dialog(page).getByRole('status')).toHaveText(/could not be loaded/)
})
