import type { Page } from 'playwright/test'
import { axeFindings, expect, test } from './fixtures.ts'

/**
 * Has every page come with the sidebar of a large site: groups without the page are closed, and have the link to their
 * first page only, as tests/unit/build/bounded-sidebar.test.ts says. This site has too few pages for it.
 */
async function cutSidebars(page: Page): Promise<void> {
  const workshop = await page.context().newPage()
  await page.route(/\/docs\/[^.]*$/, async (route) => {
    const response = await route.fetch()
    const body = await workshop.evaluate(cutGroups, await response.text())
    await route.fulfill({ response, body })
  })
}

/** Runs in a browser. */
function cutGroups(html: string): string {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  for (const group of parsed.querySelectorAll('#starlight__sidebar details')) {
    if (group.querySelector('[aria-current]')) continue
    group.removeAttribute('open')
    const list = group.querySelector('ul')
    list?.replaceChildren(...[...list.children].slice(0, 1))
    group.querySelector('a')?.setAttribute('data-more', '1')
  }
  return `<!doctype html>${parsed.documentElement.outerHTML}`
}

const linksOf = (page: Page, group: string) =>
  page
    .locator('#starlight__sidebar details')
    .filter({ has: page.locator(`summary:text-is("${group}")`) })
    .last()
    .getByRole('link')

test.describe('a group that was cut short', () => {
  test('is filled when it is opened, by the keyboard, once', async ({ page }) => {
    await page.goto('/docs/guides/python')
    const whole = await linksOf(page, 'Reference').allTextContents()
    const addresses = await linksOf(page, 'Reference').evaluateAll((links) =>
      links.map((link) => link.getAttribute('href')),
    )
    await cutSidebars(page)
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.resourceType() === 'fetch') asked.push(new URL(request.url()).pathname)
    })
    await page.goto('/docs/guides/python')
    await expect(linksOf(page, 'Reference')).toHaveCount(0) // closed
    const summary = page.locator('summary', { hasText: 'Reference' })
    await summary.focus()
    await page.keyboard.press('Enter')
    await expect(linksOf(page, 'Reference')).toHaveText(whole)
    expect(
      await linksOf(page, 'Reference').evaluateAll((links) =>
        links.map((link) => link.getAttribute('href')),
      ),
    ).toEqual(addresses)
    await expect(summary).toBeFocused()
    await expect(page.locator('#starlight__sidebar').getByRole('status')).toHaveText(
      'Reference is loaded',
    )
    await expect(page.locator('#starlight__sidebar [aria-current]')).toHaveCount(1)
    expect(await axeFindings(page, '#starlight__sidebar')).toEqual([])

    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await expect(linksOf(page, 'Reference')).toHaveText(whole)
    expect(asked.filter((path) => path.startsWith('/docs/'))).toEqual([addresses[0]])
  })

  test('looks in it as it does where all of it came with the page', async ({ page }) => {
    const look = () =>
      linksOf(page, 'Reference').evaluateAll((links) =>
        links.map((link) => {
          const { color, fontSize, padding } = getComputedStyle(link)
          const { width, height } = link.getBoundingClientRect()
          return { color, fontSize, padding, width, height }
        }),
      )
    await page.goto('/docs/guides/python')
    const before = await look()
    await cutSidebars(page)
    await page.goto('/docs/guides/python')
    await page.locator('summary', { hasText: 'Reference' }).click()
    await expect(linksOf(page, 'Reference')).toHaveCount(before.length)
    expect(await look()).toEqual(before)
  })

  test('says that it could not be loaded, and tries again', async ({ page, expectedErrors }) => {
    expectedErrors.push(/Failed to load resource|ERR_FAILED/)
    await cutSidebars(page)
    await page.goto('/docs/guides/python')
    const isFetch = (url: URL): boolean => url.pathname.startsWith('/docs/reference')
    await page.route(isFetch, (route) => route.abort())
    await page.locator('summary', { hasText: 'Reference' }).click()
    const again = page.getByRole('button', { name: 'Try again' })
    await expect(again).toBeVisible()
    const sidebar = page.locator('#starlight__sidebar')
    await expect(sidebar.getByRole('status')).toHaveText('Reference could not be loaded')
    await expect(linksOf(page, 'Reference')).toHaveCount(1)
    expect(await axeFindings(page, '#starlight__sidebar')).toEqual([])
    await page.unroute(isFetch)
    await again.press('Enter')
    await expect(sidebar.getByRole('status')).toHaveText('Reference is loaded')
    await expect(again).toHaveCount(0)
    expect(await linksOf(page, 'Reference').count()).toBeGreaterThan(10)
    await expect(page.locator('summary', { hasText: 'Reference' })).toBeFocused()
  })

  test('is filled in the menu of a phone, and is open again on the next page of a window', async ({
    page,
  }) => {
    await cutSidebars(page)
    await page.goto('/docs/guides/python')
    await page.locator('summary', { hasText: 'Run your own' }).click()
    await expect(linksOf(page, 'Run your own')).not.toHaveCount(1)
    await page.goto('/docs/guides/node')
    await expect(linksOf(page, 'Run your own').first()).toBeVisible()
    await expect(linksOf(page, 'Run your own')).not.toHaveCount(1)

    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.locator('summary', { hasText: 'Reference' }).click()
    await linksOf(page, 'Reference').nth(3).click()
    await expect(page).toHaveURL(/\/docs\/reference\//)
  })

  test.describe('without scripts', () => {
    test.use({ javaScriptEnabled: false })

    test('leads to its first page', async ({ page, browser }) => {
      const scripted = await browser.newContext()
      const workshop = await scripted.newPage()
      await page.route(/\/docs\/[^.]*$/, async (route) => {
        const response = await route.fetch()
        const body = await workshop.evaluate(cutGroups, await response.text())
        await route.fulfill({ response, body })
      })
      await page.goto('/docs/guides/python')
      await page.locator('summary', { hasText: 'Reference' }).click()
      await linksOf(page, 'Reference').click()
      await expect(page).toHaveURL(/\/docs\/reference$/)
      await scripted.close()
    })
  })
})
