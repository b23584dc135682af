import { AxeBuilder } from '@axe-core/playwright'
import { strFromU8, unzipSync } from 'fflate'
import { expect, type Page, test } from 'playwright/test'
import { openPlayground, playgroundUrl, send, sendAgain, useSandbox } from './playground-page.ts'

test('a sandbox account opens the public API with its key', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'GET /api/v1/stats')
  await expect(playground.status).toHaveText(/^200 OK, \d+ ms$/)
  await expect(playground.answer).toBeVisible()
  await expect(playground.answer.getByText('un_reviewed_image_count').first()).toBeAttached()
})

test('without credentials the API answers 401 and says why', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await playground.request.getByRole('radio', { name: 'No credentials' }).check()
  await expect(playground.preview).not.toContainText('x-api-auth')
  await send(playground, 'GET /api/v1/stats')
  await expect(playground.status).toHaveText(/^401 Unauthorized/)
  await expect(playground.answer.getByText('missing_api_key').first()).toBeAttached()
})

test('the token cookie opens the internal API until its reader signs out', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'GET /internal/v1/review-queue')
  await expect(playground.request.getByRole('radio', { name: 'Token cookie' })).toBeChecked()
  await expect(playground.status).toHaveText(/^200 OK/)

  await playground.signIn.getByRole('button', { name: 'Sign out' }).click()
  await expect(playground.owner).toHaveText(/^Signed out/)
  await sendAgain(playground)
  await expect(playground.status).toHaveText(/^401 Unauthorized/)
})

test('a request that is sent while its reader is being signed in waits for the cookie', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  const held = await holdSignIn(page)
  await playground.signIn.getByRole('button', { name: 'Use a sandbox account' }).click()
  await held.asked
  const call = playground.request.getByLabel('Call', { exact: true })
  await call.selectOption('GET /internal/v1/review-queue')
  await playground.request.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(playground.status).toHaveText('Waiting for the sign-in…')
  await expect(page.locator('request-form')).toHaveAttribute('state', 'busy')
  held.goOn()
  await expect(playground.status).toHaveText(/^200 OK/)
})

test('it is not sent where the wait is stopped, or the sign-in does not work', async ({ page }) => {
  const playground = await openPlayground(page)
  let sent = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/stats')) sent += 1
  })
  const held = await holdSignIn(page, { status: 503, json: { error: 'temporarily_unavailable' } })
  await playground.signIn.getByRole('button', { name: 'Use a sandbox account' }).click()
  await held.asked
  const send = playground.request.getByRole('button', { name: 'Send', exact: true })
  await send.click()
  await playground.request.getByRole('button', { name: 'Stop' }).click()
  await expect(playground.status).toHaveText('Not sent: stopped while it waited for the sign-in.')
  await send.click()
  held.goOn()
  await expect(playground.status).toHaveText('Not sent: the sign-in that it waited for failed.')
  expect(sent).toBe(0)
})

test('whom a new cookie speaks for is asked once, for the whole page', async ({ page }) => {
  const playground = await openPlayground(page)
  let asked = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/auth/v1/users/me')) asked += 1
  })
  await useSandbox(playground)
  await expect(page.locator('account-chip')).toHaveAttribute('kind', 'sandbox')
  await expect(playground.signIn).toHaveAttribute('state', 'idle')
  await page.waitForLoadState('networkidle')
  expect(asked).toBe(1)
})

test('a cookie that is not wanted stays at home', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await playground.request
    .getByLabel('Call', { exact: true })
    .selectOption('GET /internal/v1/review-queue')
  await playground.request.getByRole('radio', { name: 'No credentials' }).check()
  await sendAgain(playground)
  await expect(playground.status).toHaveText(/^401 Unauthorized/)
  await expect(playground.owner).toHaveText(/^Signed in/)
})

test('signing out by a request of the playground is seen everywhere', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'POST /auth/v1/logout')
  await expect(playground.status).toHaveText(/^204/)
  await expect(playground.owner).toHaveText(/^Signed out/)
})

test('C1: no script sees the token, and no storage holds a secret', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const seen = playground.signIn.getByRole('status', { name: 'What JavaScript sees' })
  await expect(seen).toHaveText('"" (empty)')
  const stored = await page.evaluate(async () => ({
    cookie: document.cookie,
    local: JSON.stringify(localStorage),
    session: JSON.stringify(sessionStorage),
    databases: (await indexedDB.databases()).length,
  }))
  expect(stored.cookie).toBe('')
  expect(stored.local + stored.session).not.toMatch(/sandbox-|access_token/)
  expect(stored.databases).toBe(0)
})

test('the key is masked on the screen until its reader asks for it', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const header = playground.preview.getByText(/x-api-auth: sandbox-[^:]+:/)
  await expect(header).toHaveText(/x-api-auth: sandbox-[^:]+:\*{12}\w{4}/)
  await playground.preview.getByRole('checkbox', { name: /Show keys/ }).check()
  await expect(header).toHaveText(/x-api-auth: sandbox-[^:]+:\w{16}/)
})

test('K8: a key of the wrong shape is explained before it is sent', async ({ page }) => {
  const { request } = await openPlayground(page)
  await request.getByLabel('Username').fill('mia')
  const key = request.getByLabel('Key', { exact: true })
  await key.fill('fifteenletters1')
  await expect(request.getByText('this one has 15')).toBeVisible()
  await expect(key).toHaveAccessibleDescription(/this one has 15/)
  await key.fill('sixteenletters16')
  await expect(request.getByText('this one has')).toHaveCount(0)
})

test('a missing path parameter is pointed to, and nothing is sent', async ({ page }) => {
  const playground = await openPlayground(page)
  await send(playground, 'GET /api/v1/images/{id}')
  const id = playground.request.getByRole('textbox', { name: /^id / })
  await expect(id).toBeFocused()
  await expect(id).toHaveAccessibleDescription(/id is required/)
  await expect(playground.status).toHaveText(/^Not sent/)
})

test('every call that only reads answers 200 with the examples of the document', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const options = playground.request.getByLabel('Call', { exact: true }).locator('option')
  const calls = (await options.allTextContents()).filter((call) => call.startsWith('GET '))
  expect(calls.length).toBeGreaterThan(8)
  for (const call of calls) {
    await playground.request.getByLabel('Call', { exact: true }).selectOption(call)
    const examples = playground.request.getByRole('button', { name: 'Fill in the examples' })
    if (await examples.isVisible()) await examples.click()
    await sendAgain(playground)
    await expect(playground.status, call).toHaveText(/^200 OK/)
  }
})

test('Ctrl+Enter sends from any field', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await playground.request.getByLabel('Call', { exact: true }).focus()
  await page.keyboard.press('Control+Enter')
  await expect(playground.status).toHaveText(/^200 OK/)
})

test('a browser without a network says so, and the next request works', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await page.context().setOffline(true)
  await expect(playground.request.getByText('This browser is offline')).toBeVisible()
  await sendAgain(playground)
  await expect(playground.status).toHaveText(/offline/)
  await page.context().setOffline(false)
  await sendAgain(playground)
  await expect(playground.status).toHaveText(/^200 OK/)
})

test('an answer that does not come can be stopped', async ({ page }) => {
  const playground = await openPlayground(page)
  await page.route('**/api/v1/stats', () => undefined)
  await playground.request.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(playground.status).toHaveText('Sending…')
  await playground.request.getByRole('button', { name: 'Stop' }).click()
  await expect(playground.status).toHaveText(/^Stopped/)
})

test('without the list of calls the page says why and tries again', async ({ page }) => {
  await page.route('**/openapi.json', (route) => route.fulfill({ status: 503 }))
  await page.goto(playgroundUrl())
  await expect(page.getByText(/could not be read: the server answered 503/)).toBeVisible()
  await page.unroute('**/openapi.json')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('form', { name: 'Request' })).toBeVisible()
})

test('from nothing to a 200 of the internal API in four clicks and no typing', async ({ page }) => {
  await page.goto(playgroundUrl())
  await page.evaluate(() => {
    const counts = { clicks: 0, keys: 0 }
    Object.assign(globalThis, { counts })
    document.addEventListener('click', ({ isTrusted }) => isTrusted && counts.clicks++, true)
    document.addEventListener('keydown', () => counts.keys++, true)
  })
  const call = page.getByLabel('Call', { exact: true })
  await page.getByRole('button', { name: 'Use a sandbox account' }).click()
  await expect(page.locator('sign-in-form')).toHaveAttribute('state', 'idle')
  await call.click() // opens the list; the choice below is the third click
  await call.selectOption('GET /internal/v1/review-queue')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const status = page.getByRole('region', { name: 'Answer' }).getByRole('status')
  await expect(status).toHaveText(/^200 OK/)
  const counts = await page.evaluate(
    () => (globalThis as unknown as { counts: { clicks: number; keys: number } }).counts,
  )
  // A click on an entry of a native list is none that a page sees.
  expect(counts.clicks + 1).toBeLessThanOrEqual(4)
  expect(counts.keys).toBe(0)
})

test('at most 120 KB of compressed script before the first send', async ({ page }) => {
  const sizes: Promise<number>[] = []
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
  })
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await page.waitForLoadState('networkidle')
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  expect(bytes).toBeGreaterThan(10 * 1024)
  expect(bytes).toBeLessThanOrEqual(120 * 1024)
})

test('a call is found by a word, and Enter takes it', async ({ page }) => {
  const { request } = await openPlayground(page)
  const find = request.getByLabel('Find by a word or a path')
  await find.fill('batches/{')
  await expect(request.getByText('1 call matches')).toBeVisible()
  await find.press('Enter')
  await expect(request.getByLabel('Call', { exact: true })).toHaveValue(
    'GET /internal/v1/batches/{id}',
  )
})

for (const { tab, output } of [
  { tab: 'JavaScript', output: /^200/ },
  { tab: 'Python', output: /^200/ },
]) {
  test(`the ${tab} of a request runs with one click, without a secret on the screen`, async ({
    page,
  }) => {
    const playground = await openPlayground(page)
    await useSandbox(playground)
    const { preview } = playground
    await preview.getByRole('tab', { name: tab }).click()
    await expect(preview.getByRole('tabpanel')).toContainText('BARBELL_API_KEY')
    await expect(preview.getByRole('tabpanel')).not.toContainText('sandbox-')
    await preview.getByRole('button', { name: 'Run this code' }).click()
    const printed = preview.getByRole('group', { name: 'Printed text' })
    await expect(printed).toContainText(output, { timeout: 45_000 })
    const calls = preview.getByRole('list', { name: 'Requests' })
    await expect(calls).toContainText('/api/v1/stats')
  })
}

test('the tabs of the code are walked with the arrow keys', async ({ page }) => {
  const { preview } = await openPlayground(page)
  await preview.getByRole('tab', { name: 'HTTP' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(preview.getByRole('tab', { name: 'Python' })).toBeFocused()
  await expect(preview.getByRole('tabpanel')).toContainText('import requests')
  await page.keyboard.press('End')
  await expect(preview.getByRole('tab', { name: 'curl' })).toBeFocused()
})

test('the server tells its side: the stages, and the one that refused', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'GET /api/v1/stats')
  const steps = page.getByRole('list', { name: 'What the server did' }).getByRole('listitem')
  await expect(steps.first()).toContainText('GET /api/v1/stats')
  await expect(steps.filter({ hasText: 'Is the API key one of this account?' })).toHaveCount(1)
  await expect(steps.filter({ hasText: 'refused' })).toHaveCount(0)
  await expect(steps.last()).toContainText('200')

  await playground.request.getByRole('radio', { name: 'No credentials' }).check()
  await sendAgain(playground)
  await expect(steps.filter({ hasText: 'refused' })).toHaveCount(1)
  await expect(steps.filter({ hasText: 'refused' })).toContainText('missing_api_key')
})

test('two requests of the session are laid side by side, and one is sent again', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'GET /api/v1/stats')
  await playground.request.getByRole('radio', { name: 'No credentials' }).check()
  await sendAgain(playground)
  const history = page.getByRole('region', { name: 'This session' })
  await history.getByRole('checkbox', { name: 'Compare number 1' }).check()
  await history.getByRole('checkbox', { name: 'Compare number 2' }).check()
  const answer = history.getByRole('row').filter({ hasText: /^\s*Answer\s+200/ })
  await expect(answer).toContainText('401')
  await history.getByRole('button', { name: 'Send number 1 again' }).click()
  await expect(playground.status).toHaveText(/^200/)
  await expect(history.getByRole('checkbox')).toHaveCount(3)
})

test('the session is exported as an HTTP Archive without its secrets', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'GET /api/v1/stats')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export as HAR' }).click()
  const file = await (await download).createReadStream()
  const text = (await file.toArray()).join('')
  expect(text).toContain('"version": "1.2"')
  expect(text).toMatch(/"sandbox-[^:]+:\*{12}\w{4}"/)
  expect(text).not.toMatch(/"sandbox-[^:]+:\w{16}"/)
})

test('the session is exported for Postman, its key as a variable', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'GET /api/v1/stats')
  await send(playground, 'GET /internal/v1/batches')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export for Postman' }).click()
  const bytes = await (await (await download).createReadStream()).toArray()
  const text = Buffer.concat(bytes as Buffer[]).toString()
  const { item } = JSON.parse(text) as { item: { name: string }[] }
  expect(item.map(({ name }) => name)).toEqual([
    'Sign in: the token comes as a cookie',
    'GET /api/v1/stats',
    'GET /internal/v1/batches',
  ])
  expect(text).toContain('{{barbellKey}}')
  expect(text).not.toMatch(/sandbox-/)
})

test('the session is exported for Bruno as its folder in one file', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, 'GET /api/v1/stats')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export for Bruno' }).click()
  const bytes = await (await (await download).createReadStream()).toArray()
  const files = unzipSync(Buffer.concat(bytes as Buffer[]))
  expect(Object.keys(files).toSorted()).toEqual([
    'barbell/01-get-api-v1-stats.bru',
    'barbell/bruno.json',
    'barbell/collection.bru',
    'barbell/environments/Barbell.bru',
  ])
  const text = Object.values(files)
    .map((file) => strFromU8(file))
    .join('\n')
  expect(text).toContain('x-api-auth: {{barbellKey}}')
  expect(text).not.toMatch(/sandbox-/)
})

test('a key is put together before the eyes of who types it', async ({ page }) => {
  const { request } = await openPlayground(page)
  const [name, key] = [request.getByLabel('Username'), request.getByLabel('Key', { exact: true })]
  const header = request.locator('.rf-header')
  await expect(header).toHaveText('x-api-auth: {USERNAME}:{KEY}')
  await name.fill('mia')
  await expect(header).toHaveText('x-api-auth: mia:{KEY}')
  await name.fill('')
  await key.fill('miasixteenletters16')
  await expect(request.getByText('the colon between them is missing')).toBeVisible()
  await key.fill('mia:sixteenletters16')
  await expect(name).toHaveValue('mia')
  await expect(key).toHaveValue('sixteenletters16')
  await expect(header).toHaveText('x-api-auth: mia:************rs16')
  await expect(request.getByText('The header has the right shape')).toBeVisible()
  await name.fill('sixteenletters16')
  await key.fill('mia-k')
  await expect(request.getByText('Username and key look swapped')).toBeVisible()
})

test('a number outside of its limits is said before it is sent, and the server says it too', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await playground.request.getByLabel('Call', { exact: true }).selectOption('GET /api/v1/images')
  const limit = playground.request.getByRole('textbox', { name: /^limit / })
  await limit.fill('101')
  await expect(limit).toHaveAccessibleDescription(/takes a whole number from 1 to 100/)
  await sendAgain(playground)
  await expect(playground.status).toHaveText(/^422/)
})

test('both credentials at once open both APIs, and a Bearer token the internal one', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  for (const call of ['GET /api/v1/me', 'GET /internal/v1/batches']) {
    await playground.request.getByLabel('Call', { exact: true }).selectOption(call)
    await playground.request.getByRole('radio', { name: 'Key and cookie' }).check()
    await sendAgain(playground)
    await expect(playground.status, call).toHaveText(/^200/)
  }
  const [token] = (await page.context().cookies()).filter(({ name }) => name === 'access_token')
  await playground.request.getByRole('radio', { name: 'Bearer token' }).check()
  await playground.request.getByLabel('Token', { exact: true }).fill(token?.value ?? '')
  await expect(playground.preview).toContainText('authorization: Bearer ********')
  await sendAgain(playground)
  await expect(playground.status).toHaveText(/^200/)
})

test('in forced colors the chosen tab differs, and the diagram keeps its lines', async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active' })
  const playground = await openPlayground(page)
  await sendAgain(playground)
  const lineOf = (name: string) =>
    playground.preview
      .getByRole('tab', { name })
      .evaluate((tab) => getComputedStyle(tab).borderBottomColor)
  expect(await lineOf('HTTP')).not.toBe(await lineOf('Python'))
  const steps = page.getByRole('list', { name: 'What the server did' })
  expect(await steps.evaluate((list) => getComputedStyle(list).backgroundImage)).toContain(
    'gradient',
  )
})

test('a link fills the form with everything but secrets, and sends nothing', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await playground.request.getByLabel('Call', { exact: true }).selectOption('GET /api/v1/images')
  await playground.request.getByRole('textbox', { name: /^limit / }).fill('7')
  await page.getByRole('button', { name: 'Copy a link to this request' }).click()
  await expect(page).toHaveURL(/#request=/)
  expect(page.url()).not.toContain('sandbox-')
  const link = page.url()
  await page.goto('about:blank')
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url()))
  await page.goto(link)
  await expect(page.getByLabel('Call', { exact: true })).toHaveValue('GET /api/v1/images')
  await expect(page.getByRole('textbox', { name: /^limit / })).toHaveValue('7')
  expect(sent.filter((url) => url.includes('/api/v1/'))).toEqual([])
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`axe finds nothing, ${colorScheme} at ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      const playground = await openPlayground(page)
      await useSandbox(playground)
      await send(playground, 'GET /api/v1/stats')
      await playground.request
        .getByLabel('Call', { exact: true })
        .selectOption('POST /auth/v1/register')
      await playground.request.getByRole('radio', { name: 'API key' }).check()
      await playground.request.getByLabel('Key', { exact: true }).fill('short')
      const { violations } = await new AxeBuilder({ page })
        .include('sign-in-form')
        .include('request-form')
        .analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    })
  }
}

test('two columns at 1280 px, one at 390 px', async ({ page }) => {
  const { request, preview } = await openPlayground(page)
  const isBeside = async () =>
    ((await preview.boundingBox())?.x ?? 0) > ((await request.boundingBox())?.x ?? 0)
  expect(await isBeside()).toBe(true)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await isBeside()).toBe(false)
})

/** Holds the request for a token until it may go on; `answer` instead of the server's. */
async function holdSignIn(page: Page, answer?: { status: number; json: object }) {
  const asked = Promise.withResolvers<undefined>()
  const mayGoOn = Promise.withResolvers<undefined>()
  await page.route('**/auth/v1/token', async (route) => {
    asked.resolve(undefined)
    await mayGoOn.promise
    await (answer === undefined ? route.continue() : route.fulfill(answer))
  })
  return { asked: asked.promise, goOn: () => mayGoOn.resolve(undefined) }
}
