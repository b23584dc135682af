import type { Page } from 'playwright/test'
import { axeFindings, expect, siteUrl, test } from './fixtures.ts'
import { askWithKey, getKey, openSettings, settingsPath, shownKey } from './readers.ts'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

const wholeKey = /^reader-\w+:[A-Za-z0-9]{16}$/
const hiddenKey = /^reader-\w+:•{12}[A-Za-z0-9]{4}$/

function readClipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}

/** Everything of the page and of the browser's storage that a script can read. */
function readEverything(page: Page): Promise<string> {
  return page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      [...document.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value),
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      location.href,
      history.state,
    ]),
  )
}

test('K2: a new key is hidden until it is asked for, and can be hidden again', async ({ page }) => {
  await openSettings(page)
  await page.getByRole('button', { name: 'Get My Key' }).click()
  const field = page.getByLabel('Your new key')
  const toggle = page.getByRole('button', { name: 'Show key' })
  await expect(field).toHaveValue(hiddenKey)
  await expect(toggle).toHaveAttribute('aria-pressed', 'false')

  await toggle.click()
  await expect(field).toHaveValue(wholeKey)
  await expect(toggle).toHaveAttribute('aria-pressed', 'true')
  const key = await field.inputValue()
  await toggle.click()
  await expect(field).toHaveValue(hiddenKey)
  expect(await readEverything(page)).not.toContain(key.split(':')[1])
})

test('a new key is copied alone and as a line of .env, without being shown', async ({ page }) => {
  await openSettings(page)
  await page.getByRole('button', { name: 'Get My Key' }).click()
  await page.getByRole('button', { name: 'Copy key' }).click()
  await expect(page.getByText('The key is copied.')).toBeVisible()
  const key = await readClipboard(page)
  expect(key).toMatch(wholeKey)
  expect(await askWithKey(key)).toBe(200)

  await page.getByRole('button', { name: 'Copy as .env line' }).click()
  await expect(page.getByText('The line for .env is copied.')).toBeVisible()
  expect(await readClipboard(page)).toBe(`BARBELL_API_KEY=${key}`)
  await expect(page.getByLabel('Your new key')).toHaveValue(hiddenKey)
})

test('a browser that refuses to copy is told, with what to do', async ({ page }) => {
  await openSettings(page)
  await page.getByRole('button', { name: 'Get My Key' }).click()
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
  })
  await page.getByRole('button', { name: 'Copy key' }).click()
  await expect(page.getByText('Show the key and copy it by hand')).toBeVisible()
})

test('"Test this key" calls the API with the key and without the cookie, and shows both sides starred out', async ({
  page,
}) => {
  await openSettings(page)
  const key = await getKey(page)
  await page.getByRole('button', { name: 'Show key' }).click() // hides it again
  const sent = page.waitForRequest('**/api/v1/me')
  await page.getByRole('button', { name: 'Test this key' }).click()
  const headers = await (await sent).allHeaders()
  expect(headers['x-api-auth']).toBe(key)
  expect(headers['cookie']).toBeUndefined()

  await expect(page.getByText(/^The key works: 200 in \d+ ms\.$/)).toBeVisible()
  const request = page.getByRole('group', { name: 'Request' })
  await expect(request).toContainText(`GET ${siteUrl()}/api/v1/me`)
  await expect(request).toContainText(`${key.split(':')[0] ?? ''}:************${key.slice(-4)}`)
  await expect(page.getByRole('group', { name: 'Response', exact: true })).toContainText('200 OK')
  expect(await readEverything(page)).not.toContain(key.split(':')[1])
  expect(await axeFindings(page)).toEqual([])

  await page.goto(settingsPath)
  const keys = page.getByRole('region', { name: 'API Key' })
  await expect(keys.getByRole('definition').filter({ hasText: 'never' })).toHaveCount(1) // its end, not its last use
})

test('a key that was revoked meanwhile is told so by the same button', async ({
  page,
  context,
  expectedErrors,
}) => {
  expectedErrors.push(/401/)
  await openSettings(page)
  await page.getByRole('button', { name: 'Get My Key' }).click()
  const elsewhere = await context.newPage()
  await elsewhere.goto(settingsPath)
  await elsewhere.getByRole('button', { name: /^Revoke/ }).click()
  await expect(elsewhere.getByText('The key is revoked')).toBeVisible()

  await page.getByRole('button', { name: 'Test this key' }).click()
  await expect(page.getByText(/^The key is refused: 401 in/)).toBeVisible()
  await expect(page.getByRole('link', { name: 'This API key is not accepted' })).toBeVisible()
  expect(await axeFindings(page)).toEqual([])
})

test('without a network the button says so and can be pressed again', async ({
  page,
  context,
  expectedErrors,
}) => {
  expectedErrors.push(/ERR_INTERNET_DISCONNECTED/)
  await openSettings(page)
  await page.getByRole('button', { name: 'Get My Key' }).click()
  const test = page.getByRole('button', { name: 'Test this key' })
  await test.click()
  await expect(page.getByText(/^The key works/)).toBeVisible()
  await context.setOffline(true)
  await test.click()
  await expect(page.getByText('This browser is offline').first()).toBeVisible()
  await context.setOffline(false)
  await test.click()
  await expect(page.getByText(/^The key works/)).toBeVisible()
})

test('K2: once the page is left, neither it nor the way back has the key', async ({ page }) => {
  await openSettings(page)
  const key = await getKey(page)
  const [, secret = ''] = key.split(':')
  await page.goto(settingsPath)
  expect(await readEverything(page)).not.toContain(secret)
  // A browser that keeps left pages does so after this event.
  await page.getByRole('button', { name: 'Get My Key' }).click()
  await page.getByRole('button', { name: 'Show key' }).click()
  const next = await page.getByLabel('Your new key').inputValue()
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')))
  await expect(page.getByText('this page has forgotten it')).toBeVisible()
  expect(await readEverything(page)).not.toContain(next.split(':')[1])
})

test('the script of a new key is loaded where there is one, and nowhere else', async ({ page }) => {
  const scripts: string[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname)
  })
  await openSettings(page)
  await page.waitForLoadState('networkidle')
  const plain = new Set(scripts)
  await page.getByRole('button', { name: 'Get My Key' }).click()
  await expect(page.getByRole('button', { name: 'Show key' })).toBeVisible()
  expect(scripts.filter((path) => !plain.has(path)).length).toBeGreaterThan(0)
  expect([...plain].filter((path) => path.includes('NewKey'))).toEqual([])
})

test('where its script does not come, the key is seen all the same', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/ERR_FAILED/)
  await openSettings(page)
  await page.route(/NewKey/, (route) => route.abort())
  await page.getByRole('button', { name: 'Get My Key' }).click()
  const field = page.getByLabel('Your new key')
  await expect(field).toHaveValue(wholeKey)
  await expect(field).not.toHaveCSS('color', 'rgba(0, 0, 0, 0)')
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('K2: the key is read in its field, the page says that it is this once, and the next has none', async ({
    page,
  }) => {
    await openSettings(page)
    await page.getByRole('button', { name: 'Get My Key' }).click()
    const field = page.getByLabel('Your new key')
    await expect(field).toHaveValue(wholeKey)
    await expect(field).not.toHaveCSS('color', 'rgba(0, 0, 0, 0)')
    await expect(page.getByText('it is shown this once')).toBeVisible()
    await expect(page.getByRole('group', { name: 'New key' })).toBeFocused()
    const key = await shownKey(page)
    expect(await askWithKey(key)).toBe(200)
    await page.goto(settingsPath)
    expect(await page.content()).not.toContain(key.split(':')[1])
  })
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on a new key that was shown and tried, and a phone does not scroll sideways, in ${colorScheme} mode`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme })
    await openSettings(page)
    await getKey(page, 'w'.repeat(64))
    await page.getByRole('button', { name: 'Test this key' }).click()
    await expect(page.getByText(/^The key works/)).toBeVisible()
    expect(await axeFindings(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await axeFindings(page)).toEqual([])
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
  })
}
