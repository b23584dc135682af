import { type Locator, type Page, request } from 'playwright/test'
import { signedInKey } from '#elements/cookie-owner.ts'
import { axeFindings, expect, freshUsername, siteUrl, test } from './fixtures.ts'
import { openPlayground, type Playground, send, sendAgain, useSandbox } from './playground-page.ts'

// What is refused here is refused on purpose.
test.use({ expectedErrors: [/status of (?:401|503)|ERR_INTERNET_DISCONNECTED|ERR_FAILED/] })

const password = 'correct horse battery staple'
const call = 'GET /internal/v1/review-queue'

/** The token from its three sides. */
function sidesOf({ page }: Playground): Record<'scripts' | 'browser' | 'server', Locator> {
  return {
    scripts: page.getByRole('region', { name: 'What JavaScript sees' }),
    browser: page.getByRole('region', { name: 'What the browser holds' }),
    server: page.getByRole('region', { name: 'What the server reads in it' }),
  }
}

async function signInAsOwn(playground: Playground): Promise<string> {
  const { page, signIn } = playground
  const username = freshUsername()
  await page.request.post(`${siteUrl()}/auth/v1/register`, { data: { username, password } })
  await signIn.getByText('Sign in with your own account').click()
  await signIn.getByLabel('Account username').fill(username)
  await signIn.getByLabel('Password').fill(password)
  await signIn.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(playground.owner).toContainText(username)
  return username
}

/** Asks for a token of five seconds, and waits for its end. */
async function untilEnded(playground: Playground): Promise<void> {
  const { request: form, owner } = playground
  await form.getByLabel('Call', { exact: true }).selectOption('POST /auth/v1/token')
  await form.getByRole('button', { name: 'Fill in the examples' }).click()
  await form.getByRole('combobox', { name: /^expires_in/ }).selectOption('5')
  await sendAgain(playground)
  await expect(playground.status).toHaveText(/^200/)
  await expect(owner).toHaveText(/has ended/)
}

test('where nobody has signed in the server is not asked, and the page claims no answer', async ({
  page,
}) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const playground = await openPlayground(page)
  const { browser, server } = sidesOf(playground)
  await expect(playground.owner).toHaveText('Signed out, as far as this browser remembers.')
  await expect(browser).toContainText('the server was not asked')
  await expect(server).toContainText('Not asked yet.')
  expect(asked.filter((path) => path.startsWith('/auth/'))).toEqual([])
  await playground.signIn.getByRole('button', { name: 'Ask the server' }).click()
  await expect(playground.owner).toHaveText(/^Signed out: the browser holds no token/)
  expect(asked).toContain('/auth/v1/users/me')
})

test('who is signed out holds nothing, on each of the three sides', async ({ page }) => {
  const playground = await openPlayground(page)
  await playground.signIn.getByRole('button', { name: 'Ask the server' }).click()
  const { scripts, browser, server } = sidesOf(playground)
  await expect(scripts).toContainText('document.cookie')
  await expect(scripts.getByRole('status')).toHaveText('"" (empty)')
  await expect(browser).toContainText('It holds no cookie access_token')
  await server.getByRole('link', { name: '401 missing_token' }).click()
  await expect(page).toHaveURL(/\/docs\/errors#missing_token$/)
})

test('a sandbox account sees its cookie as the server set it, and its claims', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const { scripts, browser, server } = sidesOf(playground)
  await expect(scripts.getByRole('status')).toHaveText('"" (empty)')
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=1800']) {
    await expect(browser.getByText(part, { exact: true })).toBeVisible()
  }
  await expect(browser).toContainText(/Its value is hidden: \d{3} characters/)
  await expect(browser).toContainText('by its trace')
  await expect(server.getByText(siteUrl(), { exact: true })).toHaveCount(2) // iss and aud
  for (const claim of ['iss', 'aud', 'sub', 'sid', 'jti', 'kid', 'iat', 'exp']) {
    await expect(server.getByText(claim, { exact: true })).toBeVisible()
  }
})

test('what the page shows of a cookie is what the browser holds', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const cookies = await page.context().cookies()
  const cookie = cookies.find(({ name }) => name === 'access_token')
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', secure: false })
  const { browser, server } = sidesOf(playground)
  await expect(browser).toContainText(`hidden: ${cookie?.value.length} characters`)
  const claims = JSON.parse(
    Buffer.from(cookie?.value.split('.')[1] ?? '', 'base64url').toString(),
  ) as Record<string, string | number>
  for (const name of ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp']) {
    await expect(server.getByText(String(claims[name]), { exact: true }).first()).toBeVisible()
  }
})

test('script can put a cookie beside the token, and only that one is seen', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await page.evaluate(() => (document.cookie = 'seen=1; Path=/'))
  await expect(sidesOf(playground).scripts.getByRole('status')).toHaveText('"seen=1"')
})

test('the time runs down, and is not read aloud at every second', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const timer = sidesOf(playground).server.getByRole('timer', { name: /until the token ends/ })
  const before = await timer.textContent()
  const said = await playground.owner.textContent()
  await expect(timer).not.toHaveText(before ?? '')
  await expect(timer).toHaveText(/^29:5\d$/)
  expect(await playground.owner.textContent()).toBe(said)
  expect(
    await timer.evaluate((element) => element.closest('[aria-live], [role=status]')),
  ).toBeNull()
})

test('an own account has its cookie described, for the server tells no trace of it', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  const username = await signInAsOwn(playground)
  const { browser, server } = sidesOf(playground)
  await expect(server).toContainText(`Speaks for ${username}, your own account`)
  await expect(browser).toContainText('Max-Age=1800')
  await expect(browser).toContainText('As the API document describes it')
  await expect(playground.signIn.getByLabel('Password')).toBeHidden()
})

test('when the token has ended, one click signs in again and repeats the request', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await send(playground, call)
  await untilEnded(playground)
  const { browser, server } = sidesOf(playground)
  await expect(server).toContainText('The token ended at')
  await expect(browser).toContainText(/dropped the cookie|has refused/)

  await playground.signIn.getByRole('button', { name: `Sign in again and repeat ${call}` }).click()
  await expect(playground.owner).toHaveText(/^Signed in/)
  await expect(playground.status).toHaveText(/^200/)
  await expect(playground.request.getByLabel('Call', { exact: true })).toHaveValue(call)
})

test('beside the refusal of an ended token stands the way on', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await untilEnded(playground)
  await send(playground, call)
  await expect(playground.status).toHaveText(/^401/)
  const answer = page.getByRole('region', { name: 'Answer' })
  await answer.getByRole('button', { name: 'Sign in again and repeat this' }).click()
  await expect(playground.status).toHaveText(/^200/)
  await expect(answer.getByText('The token has ended.')).toHaveCount(0)
  await expect(answer.getByRole('heading', { name: 'Answer' })).toBeFocused()
})

test('an own account types its password to go on', async ({ page }) => {
  await page.clock.install()
  const playground = await openPlayground(page)
  const username = await signInAsOwn(playground)
  await send(playground, call)
  // No own account gets a short token: the browser loses the cookie, and half an hour is over at once.
  await page.context().clearCookies({ name: 'access_token' })
  await page.clock.fastForward('31:00')
  await expect(playground.owner).toHaveText(`Signed out: the token of ${username} has ended.`)
  await expect(playground.signIn.getByLabel('Account username')).toHaveValue(username)
  await playground.signIn.getByLabel('Password').fill(password)
  await playground.signIn.getByRole('button', { name: `Sign in and repeat ${call}` }).click()
  await expect(playground.owner).toContainText(`speaks for ${username}`)
  await expect(playground.status).toHaveText(/^200/)
})

test('the last minute is said once', async ({ page }) => {
  await page.clock.install()
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await page.clock.fastForward('29:10')
  await expect(playground.owner).toHaveText(/It ends in less than a minute\.$/)
})

test('a log out proves itself by every lane that the page can try', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const cookies = await page.context().cookies()
  const token = cookies.find(({ name }) => name === 'access_token')?.value ?? ''
  await playground.request.getByRole('radio', { name: 'Bearer token' }).check()
  await playground.request.getByLabel('Token', { exact: true }).fill(token)
  await playground.signIn.getByRole('button', { name: 'Sign out' }).click()

  const proof = page.getByRole('region', { name: 'Is the session over?' })
  await expect(proof).toContainText('the server refused all 4 lanes')
  await expect(proof.getByRole('listitem')).toHaveText([
    /API key\s+401 missing_token/,
    /Token cookie\s+401 missing_token/,
    /Bearer token\s+401 invalid_token/,
    /Key and cookie\s+401 missing_token/,
  ])
  await expect(sidesOf(playground).browser).toContainText('Max-Age=0')
  await expect(playground.signIn.getByRole('heading', { name: 'Who you are here' })).toBeFocused()

  await proof.getByText('Bearer token').click()
  await expect(proof.getByRole('group', { name: 'Response', exact: true })).toContainText('401')
  await expect(proof).not.toContainText(token)
})

test('a log out that is not proved says so: the token of another session still works', async ({
  page,
}) => {
  const playground = await openPlayground(page)
  const username = await signInAsOwn(playground)
  await playground.request.getByRole('radio', { name: 'Bearer token' }).check()
  const token = await tokenOfProgram(username)
  await playground.request.getByLabel('Token', { exact: true }).fill(token)
  await playground.signIn.getByRole('button', { name: 'Sign out' }).click()
  const proof = page.getByRole('region', { name: 'Is the session over?' })
  await expect(proof).toContainText('Not proved: 1 of 2 lanes were not refused.')
  await expect(proof.getByRole('listitem').filter({ hasText: '200 OK' })).toContainText(
    'Bearer token',
  )
})

/** From the next load on the page knows of a sign-in, and asks whose it is. */
async function rememberSignIn(page: Page): Promise<void> {
  await page.addInitScript((key) => {
    localStorage.setItem(key, String(Date.now() + 60_000))
  }, signedInKey)
}

/** A token of a session that the page has no part in. */
async function tokenOfProgram(username: string): Promise<string> {
  // No browser's cookies, and no header that only a browser or its fetch sends.
  await using program = await request.newContext()
  const form = { grant_type: 'password', username, password }
  const answer = await program.post(`${siteUrl()}/auth/v1/token`, { form })
  return ((await answer.json()) as { access_token: string }).access_token
}

test('a server that does not answer is asked again by a click', async ({ page }) => {
  await rememberSignIn(page)
  await page.route('**/auth/v1/users/me', (route) =>
    route.fulfill({ status: 503, json: { title: 'The store is away' } }),
  )
  const { owner, signIn } = await openPlayground(page)
  await expect(owner).toHaveText('Not known yet.')
  await expect(signIn.getByRole('alert')).toHaveText('The store is away')
  await page.unroute('**/auth/v1/users/me')
  await signIn.getByRole('button', { name: 'Ask again' }).click()
  await expect(owner).toHaveText(/^Signed out/)
  await expect(signIn.getByRole('alert')).toHaveCount(0)
})

test('without a network the page says so, and asks when it is back', async ({ page }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  await page.context().setOffline(true)
  await expect(playground.owner).toHaveText(/^Signed in.*This browser is offline now\.$/)
  await playground.signIn.getByRole('button', { name: 'Sign out' }).click()
  await expect(playground.signIn.getByRole('alert')).toContainText('offline')
  await page.context().setOffline(false)
  await expect(playground.owner).toHaveText(
    /^Signed in: the token cookie speaks for sandbox-\w+\.$/,
  )
})

test('a log out in another tab is seen here', async ({ page, context }) => {
  const playground = await openPlayground(page)
  await useSandbox(playground)
  const other = await openPlayground(await context.newPage())
  await expect(other.owner).toHaveText(/^Signed in/)
  await other.signIn.getByRole('button', { name: 'Sign out' }).click()
  await expect(playground.owner).toHaveText(/^Signed out/)

  await other.signIn.getByRole('button', { name: 'Use a sandbox account' }).click()
  await expect(playground.owner).toHaveText(/^Signed in/)
  let asked = 0
  page.on('request', (one) => (asked += Number(one.url().endsWith('/users/me'))))
  await page.waitForTimeout(2000) // two tabs that answer each other's news would ask without end
  expect(asked).toBeLessThan(5)
})

const states: Record<string, (playground: Playground) => Promise<unknown>> = {
  'signed out': () => Promise.resolve(),
  'a sandbox account': useSandbox,
  'an own account': signInAsOwn,
  'an ended token': async (playground) => {
    await useSandbox(playground)
    await send(playground, call)
    await untilEnded(playground)
    await send(playground, call)
  },
  'a proved log out': async (playground) => {
    await useSandbox(playground)
    await playground.signIn.getByRole('button', { name: 'Sign out' }).click()
    const proof = playground.page.getByRole('region', { name: 'Is the session over?' })
    await proof.getByRole('listitem').first().getByText('API key').click()
  },
  'no answer': async ({ page, signIn }) => {
    await rememberSignIn(page)
    await page.route('**/auth/v1/users/me', (route) => route.abort())
    await page.reload()
    await expect(signIn.getByRole('button', { name: 'Ask again' })).toBeVisible()
  },
  'no network': async (playground) => {
    await useSandbox(playground)
    await playground.page.context().setOffline(true)
    await expect(playground.owner).toContainText('offline')
  },
}

for (const [name, reach] of Object.entries(states)) {
  test(`axe finds nothing, and nothing is too wide: ${name}`, async ({ page }) => {
    const playground = await openPlayground(page)
    await reach(playground)
    for (const { width, colorScheme } of [
      { width: 1280, colorScheme: 'light' },
      { width: 390, colorScheme: 'dark' },
    ] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      expect(await axeFindings(page, 'sign-in-form', 'request-form')).toEqual([])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    }
  })
}
