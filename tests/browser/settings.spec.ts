import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { axeFindings, expect, freshUsername, siteUrl, test } from './fixtures.ts'
import {
  askWithKey,
  getKey,
  openSandboxSettings,
  openSettings,
  password,
  settingsPath,
  shownKey,
} from './readers.ts'

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
      expect(await askWithKey(keys.get('review robot') ?? '')).toBe(200)
      expect(await askWithKey(successor)).toBe(200)
      await expect(robot.getByText('replaced', { exact: true })).toHaveCount(1)
      await expect(page.getByRole('button', { name: /^Replace Key review robot/ })).toHaveCount(1)

      await page.getByRole('button', { name: /^Revoke laptop/ }).click()
      await expect(page.getByRole('status')).toContainText('The key is revoked')
      expect(await askWithKey(keys.get('laptop') ?? '')).toBe(401)
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
      const key = await getKey(page)
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
      const key = await getKey(page)
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

test('what is wrong with a form is said at its field and in a summary that has the focus', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/422/, /400/)
  await openSettings(page)
  const wrong = 'This is not your password. Nothing was changed.'
  const presses = [
    { button: 'Change password', field: 'New password', words: 'Use at least 8 characters.' },
    { button: 'Change password', field: 'Current password', words: wrong },
    { button: 'Delete account', field: 'Your password', words: wrong },
  ]
  for (const { button, field, words } of presses) {
    await page.getByLabel('Current password').fill(words === wrong ? 'not this one' : password)
    await page.getByLabel('New password').fill(words === wrong ? 'another long sentence' : 'short')
    await page.getByLabel('Your password').fill('not this one')
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('alert')).toBeFocused()
    await expect(page.getByLabel(field)).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByLabel(field)).toHaveAccessibleDescription(new RegExp(words))
    expect(await axeFindings(page)).toEqual([])
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: words })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByLabel(field)).toBeFocused()
  }
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
  test.afterEach(async ({ page }) => {
    await page.goto('about:blank') // what it still loads would be refused, and told
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  test('a sandbox account, whose password nobody has seen, is told how to go on, and that works', async ({
    page,
    expectedErrors,
  }) => {
    expectedErrors.push(/403/, /401/)
    await openSandboxSettings(page, server.url)
    writeFileSync(join(folder, 'jump'), '')
    await page.getByRole('button', { name: 'Get My Key' }).click()
    await expect(page.getByText('You may never have seen the password')).toBeVisible()
    expect(await axeFindings(page)).toEqual([])

    await page.getByRole('main').getByRole('link', { name: 'playground' }).click()
    await page.getByRole('button', { name: 'Use a sandbox account' }).click()
    await expect(page.getByText(/^Signed in: the token cookie speaks for sandbox-/)).toBeVisible()
    await page.goto(server.url + settingsPath)
    await page.getByRole('button', { name: 'Get My Key' }).click()
    await expect(page.getByLabel('Your new key')).toBeVisible()
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
      await expect(page.getByLabel('Your new key')).toBeVisible()
      await expect(page.getByRole('heading', { name: 'night shift' })).toBeVisible()

      await page.getByRole('button', { name: 'Get My Key' }).click()
      await expect(page.getByRole('heading', { name: 'API key' }).first()).toBeVisible()
      await expect(page.getByText('••••')).toHaveCount(2)
      await context.close()
    })
  }
})

for (const javaScriptEnabled of [true, false]) {
  test.describe(`a sandbox account, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, () => {
    test.use({ javaScriptEnabled })

    test('is marked, offers what it can do, and is kept under a name and a password', async ({
      page,
      context,
    }) => {
      const sandbox = await openSandboxSettings(page)
      await expect(page.getByText(`Signed in as ${sandbox.username}`)).toContainText(
        'sandbox account, ends',
      )
      await expect(page.getByRole('region', { name: 'API Key' })).toContainText(
        'The keys of a sandbox account end with it.',
      )
      await expect(page.getByRole('region', { name: 'Password' })).toHaveCount(0)
      await expect(page.getByRole('region', { name: 'Delete account' })).toHaveCount(0)
      expect(await askWithKey(sandbox.apiKey)).toBe(200)

      const username = freshUsername()
      const keep = page.getByRole('region', { name: 'Keep this account' })
      await keep.getByLabel('Username').fill(username)
      await keep.getByLabel('Password').fill(password)
      await keep.getByRole('button', { name: 'Keep this account' }).click()
      await expect(page.getByRole('status').filter({ hasText: 'yours to keep' })).toBeFocused()
      await expect(page.getByText(`Signed in as ${username}`)).not.toContainText('sandbox')
      await expect(keep).toHaveCount(0)
      expect(await askWithKey(sandbox.apiKey)).toBe(401)

      await context.clearCookies()
      await page.goto('/login')
      await page.getByLabel('Username').fill(username)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByText(`Signed in as ${username}`)).toBeVisible()
    })
  })
}

test('a sandbox account is told what is wrong with the name and the password that it chooses', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/422/, /409/)
  const taken = await openSettings(page)
  await page.context().clearCookies()
  await openSandboxSettings(page)
  const keep = page.getByRole('region', { name: 'Keep this account' })
  const presses = [
    { username: 'a:b', chosen: 'short', wrong: ['Username', 'Password'] },
    { username: taken, chosen: password, wrong: ['Username'] },
  ]
  for (const { username, chosen, wrong } of presses) {
    await keep.getByLabel('Username').fill(username)
    await keep.getByLabel('Password').fill(chosen)
    await keep.getByRole('button', { name: 'Keep this account' }).click()
    await expect(page.getByRole('alert')).toBeFocused()
    await expect(page.getByRole('alert').getByRole('link')).toHaveCount(wrong.length)
    for (const label of wrong) {
      await expect(keep.getByLabel(label)).toHaveAttribute('aria-invalid', 'true')
    }
    await expect(keep.getByLabel('Username')).toHaveValue(username)
    expect(await axeFindings(page)).toEqual([])
  }
})

test('the header marks a sandbox account on every page', async ({ page, expectedErrors }) => {
  expectedErrors.push(/401/) // the playground's own questions
  const { username } = await openSandboxSettings(page)
  for (const path of [settingsPath, '/docs/auth', '/playground']) {
    await page.goto(path)
    const chip = page.locator('account-chip')
    await expect(chip).toHaveAttribute('kind', 'sandbox')
    await expect(chip.getByRole('button').first()).toContainText(username)
  }
})

test('the keyboard alone gets a key, tries it, revokes it and signs out', async ({ page }) => {
  await openSettings(page)
  /** Goes on by Tab until this has the focus. */
  const tabTo = async (name: string | RegExp, role: 'button' | 'textbox' = 'button') => {
    const target = page.getByRole(role, { name })
    for (let presses = 0; presses < 60; presses += 1) {
      if (await target.evaluateAll((all) => all.includes(document.activeElement as never))) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`60 times Tab does not lead to ${String(name)}`)
  }
  await tabTo('Label', 'textbox')
  await page.keyboard.type('by keyboard')
  await tabTo('Get My Key')
  await page.keyboard.press('Enter')

  await expect(page.getByRole('group', { name: 'New key' })).toBeFocused()
  await tabTo('Show key')
  await page.keyboard.press('Space')
  await expect(page.getByLabel('Your new key')).toHaveValue(/^reader-\w+:[A-Za-z0-9]{16}$/)
  await tabTo('Test this key')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^The key works: 200 in/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Test this key' })).toBeFocused()

  await tabTo(/^Revoke by keyboard/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'The key is revoked' })).toBeFocused()
  await tabTo('Sign out')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/login$/)
})

test('settings read as they look', async ({ page }) => {
  const username = await openSettings(page)
  await getKey(page, 'laptop')
  await page.goto(settingsPath)
  await expect(page.locator('main')).toMatchAriaSnapshot(`
    - heading "Settings" [level=1]
    - paragraph:
      - text: Signed in as
      - strong: ${username}
    - region "API Key":
      - heading "API Key" [level=2]
      - list:
        - listitem:
          - heading "laptop" [level=3]
          - term: Created
          - definition
          - term: Last used
          - definition: never
          - term: Expires
          - definition: never
          - text: When replaced, this key
          - combobox "When replaced, this key":
            - option "stops now" [selected]
            - option "works for 1 hour more, then stops"
            - option "works for 24 hours more, then stops"
          - button /Replace Key laptop, ending in \\w{4}/
          - button /Revoke laptop, ending in \\w{4}/
      - textbox "Label (optional)"
      - combobox "Expires"
      - button "Get My Key"
    - region "Usage":
      - heading "Usage" [level=2]
      - combobox "Calls with"
      - combobox "Over"
      - button "Show"
    - region "Where you are signed in":
      - heading "Where you are signed in" [level=2]
      - list:
        - listitem:
          - heading /Chrome on .* this one/ [level=3]
          - button "Sign out"
    - region "Password":
      - heading "Password" [level=2]
      - textbox "Current password"
      - textbox "New password"
      - checkbox "Also revoke my API keys"
      - button "Change password"
    - region "Recent activity":
      - heading "Recent activity" [level=2]
      - list:
        - listitem: /An API key was made\\./
        - listitem: /Signed in\\./
        - listitem: /The account was made\\./
    - region "Delete account":
      - heading "Delete account" [level=2]
      - textbox "Your password"
      - button "Delete account"
  `)
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
