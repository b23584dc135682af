import type { Page } from 'playwright/test'
import { startBuiltServer } from '../support/built-server.ts'
import { axeFindings, expect, siteUrl, test } from './fixtures.ts'
import { getKey, openSettings, settingsPath } from './readers.ts'

const labels = ['accepted (2xx)', 'refused (4xx)', 'over the limit (429)', 'failed (5xx)']

/** Calls the API with a key, as a program does. */
async function callApi(key: string, path: string, site: string = siteUrl()): Promise<number> {
  return (await fetch(site + path, { headers: { 'x-api-auth': key } })).status
}

function usageOf(page: Page) {
  return page.getByRole('region', { name: 'Usage' })
}

/** The cells of a table, row by row. */
async function rowsOf(page: Page, name: string | RegExp): Promise<string[][]> {
  const rows = await usageOf(page).getByRole('table', { name }).getByRole('row').all()
  return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()))
}

/** An account with two keys: one with 3 calls, 1 of them refused, the other with 5. */
async function openUsed(page: Page): Promise<{ laptop: string; robot: string }> {
  await openSettings(page)
  const laptop = await getKey(page, 'laptop')
  const robot = await getKey(page, 'robot')
  for (const path of ['/api/v1/me', '/api/v1/me', '/api/v1/images?limit=none']) {
    await callApi(laptop, path)
  }
  for (let count = 0; count < 5; count += 1) await callApi(robot, '/api/v1/me')
  await page.goto(settingsPath)
  return { laptop, robot }
}

test('without calls, usage says so and draws nothing', async ({ page }) => {
  await openSettings(page)
  await expect(usageOf(page)).toContainText('No calls in these 7 days.')
  await expect(usageOf(page).getByRole('img')).toHaveCount(0)
  await expect(usageOf(page).getByRole('table')).toHaveCount(0)
})

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('calls are shown by status and by key, over each stretch, and for one key alone', async ({
      page,
    }) => {
      const { laptop, robot } = await openUsed(page)
      const usage = usageOf(page)
      const legend = usage.getByRole('listitem')
      await expect(legend).toHaveText([/7 accepted/, /1 refused/, /0 over the limit/, /0 failed/])
      expect(await rowsOf(page, 'By key')).toEqual([
        ['Key', ...labels],
        [`robot, ending in ${robot.slice(-4)}`, '5', '0', '0', '0'],
        [`laptop, ending in ${laptop.slice(-4)}`, '2', '1', '0', '0'],
      ])

      for (const [over, step] of [
        ['7 days, by the hour', 'hour'],
        ['7 days, by the day', 'day'],
        ['30 days, by the day', 'day'],
      ] as const) {
        await usage.getByLabel('Over').selectOption(over)
        await usage.getByRole('button', { name: 'Show' }).click()
        await expect(usage.getByLabel('Over').getByRole('option', { selected: true })).toHaveText(
          over,
        )
        const chart = usage.getByRole('img', { name: `8 calls, by ${step}.` })
        await expect(chart).toBeVisible()
        await usage.getByText('The chart as a table').click()
        const [head = [], ...rows] = await rowsOf(page, `Calls by ${step}, UTC`)
        expect(head.slice(1)).toEqual(labels)
        // An hour may have ended between the calls.
        const sums = [1, 2, 3, 4].map((column) =>
          rows.reduce((sum, row) => sum + Number(row[column]), 0),
        )
        expect(sums).toEqual([7, 1, 0, 0])
      }

      await usage.getByLabel('Calls with').selectOption(`laptop, ending in ${laptop.slice(-4)}`)
      await usage.getByRole('button', { name: 'Show' }).click()
      await expect(legend).toHaveText([/2 accepted/, /1 refused/, /0 over/, /0 failed/])
      await expect(usage.getByRole('table', { name: 'By key' })).toHaveCount(0)
    })
  })
}

test('the limit is drawn into the chart once calls come near, and calls over it have their colour', async ({
  page,
}) => {
  const server = await startBuiltServer({ BARBELL_LIMITS: 'api_key=20/3600' })
  try {
    await openSettings(page, server.url)
    const key = await getKey(page)
    const statuses: number[] = []
    for (let count = 0; count < 22; count += 1) {
      statuses.push(await callApi(key, '/api/v1/me', server.url))
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
    await page.goto(server.url + settingsPath)
    const usage = usageOf(page)
    await expect(usage.getByRole('listitem').filter({ hasText: 'over the limit' })).toContainText(
      '2',
    )
    await expect(usage.getByText('The limit of one key: 20 calls an hour.')).toBeVisible()

    const chart = await usage.getByRole('img').boundingBox()
    const line = await usage.locator('.bars .limit').boundingBox()
    const limited = await usage.locator('.bars .limited').first().boundingBox()
    if (!chart || !line || !limited) throw new Error('nothing is drawn')
    // The upper edge is 50 calls, so the line of 20 stands at two fifths of the height.
    expect((line.y + line.height / 2 - chart.y) / chart.height).toBeCloseTo(0.6, 1)
    expect(limited.height).toBeGreaterThan(0)
    await usage.getByLabel('Over').selectOption('30 days, by the day')
    await usage.getByRole('button', { name: 'Show' }).click()
    await expect(usage.getByText('480 calls a day, far above what this chart shows.')).toBeVisible()
  } finally {
    await page.goto('about:blank') // what it still loads would be refused, and told
    await server.stop()
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on used keys, their bars stand out, and a phone does not scroll sideways, in ${colorScheme} mode`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme })
    await openUsed(page)
    await usageOf(page).getByText('The chart as a table').click()
    expect(await axeFindings(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await axeFindings(page)).toEqual([])
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
    for (const name of ['accepted', 'refused', 'limited', 'failed']) {
      const contrast = await page.locator(`figcaption .${name}`).evaluate(contrastWithCard)
      expect(contrast, name).toBeGreaterThanOrEqual(3) // WCAG 1.4.11
    }
  })
}

/** How much a drawn part stands out from the card that it is on (WCAG 2.2, contrast ratio). */
function contrastWithCard(part: Element): number {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? [])
      .slice(0, 3)
      .map((value) => Number(value) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const card = part.closest('.bb-card')
  if (!card) throw new Error('no card')
  const both = [
    luminance(getComputedStyle(part).fill),
    luminance(getComputedStyle(card).backgroundColor),
  ]
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)
}
