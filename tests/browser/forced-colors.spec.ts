import type { Page } from 'playwright/test'
import { expect, freshUsername, test } from './fixtures.ts'
import { allPages, sideways, smallTargets, unseen } from './sight.ts'

/** What 1280 x 1024 is at a zoom of 400 %. */
const zoomed = { width: 320, height: 256 }
const desktop = { width: 1280, height: 900 }

/** So that the settings are among the pages. */
async function signIn(page: Page): Promise<void> {
  const account = { username: freshUsername(), password: 'a long sentence of mine' }
  await page.request.post('/auth/v1/register', { data: account })
  await page.request.post('/auth/v1/token', { form: account })
}

// Halves, so that two workers share them.
for (const half of [0, 1]) {
  test(`in forced colours and at 400 % nothing is lost, on any page (${half + 1} of 2)`, async ({
    page,
  }) => {
    test.setTimeout(120_000) // some fifty pages on a machine that may be busy
    await signIn(page)
    await page.emulateMedia({ forcedColors: 'active' })
    const paths = (await allPages(page)).filter((_, index) => index % 2 === half)
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths) {
      await page.setViewportSize(desktop)
      // The forms of the playground come with their script; all other pages are there at once.
      await page.goto(path, { waitUntil: path === '/playground' ? 'networkidle' : 'load' })
      expect.soft(await unseen(page), path).toEqual([])
      await page.setViewportSize(zoomed)
      expect.soft(await sideways(page), path).toEqual([])
    }
  })
}

test.describe('in forced colours', () => {
  test.beforeEach(async ({ page }) => {
    await page.emulateMedia({ forcedColors: 'active' })
  })

  test('what the search finds', async ({ page }) => {
    await page.goto('/docs/auth')
    await page.keyboard.press('Control+k')
    await page.getByRole('searchbox').fill('token')
    await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible()
    expect(await unseen(page)).toEqual([])
  })

  test('the key that is new, hidden and shown', async ({ page }) => {
    await signIn(page)
    await page.goto('/dashboard/settings')
    await page.getByRole('button', { name: 'Get My Key' }).click()
    await page.getByRole('button', { name: 'Show key' }).click()
    expect(await unseen(page)).toEqual([])
  })
})

test('what vanishes is told', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await page.route('**/docs/auth', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<style>
          button, input { outline: 0; border: 0 }
          p { forced-color-adjust: none; color: #fff; background: #fff }
          button::after { content: ''; background: #000 }
        </style>
        <p>White</p><input value=x><button></button>
        <nav><a href=#a aria-current=page>A</a> <a href=#b>B</a></nav><hr style="width: 1400px">`,
    }),
  )
  await page.goto('/docs/auth')
  const found = (await unseen(page)).join('\n')
  expect(found).toMatch(/<p> "White" has the colour of its ground/)
  expect(found).toMatch(/<input .*has no edge/)
  expect(found).toMatch(/<input .*hides the focus/)
  expect(found).toMatch(/<button> .*shows nothing/)
  expect(found).toMatch(/"A" looks like the others/)
  expect((await sideways(page)).join('\n')).toMatch(/^14\d\d px wide in 1280\n<hr/)
  expect((await smallTargets(page)).join('\n')).toMatch(/px of 44: <button>/)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

  const main = ['/', '/docs/auth', '/docs/errors', '/docs/reference/list-images', '/playground']
  for (const path of [...main, '/login', '/register', '/dashboard/settings']) {
    test(`a finger hits what it aims at on ${path}`, async ({ page }) => {
      await signIn(page)
      await page.goto(path)
      await page.waitForLoadState('networkidle')
      expect(await smallTargets(page)).toEqual([])
    })
  }

  test('and in the menu', async ({ page }) => {
    await page.goto('/docs/auth')
    await page.getByRole('button', { name: 'Menu' }).click()
    await expect(page.getByRole('link', { name: 'Quickstart', exact: true })).toBeVisible()
    expect(await smallTargets(page)).toEqual([])
  })
})
