import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'puppeteer-core'
import type { Page } from 'playwright/test'
import { auditPage, openChromium } from '../lighthouse/audit.ts'
import { auditedPaths } from '../lighthouse/audited-pages.ts'
import { maxBytes } from '../lighthouse/budgets.ts'
import { expect, siteUrl, test } from './fixtures.ts'

/** What an entry of the Layout Instability API holds that the type library does not know of yet. */
interface LayoutShift extends PerformanceEntry {
  value: number
  sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[]
}

const formFactors = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 900 } },
}
const scriptsLateMs = 600

/** Every byte of a page's first view: its requests to their last, and the icon, which this Chromium leaves out. */
async function transferredBytes(page: Page, path: string): Promise<Map<string, number>> {
  const sizes: Promise<readonly [string, number]>[] = []
  page.on('requestfinished', (request) => {
    const size = request
      .sizes()
      .then((all) => [request.url(), all.responseBodySize + all.responseHeadersSize] as const)
    sizes.push(size)
  })
  await page.goto(path, { waitUntil: 'networkidle' })
  await page.evaluate(async () => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel~=icon]')
    if (icon) await (await fetch(icon.href)).arrayBuffer()
  })
  await page.waitForLoadState('networkidle')
  return new Map(await Promise.all(sizes))
}

for (const [path, limit = 0] of Object.entries(maxBytes)) {
  test(`${path} is ${limit / 1000} KB in all, as long as nothing is run`, async ({ page }) => {
    const sizes = await transferredBytes(page, path)
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
    expect([...sizes.keys()].some((url) => url.endsWith('.css'))).toBe(true)
    expect([...sizes.keys()].some((url) => url.endsWith('favicon.svg'))).toBe(true)
    expect(total, [...sizes].map(([url, bytes]) => `${bytes} ${url}`).join('\n')).toBeLessThan(
      limit,
    )
  })
}

test('only style sheets of this site hold up the first paint, and nothing comes from elsewhere', async ({
  page,
}) => {
  const foreign: string[] = []
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (origin !== siteUrl() && protocol !== 'data:') foreign.push(request.url())
  })
  for (const path of await auditedPaths(siteUrl())) {
    await page.goto(path, { waitUntil: 'networkidle' })
    const blocking = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(
          (entry) => 'renderBlockingStatus' in entry && entry.renderBlockingStatus === 'blocking',
        )
        .map(({ name }) => new URL(name).pathname),
    )
    expect(blocking.length, path).toBeGreaterThan(0)
    expect(
      blocking.filter((name) => !/^\/_astro\/.*\.css$/.test(name)),
      path,
    ).toEqual([])
    expect(blocking.length, blocking.join('\n')).toBeLessThanOrEqual(4)
  }
  expect(foreign).toEqual([])
})

/** Each movement of something that was in sight, as one line. */
async function layoutShifts(page: Page, path: string): Promise<string[]> {
  await page.goto(path, { waitUntil: 'networkidle' })
  return await page.evaluate(async () => {
    const entries = await new Promise<PerformanceEntryList>((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries())).observe({
        type: 'layout-shift',
        buffered: true,
      })
      setTimeout(() => resolve([]), 300) // without a shift it hears of nothing
    })
    return (entries as LayoutShift[]).map(({ value, sources }) => {
      const moved = sources.map(({ node, previousRect: from, currentRect: to }) => {
        const name = node instanceof Element ? node.outerHTML.slice(0, 60) : node?.textContent
        return `${name} from ${from.x},${from.y} to ${to.x},${to.y}`
      })
      return `${value}: ${moved.join('; ')}`
    })
  })
}

test('what moves is seen', async ({ page }) => {
  await page.route('**/docs/auth', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<p id=late></p><h1>Moved</h1><script>setTimeout(() => (late.textContent = "Late"), 200)</script>',
    }),
  )
  expect((await layoutShifts(page, '/docs/auth')).join()).toContain('Moved')
})

for (const [name, device] of Object.entries(formFactors)) {
  test.describe(`on a ${name}`, () => {
    test.use(device)

    test('nothing moves while a page comes, even if its scripts come late', async ({ page }) => {
      await page.route(/\.js(?:\?|$)/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, scriptsLateMs))
        await route.continue()
      })
      for (const path of await auditedPaths(siteUrl())) {
        expect(await layoutShifts(page, path), path).toEqual([])
      }
    })
  })
}

test.describe('Lighthouse', () => {
  let browser: Browser
  test.beforeAll(async () => {
    browser = await openChromium()
  })
  test.afterAll(() => browser.close())
  // Its fourth category is the speed of this machine: `npm run lighthouse` measures it.
  const steady = ['accessibility', 'best-practices', 'seo'] as const

  test('finds nothing amiss in form and access', async () => {
    test.setTimeout(120_000) // some seconds for each page; a busy machine takes more
    for (const path of await auditedPaths(siteUrl())) {
      const { scores, faults } = await auditPage(browser, siteUrl() + path, steady)
      expect(faults, path).toEqual([])
      expect(scores, path).toEqual({ accessibility: 100, 'best-practices': 100, seo: 100 })
    }
  })

  test('says what is amiss where something is', async () => {
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html').end('<title>x</title><img src="data:,">')
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { scores, faults } = await auditPage(browser, `http://127.0.0.1:${port}/`, steady)
    server.close()
    expect(scores.accessibility).toBeLessThan(100)
    expect(scores.seo).toBeLessThan(100)
    expect(faults.join('\n')).toMatch(/^image-alt \(0\): .*img/m)
    expect(faults.join('\n')).toMatch(/^meta-description \(0\)/m)
  })
})
