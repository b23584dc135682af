import type { Locator, Page } from 'playwright/test'
import { scenarios } from '../../src/playground/scenarios/catalogue.ts'
import type { Scenario } from '../../src/playground/scenarios/scenario.ts'
import { limits } from '../../src/auth/limits.ts'
import { startBuiltServer } from '../support/built-server.ts'
import { axeFindings, expect, freshUsername, test } from './fixtures.ts'

const byClick = scenarios.filter(({ name }) => name !== 'rate-limit')

test.beforeEach(({ expectedErrors }) => {
  expectedErrors.push(/Failed to load resource/) // most scenarios show a refusal
})

/** The scenario as the playground lists it, opened. */
async function openScenario(page: Page, name: string, site = ''): Promise<Locator> {
  await page.goto(`${site}/playground`)
  await expect(page.locator('sign-in-form')).toHaveAttribute('state', 'idle')
  const scenario = page.locator(`api-scenario[name="${name}"]`)
  await page.locator('details').filter({ has: scenario }).locator('summary').first().click()
  await expect(scenario).toBeVisible()
  return scenario
}

/** Presses Run, and gets a sandbox account where the scenario asks for one. */
async function run(scenario: Locator): Promise<void> {
  await scenario.getByRole('button', { name: /^Run/ }).click()
  const offer = scenario.getByRole('button', { name: 'Get a sandbox account and run' })
  await expect(
    offer.or(scenario.and(scenario.page().locator('[state]:not([state=idle])'))),
  ).toBeVisible()
  if (await offer.isVisible()) {
    await expect(offer).toBeFocused()
    await offer.click()
  }
}

/** What only the reader can do: presses the button of the frame of another origin, and looks at the answer. */
async function pressForeignButton(scenario: Locator): Promise<string> {
  const page = scenario.page()
  const answer = page.context().waitForEvent('page')
  await scenario.frameLocator('iframe').getByRole('button', { name: 'Sign the reader out' }).click()
  const tab = await answer
  await tab.waitForLoadState()
  const text = await tab.locator('body').innerText()
  await tab.close()
  await scenario.getByRole('button', { name: 'I have seen the answer' }).click()
  return text
}

async function playThrough(scenario: Locator, { name }: Pick<Scenario, 'name'>): Promise<void> {
  await run(scenario)
  if (name === 'cross-site-post')
    expect(await pressForeignButton(scenario)).toContain('"status":403')
  await expect(scenario).toHaveAttribute('state', 'done')
}

/** What each step was answered. */
function answers(scenario: Locator): Promise<string[]> {
  return scenario.locator('.sc-answer').allInnerTexts()
}

function expectedAnswers({ steps }: Scenario): string[] {
  return steps.map(({ answer: { status, code }, unread }) => {
    const words = code === undefined ? String(status) : `${status} ${code}`
    return unread ? `${words}, seen by no script` : words
  })
}

const statusOf = (scenario: Locator) => scenario.getByRole('status').first()

for (const scenario of byClick) {
  test(`${scenario.name}: by click, every step is answered as described`, async ({ page }) => {
    const shown = await openScenario(page, scenario.name)
    await playThrough(shown, scenario)
    expect(await answers(shown)).toEqual(expectedAnswers(scenario))
    await expect(statusOf(shown)).toHaveText(/^Done in /)

    await test.step('each answer that a script may see is there in full', async () => {
      const exchanges = shown.locator('.sc-exchange')
      await expect(exchanges).toHaveCount(scenario.steps.filter(({ unread }) => !unread).length)
      await exchanges.first().locator('summary').first().click()
      await expect(
        exchanges.first().getByRole('group', { name: 'Response', exact: true }),
      ).toBeVisible()
      await expect(
        exchanges.first().getByRole('list', { name: 'What the server did' }),
      ).toBeVisible()
    })
    await test.step('axe finds nothing', async () => {
      expect(await axeFindings(page, 'api-scenario')).toEqual([])
    })
    await test.step('S13: no key, no password and no token is in the page or in storage', async () => {
      const held = await page.evaluate(() =>
        [document.body.innerHTML, location.href, document.cookie]
          .concat(JSON.stringify(localStorage), JSON.stringify(sessionStorage))
          .join('\n'),
      )
      expect(held).not.toMatch(/sandbox-\w{8}:[A-Za-z0-9]{16}/)
      expect(held).not.toMatch(/eyJ[\w-]{10,}\.eyJ/)
      expect(held).not.toMatch(/password=(?!\*)[^&\s"<]+/)
    })
    await test.step('the browser is signed out, as it was before', async () => {
      const cookies = await page.context().cookies()
      expect(cookies.filter(({ name }) => name === 'access_token')).toEqual([])
    })
  })
}

test('rate-limit: the limit is used up, waited out with a countdown, and the next call is answered', async ({
  page,
}) => {
  const few = Object.entries(limits).map(([name, { windowSeconds }]) =>
    name === 'api_key' ? `${name}=60/4` : `${name}=1000000/${windowSeconds}`,
  )
  const server = await startBuiltServer({ BARBELL_LIMITS: few.join(',') })
  try {
    const calls: string[] = []
    page.on('request', (request) => calls.push(new URL(request.url()).pathname))
    const scenario = await openScenario(page, 'rate-limit', server.url)
    await run(scenario)
    await expect(scenario.getByText(/^[1-4] seconds? until the limit starts anew$/)).toBeVisible()
    await expect(scenario).toHaveAttribute('state', 'done')
    expect(await answers(scenario)).toEqual(['201', '200', '429 too_many_requests', '200'])
    expect(calls.filter((path) => path === '/api/v1/me').length).toBeLessThanOrEqual(60 + 10 + 2)
    expect(await axeFindings(page, 'api-scenario')).toEqual([])
  } finally {
    await page.goto('about:blank') // what it still loads would be refused, and told
    await server.stop()
  }
})

test('rate-limit: a limit that no page should use up is not tried', async ({ page }) => {
  const scenario = await openScenario(page, 'rate-limit')
  await run(scenario)
  await expect(scenario).toHaveAttribute('state', 'failed')
  await expect(scenario).toContainText('a page should not send so many')
})

test('Stop in the middle of a countdown ends it at once, and a second run begins anew', async ({
  page,
}) => {
  const scenario = await openScenario(page, 'expired-token')
  await run(scenario)
  await expect(scenario.getByText(/seconds until the token ends$/)).toBeVisible()
  await scenario.getByRole('button', { name: /^Stop/ }).click()
  await expect(scenario).toHaveAttribute('state', 'stopped', { timeout: 1500 })
  await expect(statusOf(scenario)).toHaveText('Stopped after 2 steps.')
  expect(await axeFindings(page, 'api-scenario')).toEqual([])
  await scenario.getByRole('button', { name: /^Run again/ }).click()
  await expect(scenario).toHaveAttribute('state', 'done')
})

test('Stop while the reader is to press a button puts the sign-in back', async ({ page }) => {
  const scenario = await openScenario(page, 'cross-site-post')
  await run(scenario)
  // axe cannot look here: it runs a script in each frame, and this one may run none.
  await expect(scenario.getByTitle('A page of another origin')).toBeVisible()
  await scenario.getByRole('button', { name: /^Stop/ }).click()
  await expect(scenario).toHaveAttribute('state', 'stopped')
  await expect(scenario.locator('iframe')).toHaveCount(0)
  await expect(scenario).toContainText('This browser is signed out, as it was before.')
})

test('without a network it says so, and the next run works', async ({ page }) => {
  const scenario = await openScenario(page, 'wrong-key')
  await playThrough(scenario, { name: 'wrong-key' })
  await page.context().setOffline(true)
  await scenario.getByRole('button', { name: /^Run again/ }).click()
  await expect(scenario).toHaveAttribute('state', 'failed')
  await expect(statusOf(scenario)).toHaveText('Ended at step 1: no answer came.')
  await expect(scenario).toContainText('This browser is offline. Nothing reached the server.')
  expect(await axeFindings(page, 'api-scenario')).toEqual([])
  await page.context().setOffline(false)
  await scenario.getByRole('button', { name: /^Run again/ }).click()
  await expect(scenario).toHaveAttribute('state', 'done')
})

test('what cannot be loaded is said; a second press tries again, or offers to reload the page', async ({
  page,
}) => {
  const scenario = await openScenario(page, 'first-call')
  const press = (): Promise<void> => scenario.getByRole('button', { name: /^Run/ }).click()
  const reload = scenario.getByRole('button', { name: 'Reload the page' })
  await page.route('**/_astro/**', (route) => route.abort())
  await press()
  await expect(scenario.getByRole('alert')).toHaveText(/could not be loaded/)
  await expect(reload).toHaveCount(0)
  await press()
  await expect(reload).toBeVisible()
  expect(await axeFindings(page, 'api-scenario')).toEqual([])
  await page.unroute('**/_astro/**')
  const reloaded = page.waitForEvent('load')
  await reload.click()
  await reloaded
  await playThrough(await openScenario(page, 'first-call'), { name: 'first-call' })
})

test('another answer than the described one ends the scenario, and both are shown', async ({
  page,
}) => {
  const scenario = await openScenario(page, 'first-call')
  const problem = { title: 'The store cannot be reached', status: 503, code: 'store_unavailable' }
  await page.route('**/api/v1/me', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify(problem),
    }),
  )
  await run(scenario)
  await expect(scenario).toHaveAttribute('state', 'failed')
  await expect(statusOf(scenario)).toHaveText(
    'Ended at step 2: the answer is not the one described.',
  )
  await expect(scenario.locator('[data-kind=bad]').first()).toHaveText(
    '503 store_unavailable, expected was 401 missing_api_key',
  )
  expect(await axeFindings(page, 'api-scenario')).toEqual([])
})

test('a reader who is signed in with the sandbox account stays signed in, and keeps the key', async ({
  page,
}) => {
  await page.goto('/playground')
  const signIn = page.locator('sign-in-form')
  await signIn.getByRole('button', { name: 'Use a sandbox account' }).click()
  const owner = signIn.getByRole('status').first()
  await expect(owner).toHaveText(/^Signed in: the token cookie speaks for sandbox-/)
  const before = await owner.textContent()
  for (const name of ['revoked-key', 'token-flow']) {
    const scenario = page.locator(`api-scenario[name="${name}"]`)
    await page.locator('details').filter({ has: scenario }).locator('summary').first().click()
    await run(scenario)
    await expect(scenario).toHaveAttribute('state', 'done')
    await expect(scenario).toContainText(/signed in as sandbox-\w+, as it was before/)
    await expect(owner).toHaveText(before ?? '')
  }
  const me = await page.request.get('/auth/v1/users/me')
  expect(me.status()).toBe(200)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Answer' }).getByRole('status')).toHaveText(/^200/)
})

test('the sign-in of an own account is not ended without asking', async ({ page, context }) => {
  const account = { username: freshUsername(), password: 'a long sentence of mine' }
  await context.request.post('/auth/v1/register', { data: account })
  await context.request.post('/auth/v1/token', { form: account })
  const scenario = await openScenario(page, 'token-flow')
  await run(scenario)
  const signOut = scenario.getByRole('button', { name: 'Sign out and run' })
  await expect(signOut).toBeVisible()
  await expect(scenario).toContainText(account.username)
  expect((await context.request.get('/auth/v1/users/me')).status()).toBe(200)
  expect(await axeFindings(page, 'api-scenario')).toEqual([])
  await signOut.click()
  await expect(scenario).toHaveAttribute('state', 'done')
})

test('one scenario at a time: a second one waits for its reader to end the first', async ({
  page,
}) => {
  const first = await openScenario(page, 'expired-token')
  await run(first)
  await expect(first.getByText(/seconds until the token ends$/)).toBeVisible()
  const second = page.locator('api-scenario[name="token-flow"]')
  await page.locator('details').filter({ has: second }).locator('summary').first().click()
  await second.getByRole('button', { name: /^Run/ }).click()
  await expect(statusOf(second)).toHaveText(/^Another scenario is running/)
  await expect(page.locator('api-scenario[name="expired-token"]')).toHaveAttribute('state', 'done')
  await run(second)
  await expect(second).toHaveAttribute('state', 'done')
})

test('an own account of the tab is not used, and stays the one of the tab', async ({ page }) => {
  const scenario = await openScenario(page, 'wrong-key')
  await page.locator('.account-chip').click()
  const account = page.locator('account-chip reader-account')
  await account.getByRole('button', { name: 'Use my own account' }).click()
  const username = freshUsername()
  await account.getByLabel('Username').fill(username)
  await account.getByLabel('Password').fill('a long sentence of mine')
  await account.getByRole('button', { name: 'Use this account' }).click()
  await page.keyboard.press('Escape')
  await playThrough(scenario, { name: 'wrong-key' })
  await expect(scenario).not.toContainText(username)
  await expect(page.locator('.account-who')).toHaveText(username)
})

test('a scenario in a page of the guide runs there', async ({ page }) => {
  await page.goto('/docs/guides/api-keys')
  const scenario = page.locator('api-scenario[name="revoked-key"]')
  await run(scenario)
  await expect(scenario).toHaveAttribute('state', 'done')
  expect(await axeFindings(page, 'api-scenario')).toEqual([])
})

test('a link opens its scenario and sends nothing', async ({ page }) => {
  const sent: string[] = []
  page.on('request', (request) =>
    sent.push(`${request.method()} ${new URL(request.url()).pathname}`),
  )
  await page.goto('/playground#scenario-wrong-key')
  await expect(page.locator('api-scenario[name="wrong-key"]')).toBeVisible()
  await expect(
    page.locator('api-scenario[name="wrong-key"]').getByRole('button', { name: /^Run/ }),
  ).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(sent.filter((call) => /POST|\/api\//.test(call))).toEqual([])
})

test('what a scenario needs is loaded at its first Run', async ({ page }) => {
  const scripts: string[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(request.url())
  })
  const scenario = await openScenario(page, 'first-call')
  await page.waitForLoadState('networkidle')
  const before = scripts.length
  await playThrough(scenario, { name: 'first-call' })
  expect(scripts.length).toBeGreaterThan(before)
})

test('the keyboard alone opens, runs and reads a scenario', async ({ page }) => {
  await page.goto('/playground')
  const scenario = page.locator('api-scenario[name="first-call"]')
  await page.locator('details').filter({ has: scenario }).locator('summary').first().focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(scenario.getByRole('button', { name: 'Run First call with a key' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(
    scenario.getByRole('button', { name: 'Get a sandbox account and run' }),
  ).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(scenario).toHaveAttribute('state', 'done')
  await expect(statusOf(scenario)).toBeFocused()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`at 390 px, ${colorScheme}: an opened exchange fits, and axe finds nothing`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 390, height: 844 })
    const scenario = await openScenario(page, 'tampered-token')
    await playThrough(scenario, { name: 'tampered-token' })
    for (const summary of await scenario.locator('.sc-exchange > summary').all()) {
      await summary.click()
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
    expect(await axeFindings(page, '#scenarios')).toEqual([])
  })
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('the reader sees what each scenario does, step by step', async ({ page }) => {
    await page.goto('/docs/guides/api-keys')
    const scenario = page.locator('api-scenario[name="revoked-key"]')
    await expect(scenario).toContainText('A key works, “Revoke” is pressed')
    await expect(scenario.getByRole('listitem')).toHaveCount(6)
    await expect(scenario.getByRole('button')).toHaveCount(0)
    await page.goto('/playground')
    await expect(page.locator('#scenarios summary')).toHaveCount(scenarios.length)
  })
})
