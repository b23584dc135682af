import type { Page } from 'playwright/test'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { axeFindings, expect, freshUsername, siteUrl, test } from './fixtures.ts'
import { openSandboxSettings, openSettings, password } from './readers.ts'

/** Opens the form and writes a name into it. */
async function openForm(page: Page, username: string, site: string = siteUrl()): Promise<void> {
  await page.goto(`${site}/register`)
  await page.getByLabel('Username').fill(username)
}

function meterOf(page: Page) {
  return page.locator('password-strength .seen')
}

/** What is read out of it, once the typing has paused. */
function readOut(page: Page) {
  return page.locator('password-strength').getByRole('status')
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('a name is asked for before the password, and told to be free or taken', async ({
      page,
      expectedErrors,
    }) => {
      expectedErrors.push(/409/)
      const taken = await openSettings(page)
      await page.context().clearCookies()
      await openForm(page, taken)
      await page.getByRole('button', { name: 'Is it free?' }).click()
      await expect(page.getByRole('alert')).toBeFocused()
      await expect(page.getByLabel('Username')).toHaveAccessibleDescription(
        /This username is taken\. Choose another one\./,
      )
      const free = freshUsername()
      await page.getByLabel('Username').fill(free)
      await page.getByRole('button', { name: 'Is it free?' }).click()
      await expect(page.getByLabel('Username')).toBeFocused()
      await expect(page.getByLabel('Username')).toHaveValue(free)
      await expect(page.getByLabel('Username')).toHaveAccessibleDescription(
        new RegExp(`^${free} is free\\.`),
      )
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Make the account' }).click()
      await expect(page.getByText(`Signed in as ${free}`)).toBeVisible()
    })

    test('Enter makes the account, and does not ask for the name', async ({ page }) => {
      const username = freshUsername()
      await openForm(page, username)
      await page.getByLabel('Password').fill(password)
      await page.getByLabel('Username').press('Enter')
      await expect(page.getByText(`Signed in as ${username}`)).toBeVisible()
    })

    test('what is wrong is said at its field and in a summary that has the focus; what was typed stays', async ({
      page,
      expectedErrors,
    }) => {
      expectedErrors.push(/422/)
      await openForm(page, 'a:b')
      await page.getByLabel('Password').fill('short')
      await page.getByRole('button', { name: 'Make the account' }).click()
      const summary = page.getByRole('alert')
      await expect(summary).toBeFocused()
      await expect(summary.getByRole('link')).toHaveCount(2)
      await expect(page.getByLabel('Username')).toHaveValue('a:b')
      await expect(page.getByLabel('Password')).toHaveValue('')
      for (const [label, words] of [
        ['Username', /Use 3 to 32 characters/],
        ['Password', /Use at least 8 characters/],
      ] as const) {
        await expect(page.getByLabel(label)).toHaveAttribute('aria-invalid', 'true')
        await expect(page.getByLabel(label)).toHaveAccessibleDescription(words)
      }
      await summary.getByRole('link', { name: 'Use at least 8 characters.' }).click()
      await expect(page.getByLabel('Password')).toBeFocused()
    })
  })
}

test('U10: asked too often, the form says when it can be asked again, and so does registering', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/429/)
  const server: BuiltServer = await startBuiltServer({ BARBELL_LIMITS: 'register_address=2/3600' })
  try {
    for (const words of [/is free/, /is free/]) {
      await openForm(page, freshUsername(), server.url)
      await page.getByRole('button', { name: 'Is it free?' }).click()
      await expect(page.getByText(words)).toBeVisible()
    }
    for (const button of ['Is it free?', 'Make the account']) {
      await openForm(page, freshUsername(), server.url)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: button }).click()
      await expect(page.getByRole('alert')).toContainText(
        /There were too many tries\. Try again in (?:59|60) minutes\./,
      )
    }
    expect(await axeFindings(page)).toEqual([])
  } finally {
    await page.goto('about:blank') // what it still loads would be refused, and told
    await server.stop()
  }
})

test('the strength of a password is said in words as it is typed, and read out after a pause', async ({
  page,
}) => {
  await openForm(page, 'reader-of-docs')
  const field = page.getByLabel('Password')
  await expect(meterOf(page)).toBeHidden()
  for (const [typed, words] of [
    ['abc', 'Too short: 3 of at least 8 characters.'],
    [
      'password',
      'Very weak. Very many people use this password. Add words that do not belong together.',
    ],
    [
      'reader-of-docs',
      'Very weak. Your username and the name of this site are tried first. Add words that do not belong together.',
    ],
    ['frozen teapot above the quiet library', 'Strong.'],
  ] as const) {
    await field.fill(typed)
    await expect(meterOf(page)).toHaveText(words)
    await expect(readOut(page)).toHaveText(`Password: ${words}`)
  }
  await field.fill('')
  await expect(meterOf(page)).toBeHidden()
})

test('while one types, nothing is read out', async ({ page }) => {
  await openForm(page, freshUsername())
  const field = page.getByLabel('Password')
  await field.fill('password')
  await expect(readOut(page)).not.toBeEmpty()
  await page.evaluate(() => {
    const status = document.querySelector('password-strength [role=status]')
    if (!status) throw new Error('no status')
    const texts: string[] = []
    new MutationObserver(() => texts.push(status.textContent)).observe(status, { childList: true })
    Object.assign(window, { texts })
  })
  await field.pressSequentially(' and then some other words', { delay: 100 })
  await expect(readOut(page)).toHaveText('Password: Strong.')
  expect(await page.evaluate(() => (window as unknown as { texts: string[] }).texts)).toEqual([
    'Password: Strong.',
  ])
})

test('the estimator is loaded at the first key, from this site, and is let reach nothing', async ({
  page,
}) => {
  const requested: string[] = []
  page.on('request', (request) => requested.push(new URL(request.url()).pathname))
  await openForm(page, freshUsername())
  await page.getByLabel('Password').focus()
  await page.waitForLoadState('networkidle')
  const first = requested.filter((path) => path.includes('password-estimate'))
  expect(first).toEqual([])

  const answered = page.waitForResponse(/password-estimate/)
  await page.getByLabel('Password').press('a')
  const answer = await answered
  expect(new URL(answer.url()).pathname).toMatch(/^\/offline\//)
  expect(answer.headers()['content-security-policy']).toContain("default-src 'none'")
  const before = requested.length
  await page.getByLabel('Password').fill('a password that goes nowhere')
  await expect(meterOf(page)).toHaveText('Strong.')
  expect(requested.slice(before)).toEqual([])
})

test('without the estimator the form works, and nothing is said of strength', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/ERR_FAILED/)
  await page.context().route(/password-estimate/, (route) => route.abort())
  const username = freshUsername()
  await openForm(page, username)
  await page.getByLabel('Password').fill(password)
  await expect(page.locator('password-strength')).toBeHidden()
  await page.getByRole('button', { name: 'Make the account' }).click()
  await expect(page.getByText(`Signed in as ${username}`)).toBeVisible()
})

test('a new password and that of a kept account are estimated with the name in mind', async ({
  page,
}) => {
  const username = await openSettings(page)
  await page.getByLabel('New password').fill(`${username}1`)
  await expect(meterOf(page)).toContainText('Your username and the name of this site')
  expect(await axeFindings(page)).toEqual([])
  await page.context().clearCookies()
  await openSandboxSettings(page)
  const keep = page.getByRole('region', { name: 'Keep this account' })
  await keep.getByLabel('Password').fill('captain-nemo-1')
  await expect(meterOf(page)).not.toContainText('Your username')
  await keep.getByLabel('Username').fill('captain-nemo')
  await keep.getByLabel('Username').blur()
  await expect(meterOf(page)).toContainText('Your username')
})

test('U12: password managers find their tokens in every form', async ({ page }) => {
  const tokens = () =>
    page
      .locator('main input:not([type=hidden])')
      .evaluateAll((inputs) =>
        inputs
          .filter((input) => input.getAttribute('autocomplete') !== null)
          .map((input) => [
            input.getAttribute('name') ?? '(not sent)',
            input.getAttribute('autocomplete'),
          ]),
      )
  const credentials = (kind: string) => [
    ['username', 'username'],
    ['password', kind],
  ]
  await page.goto('/login')
  expect(await tokens()).toEqual(credentials('current-password'))
  await page.goto('/register')
  expect(await tokens()).toEqual(credentials('new-password'))
  await openSettings(page)
  expect(await tokens()).toEqual([
    ['label', 'off'],
    ['(not sent)', 'username'],
    ['current_password', 'current-password'],
    ['new_password', 'new-password'],
    ['(not sent)', 'username'],
    ['password', 'current-password'],
  ])
  await page.context().clearCookies()
  await openSandboxSettings(page)
  expect(await tokens()).toEqual([['label', 'off'], ...credentials('new-password')])
})

test('I8: after registering, `next` leads on within the site and never to another', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/401/) // the playground asks who is signed in
  for (const [next, path] of [
    ['/playground', '/playground'],
    ['//evil.example', '/dashboard/settings'],
    ['/\\evil.example', '/dashboard/settings'],
    ['https://evil.example/', '/dashboard/settings'],
    ['javascript:alert(1)', '/dashboard/settings'],
  ] as const) {
    await page.context().clearCookies()
    await page.goto(`/register?next=${encodeURIComponent(next)}`)
    await page.getByLabel('Username').fill(freshUsername())
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Make the account' }).click()
    await expect(page).toHaveURL(siteUrl() + path)
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the forms in any of their states, in ${colorScheme} mode`, async ({
    page,
    expectedErrors,
  }) => {
    expectedErrors.push(/400/, /422/)
    await page.emulateMedia({ colorScheme })
    const check = async (state: string): Promise<void> => {
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 })
        expect(await axeFindings(page), `${state} at ${width}`).toEqual([])
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(over, `${state} at ${width}`).toBeLessThanOrEqual(0)
      }
    }
    await openForm(page, 'w'.repeat(33))
    await page.getByLabel('Password').fill('short')
    await check('too short')
    await page.getByRole('button', { name: 'Make the account' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await check('wrong')
    await page.getByLabel('Password').fill('monkey2024!')
    await expect(meterOf(page)).toContainText('Fair')
    await check('fair')
    await page.getByLabel('Username').fill(freshUsername())
    await page.getByRole('button', { name: 'Is it free?' }).click()
    await expect(page.getByText('is free.')).toBeVisible()
    await check('free')
    await page.goto('/login')
    await page.getByLabel('Username').fill('nobody-at-all')
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert')).toBeFocused()
    await check('not signed in')
  })
}
