import type { Locator, Page } from 'playwright/test'
import { axeFindings, expect, test } from './fixtures.ts'

/**
 * Has every page come with the sidebar of a large site: groups without the page are closed, and have the link to their
 * first page only, as tests/unit/build/bounded-sidebar.test.ts says. This site has too few pages for it. The first entry
 * of its first group is a group here.
 * @param workshop a page with scripts
 */
async function cutSidebars(page: Page, workshop: Page): Promise<void> {
  await page.route(/\/docs\/[^.]*$/, async (route) => {
    const response = await route.fetch()
    const body = await workshop.evaluate(cutGroups, await response.text())
    await route.fulfill({ response, body })
  })
}

/** Runs in a browser. */
function cutGroups(html: string): string {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  const inner = parsed.querySelector('#starlight__sidebar details details')?.parentElement
  if (inner) inner.parentElement?.prepend(inner)
  for (const group of parsed.querySelectorAll('#starlight__sidebar details')) {
    if (group.querySelector('[aria-current="page"]') || !group.isConnected) continue
    group.removeAttribute('open')
    const list = group.querySelector('ul')
    list?.replaceChildren(...[...list.children].slice(0, 1))
    const link = group.querySelector('a')
    const depth = group.querySelectorAll('ul').length
    if (!link?.hasAttribute('data-more')) link?.setAttribute('data-more', String(depth))
  }
  return `<!doctype html>${parsed.documentElement.outerHTML}`
}

const sidebarOf = (page: Page): Locator => page.locator('#starlight__sidebar')
const summaryOf = (page: Page, name: string): Locator =>
  sidebarOf(page)
    .locator('summary')
    .filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) })
const linksOf = (page: Page, name: string): Locator =>
  summaryOf(page, name).locator('xpath=..').locator('a')

const look = (links: Locator): Promise<unknown> =>
  links.evaluateAll((all) =>
    all.map((link) => {
      const { color, font, padding } = getComputedStyle(link)
      const { width, height } = link.getBoundingClientRect()
      const address = link.getAttribute('href')
      return { text: link.textContent, address, color, font, padding, width, height }
    }),
  )

/** Addresses of pages that scripts have asked for. */
function askedFor(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.resourceType() === 'fetch' && pathname.startsWith('/docs/')) asked.push(pathname)
  })
  return asked
}

test.describe('a group that was cut short', () => {
  test('is filled when it is opened, once, and is as if it had come with the page', async ({
    page,
    context,
  }) => {
    await page.goto('/docs/guides/python')
    const whole = await look(linksOf(page, 'Run your own'))
    await cutSidebars(page, await context.newPage())
    const asked = askedFor(page)
    await page.goto('/docs/guides/python')
    const summary = summaryOf(page, 'Run your own')
    await expect(linksOf(page, 'Run your own')).toHaveCount(1)
    await expect(linksOf(page, 'Run your own')).toBeHidden()
    await summary.focus()
    await page.keyboard.press('Enter')
    await expect(sidebarOf(page).getByRole('status')).toHaveText('Run your own is loaded')
    expect(await look(linksOf(page, 'Run your own'))).toEqual(whole)
    await expect(summary).toBeFocused()
    await expect(sidebarOf(page).locator('[aria-current="page"]')).toHaveText('Python')
    expect(await axeFindings(page, '#starlight__sidebar')).toEqual([])

    await page.keyboard.press('Enter')
    await expect(linksOf(page, 'Run your own').first()).toBeHidden()
    await page.keyboard.press('Enter')
    await expect(linksOf(page, 'Run your own').first()).toBeVisible()
    expect(asked).toEqual(['/docs/operate'])
  })

  test('has groups that are filled in their turn', async ({ page, context }) => {
    await cutSidebars(page, await context.newPage())
    const asked = askedFor(page)
    await page.goto('/docs/guides/python')
    await summaryOf(page, 'Reference').click()
    await summaryOf(page, 'Accounts and tokens').click()
    await expect(linksOf(page, 'Accounts and tokens')).toHaveCount(6)
    expect(asked).toEqual(['/docs/reference', '/docs/reference/register'])
  })

  test('brings the groups in which its first page lies', async ({ page, context }) => {
    await cutSidebars(page, await context.newPage())
    const asked = askedFor(page)
    await page.goto('/docs/reference/ping')
    await summaryOf(page, 'Guide').click()
    await expect(summaryOf(page, 'Run your own')).toBeVisible()
    await expect(linksOf(page, 'Guides').first()).toBeHidden()
    await summaryOf(page, 'Guides').click()
    await expect(linksOf(page, 'Guides')).toHaveCount(7)
    expect(asked).toEqual(['/docs/guides/api-keys'])
  })

  test('does not make the open group around it one that was cut short', async ({
    page,
    context,
  }) => {
    await cutSidebars(page, await context.newPage())
    const asked = askedFor(page)
    await page.goto('/docs/auth')
    await summaryOf(page, 'Run your own').click()
    await expect(linksOf(page, 'Run your own')).toHaveCount(8)
    await expect(linksOf(page, 'Guides')).toHaveCount(1)
    expect(asked).toEqual(['/docs/operate'])
  })

  test('says that it could not be loaded, and tries again', async ({
    page,
    context,
    expectedErrors,
  }) => {
    expectedErrors.push(/Failed to load resource/)
    await cutSidebars(page, await context.newPage())
    await page.goto('/docs/guides/python')
    const isFirstPage = (url: URL): boolean => url.pathname === '/docs/operate'
    await page.route(isFirstPage, (route) => route.abort())
    await summaryOf(page, 'Run your own').click()
    const again = page.getByRole('button', { name: 'Try again' })
    await expect(again).toBeVisible()
    const news = sidebarOf(page).getByRole('status')
    await expect(news).toHaveText('Run your own could not be loaded')
    await expect(linksOf(page, 'Run your own')).toHaveCount(1)
    expect(await axeFindings(page, '#starlight__sidebar')).toEqual([])

    await page.unroute(isFirstPage)
    await again.press('Enter')
    await expect(news).toHaveText('Run your own is loaded')
    await expect(again).toHaveCount(0)
    await expect(linksOf(page, 'Run your own')).toHaveCount(8)
    await expect(summaryOf(page, 'Run your own')).toBeFocused()
  })

  test('is open on the next page as well, and is filled in the menu of a phone', async ({
    page,
    context,
  }) => {
    await cutSidebars(page, await context.newPage())
    await page.goto('/docs/guides/python')
    await summaryOf(page, 'Run your own').click()
    await page.goto('/docs/guides/node')
    await expect(linksOf(page, 'Run your own')).toHaveCount(8)

    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    await page.getByRole('button', { name: 'Menu' }).click()
    await summaryOf(page, 'Run your own').click()
    await linksOf(page, 'Run your own').nth(3).click()
    await expect(page).toHaveURL(/\/docs\/operate\/scale$/)
  })

  test('is filled in a sidebar that comes later, as after an edit in astro dev', async ({
    page,
    context,
  }) => {
    await cutSidebars(page, await context.newPage())
    await page.goto('/docs/guides/python')
    await expect(sidebarOf(page).getByRole('status')).toBeAttached()
    await sidebarOf(page).evaluate((old) => {
      const later = old.cloneNode(true) as Element
      later.querySelector('[role="status"]')?.remove()
      old.replaceWith(later)
    })
    await summaryOf(page, 'Run your own').click()
    await expect(linksOf(page, 'Run your own')).toHaveCount(8)
    await expect(sidebarOf(page).getByRole('status')).toHaveText('Run your own is loaded')
  })

  test.describe('without scripts', () => {
    test.use({ javaScriptEnabled: false })

    test('leads to its first page', async ({ page, browser }) => {
      await using scripted = await browser.newContext()
      await cutSidebars(page, await scripted.newPage())
      await page.goto('/docs/guides/python')
      await summaryOf(page, 'Run your own').click()
      await linksOf(page, 'Run your own').click()
      await expect(page).toHaveURL(/\/docs\/operate$/)
      await expect(linksOf(page, 'Run your own')).toHaveCount(8)
    })
  })
})
