import type { Locator, Page } from 'playwright/test'
import { axeFindings, expect, freshUsername, siteUrl, test } from './fixtures.ts'

const pythonSample = 'python-api-key-header'
const javascriptSample = 'js-api-key-header'

// Asking who is signed in, and samples that are refused, are answers of 400 and more.
test.beforeEach(async ({ context, expectedErrors }) => {
  expectedErrors.push(/Failed to load resource/)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
})

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

const button = (sample: Locator, name: string) => sample.getByRole('button', { name, exact: true })

const highlighted = (sample: Locator) => sample.locator('pre:not(.code-sample-plain) .ec-line')

const editor = (sample: Locator) => sample.getByRole('textbox', { name: /^Code, / })

const chip = (page: Page) => page.locator('.account-chip')

async function openSample(page: Page, id: string): Promise<Locator> {
  if (!page.url().includes('/docs/auth')) await page.goto('/docs/auth')
  await page.locator(`#tab-${id}`).click()
  return page.locator(`#${id}`)
}

/** Opens the editor, and writes a text in place of the one in it. */
async function rewrite(sample: Locator, text: string): Promise<void> {
  if (await button(sample, 'Edit').isVisible()) await button(sample, 'Edit').click()
  await editor(sample).fill(text)
}

async function run(sample: Locator): Promise<void> {
  await button(sample, 'Run').click()
  await expect(sample).toHaveAttribute('state', /^(?:done|failed)$/, { timeout: 45_000 })
}

async function shownText(sample: Locator): Promise<string> {
  return (await sample.locator('pre:visible .code').allTextContents()).join('\n')
}

/** The address of code that somebody else wrote. */
async function linkTo(page: Page, id: string, text: string): Promise<string> {
  const sample = await openSample(page, id)
  await rewrite(sample, text)
  await button(sample, 'Link to this code').click()
  await expect(sample.getByText('Link copied.')).toBeVisible()
  await button(sample, 'Reset').click()
  return clipboard(page)
}

async function signIn(page: Page): Promise<string> {
  const account = { username: freshUsername(), password: 'a long sentence of mine' }
  await page.context().request.post('/auth/v1/register', { data: account })
  await page.context().request.post('/auth/v1/token', { form: account })
  return account.username
}

test('before any Run or Edit a page loads no byte of an editor, a runner or Lit', async ({
  page,
}) => {
  const loaded = new Map<string, string>()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (!pathname.endsWith('.js')) return
    void response.text().then((text) => loaded.set(pathname, text))
  })
  await page.goto('/docs/auth', { waitUntil: 'networkidle' })
  const telling = ['cm-content', 'BARBELL_PASSWORD', 'litElementVersions', 'myLongKeyGoesHere']
  const guilty = [...loaded].filter(([path, text]) => {
    return path.startsWith('/runner/') || telling.some((word) => text.includes(word))
  })
  expect(loaded.size).toBeGreaterThan(3)
  expect(guilty.map(([path]) => path)).toEqual([])
  await button(page.locator(`#${pythonSample}`), 'Edit').click()
  await expect(editor(page.locator(`#${pythonSample}`))).toBeFocused()
  await expect
    .poll(() => [...loaded.values()].some((text) => text.includes('cm-content')))
    .toBe(true)
})

test.describe('Edit', () => {
  for (const [language, id] of [
    ['Python', pythonSample],
    ['JavaScript', javascriptSample],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`of a ${language} sample moves nothing and keeps the colours of ${colorScheme} mode`, async ({
        page,
      }) => {
        await page.emulateMedia({ colorScheme })
        const sample = await openSample(page, id)
        const before = await look(highlighted(sample))
        const height = (await sample.boundingBox())?.height
        await button(sample, 'Edit').click()
        await expect(editor(sample)).toBeFocused()
        const after = await look(sample.locator('.cm-line'))
        expect(after.tops).toEqual(before.tops)
        expect((await sample.boundingBox())?.height).toBe(height)
        for (const word of ['import', '"username"', "'x-api-auth'", 'const', 'await', 'print']) {
          expect(after.colours.get(word), word).toBe(before.colours.get(word))
        }
      })
    }
  }

  test('gives the focus to the editor; Tab indents, and Escape, then Tab leaves', async ({
    page,
  }) => {
    const sample = await openSample(page, pythonSample)
    await rewrite(sample, 'for x in y:\nprint(x)')
    await expect(sample.locator('.code-sample-note')).toContainText('To leave the editor')
    await expect(editor(sample)).toHaveAccessibleDescription(/To leave the editor, press Escape/)
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Tab')
    await expect(editor(sample)).toHaveText('for x in y:    print(x)')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    await expect(editor(sample)).not.toBeFocused()
    await expect(button(sample, 'Reset')).toBeFocused()
  })

  test('runs what is in the editor, and Reset brings the original back', async ({ page }) => {
    const sample = await openSample(page, javascriptSample)
    const original = await shownText(sample)
    await rewrite(sample, 'console.log("mine")')
    await expect(sample.getByText('edited', { exact: true })).toBeVisible()
    await run(sample)
    await expect(sample.locator('.so-printed')).toHaveText('mine')
    await button(sample, 'Reset').click()
    await expect(button(sample, 'Edit')).toBeFocused()
    await expect(sample.getByText('edited', { exact: true })).toBeHidden()
    await expect(editor(sample)).toHaveCount(0)
    expect(await shownText(sample)).toBe(original)
  })

  test('outlives a change of tab and a reload, in this browser tab only', async ({
    page,
    context,
  }) => {
    const sample = await openSample(page, javascriptSample)
    await rewrite(sample, 'console.log("mine")\n\nconsole.log("still")')
    await openSample(page, pythonSample)
    await openSample(page, javascriptSample)
    await expect(editor(sample)).toContainText('"mine"')
    await page.reload()
    await expect(sample.getByText('edited', { exact: true })).toBeVisible()
    expect(await shownText(sample)).toBe('console.log("mine")\n\n\nconsole.log("still")')
    await run(sample)
    await expect(sample.locator('.so-printed')).toHaveText('mine\nstill\n')
    await button(sample, 'Edit').click()
    await expect(editor(sample)).toContainText('"still"')
    const other = await context.newPage()
    await other.goto('/docs/auth')
    await expect(other.getByText('edited', { exact: true }).first()).toBeHidden()
  })

  test('S13: keeps no code with a key in it, links none, and says so', async ({ page }) => {
    const sample = await openSample(page, pythonSample)
    const key = 'somebody:AbCdEfGh12345678'
    await rewrite(sample, 'print("kept")')
    await expect
      .poll(() => page.evaluate(() => Object.values(sessionStorage).join()))
      .toContain('kept')
    await rewrite(sample, `key = "${key}"`)
    await expect(sample.getByText('Not kept: there is a key')).toBeVisible()
    expect(await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))).not.toContain(
      'AbCd',
    )
    await button(sample, 'Link to this code').click()
    await expect(sample.getByText('No link: there is a key')).toBeVisible()
  })

  test('offline, says that the editor could not be loaded', async ({ page }) => {
    const sample = await openSample(page, pythonSample)
    await page.context().setOffline(true)
    await button(sample, 'Edit').click()
    await expect(sample.getByRole('alert')).toHaveText(
      'The editor could not be loaded. Are you offline?',
    )
  })
})

test.describe('an error', () => {
  test('marks its line in the highlighted text; the mark leads to the whole error', async ({
    page,
  }) => {
    const sample = await openSample(page, javascriptSample)
    const line = highlighted(sample).first()
    const text = line.locator('.code')
    await text.evaluate(replaceText, 'nothing()')
    await run(sample)
    const mark = line.getByRole('button', { name: /^Line 1: ReferenceError: nothing is not/ })
    await expect(text).toHaveText('nothing()')
    await mark.focus()
    await page.keyboard.press('Enter')
    await expect(sample.locator('.so-error')).toBeFocused()
  })

  test('marks its line in the editor, within reach of the keyboard, until the next run', async ({
    page,
  }) => {
    const sample = await openSample(page, javascriptSample)
    await rewrite(sample, 'console.log(1)\nnothing()\nconsole.log(2)')
    await run(sample)
    await expect(sample.locator('.cm-line.code-sample-error')).toHaveText('nothing()')
    await editor(sample).focus()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    const mark = sample.getByRole('button', { name: /^Line 2: ReferenceError/ })
    await expect(mark).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(sample.locator('.so-error')).toBeFocused()
    await rewrite(sample, 'console.log("fine")')
    await run(sample)
    await expect(mark).toHaveCount(0)
  })
})

test('a printed object opens step by step, and the printed text stays what it is', async ({
  page,
}) => {
  const sample = await openSample(page, javascriptSample)
  await rewrite(sample, 'console.log("it", { a: { b: { c: { d: "deep" } } } })\nconsole.log(1)')
  await run(sample)
  const printed = sample.locator('.so-printed')
  expect(await printed.textContent()).toBe('it { a: { b: { c: [Object] } } }\n1\n')
  await printed.getByRole('group').first().locator('summary').focus()
  await page.keyboard.press('Enter')
  for (const key of ['a', 'b', 'c']) await printed.getByText(new RegExp(`^${key}: `)).click()
  await expect(printed.getByText("d: 'deep'", { exact: true })).toBeVisible()
})

test.describe('Copy', () => {
  test('takes keys from the environment unless told otherwise', async ({ page }) => {
    const sample = await openSample(page, pythonSample)
    await button(sample, 'Copy').click()
    await expect(sample.getByText('Copied. Keys and passwords come from')).toBeVisible()
    const text = await clipboard(page)
    expect(text).toContain('import os\nimport requests')
    expect(text).toContain('api_key = os.environ["BARBELL_API_KEY"]')
    expect(text).toContain(`${siteUrl()}/api/v1/me`)
  })

  test('has a menu: as shown, and with the key of this tab once there is one', async ({ page }) => {
    const sample = await openSample(page, javascriptSample)
    const shown = await shownText(sample)
    const choose = async (name: RegExp) => {
      await button(sample, 'More ways to copy').click()
      await sample.getByRole('button', { name }).click()
    }
    await choose(/^As shown/)
    await expect(sample.getByText('Copied as shown.')).toBeVisible()
    expect(await clipboard(page)).toBe(shown)
    await choose(/^With my key/)
    await expect(sample.getByText('Nothing copied: this tab has no account.')).toBeVisible()
    await button(sample, 'Run').click()
    await button(sample, 'Get a sandbox account and run').click()
    await expect(sample).toHaveAttribute('state', 'done')
    await choose(/^With my key/)
    await expect(sample.getByText('Copied with your key in it.')).toBeVisible()
    expect(await clipboard(page)).toMatch(/'sandbox-\w+:[A-Za-z0-9]{16}'/)
    expect(await shownText(sample)).toBe(shown)
  })

  test('closes its menu on Escape and gives the focus back', async ({ page }) => {
    const sample = await openSample(page, pythonSample)
    await button(sample, 'More ways to copy').focus()
    await page.keyboard.press('Enter')
    await expect(sample.getByRole('button', { name: /^As shown/ })).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(sample.getByRole('button', { name: /^With environment/ })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(button(sample, 'More ways to copy')).toBeFocused()
    await expect(sample.getByRole('button', { name: /^As shown/ })).toBeHidden()
  })
})

test.describe('S11: code from a link', () => {
  test('is shown with a notice and runs nothing: no call, no worker', async ({ page, context }) => {
    const link = await linkTo(page, javascriptSample, 'await fetch("/api/v1/ping")')
    const other = await context.newPage()
    const calls: string[] = []
    other.on('request', (request) => calls.push(new URL(request.url()).pathname))
    await other.goto(link, { waitUntil: 'networkidle' })
    const sample = other.locator(`#${javascriptSample}`)
    await expect(sample.getByRole('alert')).toContainText('This code comes from a link')
    await expect(sample.getByRole('alert')).toBeInViewport()
    await expect(sample.locator('pre:visible')).toHaveText('await fetch("/api/v1/ping")')
    expect(calls.filter((path) => /^\/(?:api|auth|internal|runner)\//.test(path))).toEqual([])
    expect(other.workers()).toEqual([])
  })

  test('does not run before its reader has answered the notice', async ({ page, context }) => {
    const link = await linkTo(page, javascriptSample, 'console.log("from afar")')
    const other = await context.newPage()
    await other.goto(link)
    const sample = other.locator(`#${javascriptSample}`)
    await button(sample, 'Run').click({ force: true })
    await expect(button(sample, 'I have read it')).toBeFocused()
    await expect(sample).toHaveAttribute('state', 'idle')
    await other.keyboard.press('Enter')
    await expect(button(sample, 'Run')).toBeFocused()
    await other.keyboard.press('Enter')
    await button(sample, 'Get a fresh sandbox account and run').click()
    await expect(sample.locator('.so-printed')).toHaveText('from afar')
    expect(other.url()).toMatch(new RegExp(`#${javascriptSample}$`))
    await other.reload()
    await expect(sample.getByRole('alert')).toContainText('This code comes from a link')
  })

  test('gives way to the original', async ({ page, context }) => {
    const link = await linkTo(page, javascriptSample, 'console.log("from afar")')
    const other = await context.newPage()
    await other.goto(link)
    const sample = other.locator(`#${javascriptSample}`)
    await button(sample, 'Show the original').click()
    expect(await shownText(sample)).toContain("const apiKey = 'myUsername:myLongKeyGoesHere'")
    await expect(sample.getByRole('alert')).toHaveCount(0)
    await other.reload()
    await expect(sample.getByText('edited', { exact: true })).toBeHidden()
  })

  test('that was cut on its way says so', async ({ page }) => {
    await page.goto(`/docs/auth#code/${javascriptSample}/AAAA`)
    await expect(page.locator(`#${javascriptSample}`).getByRole('alert')).toHaveText(
      'The code in this link cannot be read. This is the original.',
    )
  })

  test('is not made of a text that is too long', async ({ page }) => {
    const sample = await openSample(page, pythonSample)
    await rewrite(sample, `text = "${'long '.repeat(14_000)}"`)
    await button(sample, 'Link to this code').click()
    await expect(sample.getByText('This code is too long for a link')).toBeVisible()
  })

  test('S12: in JavaScript does not act as the account of the browser unasked', async ({
    page,
    context,
  }) => {
    const code = `const me = await fetch('/auth/v1/users/me')\nconsole.log(me.status)`
    const link = await linkTo(page, javascriptSample, code)
    const username = await signIn(page)
    for (const [answer, printed] of [
      [`Run as ${username}`, '200'],
      ['Sign out and run', '401'],
    ] as const) {
      const other = await context.newPage()
      await other.goto(link)
      const sample = other.locator(`#${javascriptSample}`)
      await button(sample, 'I have read it').click()
      await button(sample, 'Run').click()
      await button(sample, 'Get a fresh sandbox account and run').click()
      await expect(sample.getByText('code from a link would act as')).toContainText(username)
      await button(sample, answer).click()
      await expect(sample.locator('.so-printed')).toHaveText(printed)
    }
  })

  for (const [language, id, code] of [
    [
      'Python',
      pythonSample,
      'print(requests.get("https://barbell.example/api/v1/me", headers={"x-api-auth": "myUsername:myLongKeyGoesHere"}).json()["username"])',
    ],
    [
      'JavaScript',
      javascriptSample,
      "console.log((await (await fetch('/api/v1/me', { headers: { 'x-api-auth': 'myUsername:myLongKeyGoesHere' } })).json()).username)",
    ],
  ] as const) {
    test(`S12: in ${language} runs as a sandbox account of its own, which is not the one of the tab`, async ({
      page,
      context,
    }) => {
      const link = await linkTo(page, id, language === 'Python' ? `import requests\n${code}` : code)
      const sample = page.locator(`#${id}`)
      await button(sample, 'Run').click()
      await button(sample, 'Get a sandbox account and run').click()
      await expect(chip(page)).toContainText('sandbox-', { timeout: 45_000 })
      const mine = await page.locator('.account-who').textContent()
      const cookies = await context.cookies()
      await page.evaluate((hash) => (location.hash = hash), new URL(link).hash)
      await button(sample, 'I have read it').click()
      await button(sample, 'Run').click()
      await expect(button(sample, `Run as ${mine ?? ''}`)).toBeVisible()
      await button(sample, 'Get a fresh sandbox account and run').click()
      await expect(sample.locator('.so-printed')).toHaveText(/^sandbox-\w+\n?$/)
      const its = ((await sample.locator('.so-printed').textContent()) ?? '').trim()
      expect(its).not.toBe(mine)
      await expect(sample.getByRole('status')).toContainText(`It ran as ${its}, which was opened`)
      await expect(chip(page)).toHaveText(new RegExp(`${mine ?? ''}\\s*API key`))
      expect(await context.cookies()).toEqual(cookies)
      await run(sample) // as the same account, unasked
      await expect(sample.locator('.so-printed')).toHaveText(its)
    })
  }

  test('that cannot be read leaves the notice of other code from a link where it is', async ({
    page,
    context,
  }) => {
    const link = await linkTo(page, javascriptSample, 'console.log("from afar")')
    const other = await context.newPage()
    await other.goto(link)
    const sample = other.locator(`#${javascriptSample}`)
    await button(sample, 'I have read it').click()
    await other.goto(`${siteUrl()}/docs/auth#code/${javascriptSample}/AAAA`)
    await other.reload()
    await expect(sample.getByText('The code in this link cannot be read.')).toBeVisible()
    expect(await shownText(sample)).toBe('console.log("from afar")')
    await button(sample, 'Run').click({ force: true })
    await expect(button(sample, 'I have read it')).toBeFocused()
  })

  test('that arrives when its reader has gone elsewhere is not shown', async ({ page }) => {
    const link = await linkTo(page, javascriptSample, 'console.log("from afar")')
    const sample = page.locator(`#${javascriptSample}`)
    const original = await shownText(sample)
    await page.evaluate(holdUnpacking)
    await page.evaluate((hash) => (location.hash = hash), new URL(link).hash)
    await page.evaluate((hash) => (location.hash = hash), `#${javascriptSample}`)
    await page.evaluate(() => document.dispatchEvent(new Event('unpack')))
    await page.waitForTimeout(200) // long enough to unpack thirty bytes
    expect(await shownText(sample)).toBe(original)
    await expect(sample.getByRole('alert')).toHaveCount(0)
  })
})

test.describe('recorded output', () => {
  const record = (status: number, members: string[]) => ({
    exchanges: [{ method: 'GET', path: '/api/v1/ping', status, members }],
  })

  test('is compared with a live run in its shape, and not in its values', async ({ page }) => {
    const sample = await openSample(page, javascriptSample)
    await sample.locator('pre[data-language]').evaluate(replaceText, 'await fetch("/api/v1/ping")')
    for (const [status, said] of [
      [418, 'GET /api/v1/ping got 200; the recorded run got 418.'],
      [200, 'Same shape as the recorded output below'],
    ] as const) {
      const body = (await (await page.request.get('/api/v1/ping')).json()) as object
      await sample.evaluate(addRecord, JSON.stringify(record(status, Object.keys(body))))
      await run(sample)
      await expect(sample.locator('sample-output')).toContainText(said)
    }
  })

  test('is not compared with a run of edited code', async ({ page }) => {
    const sample = await openSample(page, javascriptSample)
    await sample.evaluate(addRecord, JSON.stringify(record(418, [])))
    await rewrite(sample, 'await fetch("/api/v1/ping")')
    await run(sample)
    await expect(sample.locator('.so-exchanges li')).toHaveCount(1)
    await expect(sample.getByText(/recorded (?:output|run)/)).toHaveCount(0)
  })
})

test.describe('the chip in the header', () => {
  test('says on every page who the reader is, and asks nobody', async ({ page }) => {
    const calls: string[] = []
    page.on('request', (request) => calls.push(new URL(request.url()).pathname))
    for (const path of ['/', '/docs/auth', '/login', '/register', '/no-such-page']) {
      await page.goto(path, { waitUntil: 'networkidle' })
      await expect(chip(page), path).toHaveText(/Not signed in\s*no credentials/)
    }
    expect(calls.filter((path) => path.startsWith('/auth/'))).toEqual([])
  })

  test('follows the account that a run was given', async ({ page }) => {
    const sample = await openSample(page, javascriptSample)
    await button(sample, 'Run').click()
    await button(sample, 'Get a sandbox account and run').click()
    await expect(chip(page)).toHaveText(/sandbox-\w+\s*API key/)
    await expect(page.locator('account-chip')).toHaveAttribute('kind', 'sandbox')
  })

  test('knows an own account from the settings page on, in every browser tab', async ({
    page,
    context,
  }) => {
    const other = await context.newPage()
    await other.goto('/docs/auth')
    const username = await signIn(page)
    await page.goto('/dashboard/settings')
    for (const each of [page, other]) {
      await expect(chip(each)).toHaveText(new RegExp(`${username}\\s*token cookie`))
    }
    await other.reload()
    await expect(chip(other)).toContainText(username)
    await expect(other.locator('account-chip')).toHaveAttribute('kind', 'own')
  })

  test('S12: follows a run that signs the browser in, and one that signs it out', async ({
    page,
  }) => {
    const sample = await openSample(page, javascriptSample)
    const signInCode = `const body = new URLSearchParams({ username: 'myUsername', password: 'myPassword' })
await fetch('/auth/v1/token', { method: 'POST', body })`
    await rewrite(sample, signInCode)
    await button(sample, 'Run').click()
    await button(sample, 'Get a sandbox account and run').click()
    await expect(sample.getByText(/signed this browser in as sandbox-/)).toBeVisible()
    await page.reload()
    await expect(chip(page)).toHaveText(/sandbox-\w+\s*token cookie/)
    await rewrite(sample, "await fetch('/auth/v1/logout', { method: 'POST' })")
    await run(sample)
    await expect(sample.getByText('signed this browser out')).toBeVisible()
    await expect(chip(page)).toHaveText(/Not signed in/)
  })

  test('opens by keyboard to the choice of an account, and closes on Escape', async ({ page }) => {
    await page.goto('/docs/auth')
    await chip(page).focus()
    await page.keyboard.press('Enter')
    const panel = page.getByRole('dialog', { name: 'Who samples run as' })
    await expect(panel).toContainText('This tab holds no account')
    await panel.getByRole('button', { name: 'Use a sandbox account' }).click()
    await expect(panel).toContainText(/The sandbox account sandbox-\w+: the next run has its API/)
    await page.keyboard.press('Escape')
    await expect(panel).toBeHidden()
    await expect(chip(page)).toBeFocused()
  })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('samples are there to read, and no button that does nothing', async ({ page }) => {
    await page.goto('/docs/auth')
    await expect(page.locator(`#${pythonSample} pre`).first()).toBeVisible()
    await expect(page.locator(`#${javascriptSample} pre`).first()).toBeVisible()
    await expect(page.locator('code-switch button:visible')).toHaveCount(0)
    await expect(chip(page)).toBeHidden()
  })
})

test('nothing moves when the elements are defined', async ({ page }) => {
  await page.route('**/MarkdownContent*.js', (route) => route.abort())
  await page.goto('/docs/auth')
  const heights = () =>
    page.locator('code-switch').evaluateAll((all) => all.map((each) => each.clientHeight))
  const before = await heights()
  await expect(page.locator('.code-sample-bar')).toHaveCount(0)
  await page.unroute('**/MarkdownContent*.js')
  await page.reload()
  await expect(page.locator('.code-sample-bar').first()).toBeVisible()
  expect(await heights()).toEqual(before)
})

/** Each leaves the page in a state that axe looks at. */
const states: Record<string, (page: Page) => Promise<void>> = {
  'an editor with an error': async (page) => {
    const sample = await openSample(page, javascriptSample)
    await rewrite(sample, 'nothing()')
    await run(sample)
  },
  'an edited text that was kept, and the menu of Copy': async (page) => {
    const sample = await openSample(page, javascriptSample)
    await rewrite(sample, 'console.log(1)')
    await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(1)
    await page.reload()
    await button(sample, 'More ways to copy').click()
  },
  'an error in the highlighted text': async (page) => {
    const sample = await openSample(page, javascriptSample)
    await highlighted(sample).first().locator('.code').evaluate(replaceText, 'nothing()')
    await run(sample)
  },
  'code from a link': async (page) => {
    await page.goto(await linkTo(page, javascriptSample, 'nothing()'))
    await page.reload()
    await expect(button(page.locator(`#${javascriptSample}`), 'I have read it')).toBeVisible()
  },
  'the panel of the chip': async (page) => {
    await page.goto('/docs/auth')
    await chip(page).click()
    await page.getByRole('button', { name: 'Use my own account' }).click()
  },
}

for (const [state, arrive] of Object.entries(states)) {
  for (const [width, colorScheme] of [
    [1280, 'dark'],
    [390, 'light'],
  ] as const) {
    test(`axe finds nothing in ${state}, ${width} wide and ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await arrive(page)
      expect(await axeFindings(page, 'code-switch:first-of-type', 'header')).toEqual([])
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(over).toBeLessThanOrEqual(0)
    })
  }
}

/** In the header and in the first code-switch, which the tests of this file work with. */
interface Look {
  /** Of each line, in pixels. */
  tops: number[]
  /** Of each word that is highlighted. */
  colours: Map<string, string>
}

async function look(lines: Locator): Promise<Look> {
  const tops = await lines.evaluateAll((all) =>
    all.map((line) => Math.round(line.getBoundingClientRect().top)),
  )
  const words = await lines
    .locator('span')
    .evaluateAll((all) =>
      all.map((word) => [word.textContent.trim(), getComputedStyle(word).color]),
    )
  return { tops, colours: new Map(words as [string, string][]) }
}

function replaceText(element: Element, text: string): void {
  element.textContent = text
}

/** What is unpacked from now on comes out when the document hears `unpack`. */
function holdUnpacking(): void {
  const released = new Promise((resolve) => {
    document.addEventListener('unpack', resolve)
  })
  const transform = async (
    chunk: Uint8Array<ArrayBuffer>,
    out: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>,
  ): Promise<void> => {
    await released
    out.enqueue(chunk)
  }
  window.DecompressionStream = new Proxy(DecompressionStream, {
    construct(Original, [format]: [CompressionFormat]) {
      const { readable, writable } = new Original(format)
      return { readable: readable.pipeThrough(new TransformStream({ transform })), writable }
    },
  })
}

function addRecord(sample: Element, json: string): void {
  sample.querySelector('.recorded')?.remove()
  const recorded = document.createElement('div')
  recorded.className = 'recorded'
  recorded.dataset['recorded'] = json
  sample.append(recorded)
}
