import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { axeFindings, expect, freshUsername, siteUrl, test } from './fixtures.ts'

const password = 'a long sentence that nobody else chose'
const settingsPath = '/dashboard/settings'

/** Opens the settings of a new account. @returns its name */
async function openSettings(page: Page, site: string = siteUrl()): Promise<string> {
  const username = freshUsername()
  const { request } = page.context()
  await request.post(`${site}/auth/v1/register`, { data: { username, password } })
  await request.post(`${site}/auth/v1/token`, { form: { username, password } })
  await page.goto(site + settingsPath)
  return username
}

/** Signs in once more, as a program that is not this browser. @returns the token */
async function signInElsewhere(username: string): Promise<string> {
  const answer = await fetch(`${siteUrl()}/auth/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({ username, password, grant_type: 'password' }),
    headers: { 'User-Agent': 'curl/8.5.0' },
  })
  const [cookie = ''] = answer.headers.getSetCookie()
  return /^access_token=([^;]+)/.exec(cookie)?.[1] ?? ''
}

async function statusWithToken(token: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}` }
  return (await fetch(`${siteUrl()}/auth/v1/users/me`, { headers })).status
}

async function askWithKey(key: string | undefined): Promise<number> {
  const headers = { 'x-api-auth': key ?? '' }
  return (await fetch(`${siteUrl()}/api/v1/me`, { headers })).status
}

function shownKey(page: Page): Promise<string> {
  return page.getByLabel(/Your new key/).inputValue()
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('K10: of several keys, each is named by its buttons and replaced with the overlap chosen', async ({
      page,
    }) => {
      await openSettings(page)
      const keys = new Map<string, string>()
      for (const label of ['laptop', 'review robot']) {
        await page.getByLabel('Label').fill(label)
        await page.getByLabel('Expires').selectOption({ label: 'in 90 days' })
        await page.getByRole('button', { name: 'Get My Key' }).click()
        keys.set(label, await shownKey(page))
      }
      await expect(page.getByText('••••')).toHaveCount(2)

      const robot = page.getByRole('listitem').filter({ hasText: 'review robot' })
      await robot.getByLabel('When replaced, this key').selectOption('1h')
      await page.getByRole('button', { name: /^Replace Key review robot/ }).click()
      const successor = await shownKey(page)
      expect(await askWithKey(keys.get('review robot'))).toBe(200)
      expect(await askWithKey(successor)).toBe(200)
      await expect(robot.getByText('replaced', { exact: true })).toHaveCount(1)
      await expect(page.getByRole('button', { name: /^Replace Key review robot/ })).toHaveCount(1)

      await page.getByRole('button', { name: /^Revoke laptop/ }).click()
      await expect(page.getByRole('status')).toContainText('The key is revoked')
      expect(await askWithKey(keys.get('laptop'))).toBe(401)
      expect(await askWithKey(successor)).toBe(200)
    })

    test('U14: the other sessions are told apart and ended', async ({ page }) => {
      const username = await openSettings(page)
      const tokens = [await signInElsewhere(username), await signInElsewhere(username)]
      tokens.push(await signInElsewhere(username))
      await page.reload()
      await expect(page.getByRole('heading', { name: 'curl' })).toHaveCount(3)
      await expect(page.getByRole('heading', { name: /Chrome.* this one/ })).toBeVisible()

      await page
        .getByRole('button', { name: /^End the session of curl/ })
        .first()
        .click()
      await expect(page.getByRole('heading', { name: 'curl' })).toHaveCount(2)
      await page.getByRole('button', { name: 'End all others' }).click()
      await expect(page.getByRole('heading', { name: 'curl' })).toHaveCount(0)
      for (const token of tokens) expect(await statusWithToken(token)).toBe(401)
      await expect(page.getByText(`Signed in as ${username}`)).toBeVisible()
    })

    test('U11: a changed password ends the other sessions and, if ticked, the keys', async ({
      page,
    }) => {
      const username = await openSettings(page)
      await page.getByRole('button', { name: 'Get My Key' }).click()
      const key = await shownKey(page)
      const token = await signInElsewhere(username)
      await page.getByLabel('Current password').fill(password)
      await page.getByLabel('New password').fill('another sentence of the same reader')
      await page.getByLabel('Also revoke my API keys').check()
      await page.getByRole('button', { name: 'Change password' }).click()
      await expect(page.getByRole('status')).toContainText('The password is changed')
      expect(await askWithKey(key)).toBe(401)
      expect(await statusWithToken(token)).toBe(401)
    })

    test('U13: a deleted account leads home, signed out, and its key is refused', async ({
      page,
      context,
    }) => {
      await openSettings(page)
      await page.getByRole('button', { name: 'Get My Key' }).click()
      const key = await shownKey(page)
      await page.getByLabel('Your password').fill(password)
      await page.getByRole('button', { name: 'Delete account' }).click()
      await expect(page).toHaveURL(`${siteUrl()}/`)
      expect((await context.cookies()).filter(({ name }) => name === 'access_token')).toEqual([])
      expect(await askWithKey(key)).toBe(401)
    })
  })
}

test('L3: the reader sees a sign-in that was refused', async ({ page, expectedErrors }) => {
  expectedErrors.push(/400/)
  const username = await openSettings(page)
  await page.context().request.post('/auth/v1/token', {
    form: { username, password: 'not the password at all' },
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  })
  await page.reload()
  const activity = page.getByRole('region', { name: 'Recent activity' })
  await expect(activity.getByRole('listitem').first()).toContainText('A sign-in was refused.')
})

test('what is wrong with a form is said at its field', async ({ page, expectedErrors }) => {
  expectedErrors.push(/422/, /400/)
  await openSettings(page)
  await page.getByLabel('Current password').fill(password)
  await page.getByLabel('New password').fill('short')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByLabel('New password')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Your password').fill('not the password at all')
  await page.getByRole('button', { name: 'Delete account' }).click()
  await expect(page.getByRole('alert')).toContainText('This is not your password')
})

test('H1: nothing below the settings has an address, and neither page is kept', async ({
  page,
  request,
}) => {
  await openSettings(page)
  for (const path of ['/x.css', '/x.js', '/x', '/.css', '/%2e%2e/x.css']) {
    const answer = await page.context().request.get(settingsPath + path)
    expect(answer.status(), path).toBe(404)
    expect(await answer.text(), path).not.toContain('form_token')
  }
  for (const client of [page.context().request, request]) {
    const answer = await client.get(settingsPath, { maxRedirects: 0 })
    expect(answer.headers()['cache-control']).toBe('no-store')
  }
})

test('H7: neither another site nor a page of this one can frame the settings or the sign-in page', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(
    /frame-ancestors|ERR_BLOCKED_BY_RESPONSE|refused to connect/i,
    /ERR_NAME_NOT_RESOLVED|404/,
  )
  await openSettings(page)
  for (const framing of ['http://another-site.example/', `${siteUrl()}/framing`]) {
    for (const framed of [settingsPath, '/login']) {
      await page.route(framing, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<iframe src="${siteUrl()}${framed}"></iframe>`,
        }),
      )
      await page.goto(framing)
      const [, frame] = page.frames()
      await expect.poll(() => frame?.url(), `${framed} in ${framing}`).toMatch(/^chrome-error:/)
      await page.unroute(framing)
    }
  }
})

test.describe('K13: when the password was given more than 15 minutes ago', () => {
  let server: BuiltServer
  let folder: string

  /** Puts the server's clock on by 16 minutes as soon as the file is there. */
  const jumpingClock = `
    import { existsSync } from 'node:fs'
    const { now } = Date
    Date.now = () => now() + (existsSync(process.env.CLOCK_JUMP) ? 16 * 60 * 1000 : 0)`

  test.beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'barbell-clock-'))
    server = await startBuiltServer({
      CLOCK_JUMP: join(folder, 'jump'),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(jumpingClock)}`,
    })
  })
  test.afterEach(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  for (const javaScriptEnabled of [true, false]) {
    test(`it is asked for, and the press is done with it ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({
      browser,
    }) => {
      const context = await browser.newContext({ javaScriptEnabled })
      const page = await context.newPage()
      await openSettings(page, server.url)
      await page.getByLabel('Label').fill('night shift')
      writeFileSync(join(folder, 'jump'), '')
      await page.getByRole('button', { name: 'Get My Key' }).click()
      await expect(
        page.getByRole('heading', { name: 'Enter your password to go on', level: 1 }),
      ).toBeVisible()
      if (javaScriptEnabled) expect(await axeFindings(page)).toEqual([])

      await page.getByLabel(/^Password of/).fill('not the password at all')
      await page.getByRole('button', { name: 'Go on' }).click()
      await expect(page.getByRole('alert')).toContainText('This is not your password')
      await page.getByLabel(/^Password of/).fill(password)
      await page.getByRole('button', { name: 'Go on' }).click()
      await expect(page.getByLabel(/Your new key/)).toBeVisible()
      await expect(page.getByRole('heading', { name: 'night shift' })).toBeVisible()

      await page.getByRole('button', { name: 'Get My Key' }).click()
      await expect(page.getByRole('heading', { name: 'API key' }).first()).toBeVisible()
      await expect(page.getByText('••••')).toHaveCount(2)
      await context.close()
    })
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on full settings, and a phone does not scroll sideways, in ${colorScheme} mode`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme })
    const username = await openSettings(page)
    await signInElsewhere(username)
    await page.getByLabel('Label').fill('w'.repeat(64))
    await page.getByRole('button', { name: 'Get My Key' }).click()
    await page.getByLabel('Expires').selectOption({ label: 'in 30 days' })
    await page.getByRole('button', { name: 'Get My Key' }).click()
    expect(await axeFindings(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await axeFindings(page)).toEqual([])
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
  })
}
