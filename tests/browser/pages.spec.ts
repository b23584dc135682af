import { axeFindings, expect, freshUsername, siteUrl, test } from './fixtures.ts'

const paths = [
  '/',
  '/docs/auth',
  '/docs/errors',
  '/docs/introduction',
  '/docs/guides/api-keys',
  '/docs/guides/tokens-and-cookies',
  '/docs/security-model',
  '/docs/reference',
  '/docs/reference/list-images',
  '/docs/reference/get-token',
  '/docs/write',
  '/docs/operate',
  '/docs/operate/configure',
  '/playground',
  '/login',
  '/register',
  '/dashboard/settings',
]

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} mode`, () => {
    test.use({ colorScheme })

    for (const path of paths) {
      test(`axe finds nothing on ${path}`, async ({ page, context }) => {
        if (path.startsWith('/dashboard')) {
          const account = { username: freshUsername(), password: 'a long sentence of mine' }
          await context.request.post('/auth/v1/register', { data: account })
          await context.request.post('/auth/v1/token', { form: account })
        }
        await page.goto(path)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        expect(await axeFindings(page)).toEqual([])
      })
    }
  })
}

test('no page scrolls sideways on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const path of paths) {
    await page.goto(path)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over, path).toBeLessThanOrEqual(0)
  }
})

test('H2: every page is sent with a policy that allows no inline script but its own', async ({
  request,
}) => {
  const sitemap = await (await request.get('/sitemap-0.xml')).text()
  const pages = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url]) => url ?? '')
  expect(pages.length).toBeGreaterThan(5)
  for (const url of [...pages, `${siteUrl()}/login`, `${siteUrl()}/no-such-page`]) {
    const policy = (await request.get(url)).headers()['content-security-policy'] ?? ''
    expect(policy, url).toContain("default-src 'none'")
    expect(policy.match(/script-src [^;]*/)?.[0], url).not.toMatch(/unsafe-inline|'unsafe-eval'/)
  }
})

test('the sitemap and the pages name the public origin, never the placeholder', async ({
  request,
}) => {
  for (const path of ['/', '/docs/auth', '/sitemap-0.xml', '/sitemap-index.xml', '/robots.txt']) {
    const text = await (await request.get(path)).text()
    expect(text, path).not.toContain('barbell.example')
    if (path !== '/') expect(text, path).toContain(siteUrl())
  }
})

test.describe('a page that is not there', () => {
  test.beforeEach(({ expectedErrors }) => void expectedErrors.push(/404/))

  test('is answered 404 with the nearest pages and a search for its words', async ({ page }) => {
    const answer = await page.goto('/docs/erors')
    expect(answer?.status()).toBe(404)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const meant = page.locator('nearest-pages').getByRole('link').first()
    await expect(meant).toHaveAttribute('href', '/docs/errors')
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Search for it' }).click()
    await expect(page.getByRole('searchbox')).toHaveValue('erors')
  })

  test('that is near to none still leads on', async ({ page }) => {
    const answer = await page.goto('/docs/gone')
    expect(answer?.status()).toBe(404)
    await expect(page.getByRole('button', { name: 'Search for it' })).toBeVisible()
    await expect(page.getByRole('link', { name: 'What an error means' })).toBeVisible()
    await expect(page.getByText('Did you mean')).toBeHidden()
  })

  test('has an address that may be anything: it is shown as text and nowhere run', async ({
    page,
  }) => {
    await page.goto('/docs/<img src=x onerror=alert(1)>erors')
    await expect(page.getByRole('button', { name: 'Search for it' })).toBeVisible()
    await expect(page.locator('main img')).toHaveCount(0)
  })
})

test('H2: every page opens in Chromium without breaking its own policy', async ({
  page,
  request,
}) => {
  const sitemap = await (await request.get('/sitemap-0.xml')).text()
  for (const [, url] of sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)) {
    await page.goto(url ?? '')
    await page.waitForLoadState('networkidle')
  }
})

test('a script that slips into a page is not run', async ({ page, expectedErrors }) => {
  expectedErrors.push(/Content Security Policy/, /requires 'TrustedScript'/, /404/)
  await page.goto('/docs/auth')
  const ran = await page.evaluate(async () => {
    const image = document.createElement('img')
    try {
      image.setAttribute('onerror', 'window.slipped = true')
    } catch {
      // Trusted Types did not let it in
    }
    image.src = '/no-such-image'
    const script = document.createElement('script')
    script.append('window.slipped = true')
    document.body.append(image, script)
    await new Promise((resolve) => setTimeout(resolve, 500))
    return 'slipped' in window
  })
  expect(ran).toBe(false)
})

test('H3: no text becomes markup, and none the address of a script', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/requires 'Trusted/, /Trusted Types/, /violates/)
  await page.goto('/docs/auth')
  await expect(page.locator('code-sample').first()).toBeVisible()
  const refused = await page.evaluate(() => {
    const attempts: Record<string, () => unknown> = {
      markup: () => (document.createElement('p').innerHTML = '<b>no</b>'),
      frame: () => (document.createElement('iframe').srcdoc = '<b>no</b>'),
      script: () => (document.createElement('script').src = '/_astro/none.js'),
      worker: () => new Worker('/_astro/none.js'),
      policy: () =>
        (
          window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): void } }
        ).trustedTypes.createPolicy('of-an-intruder', {}),
    }
    return Object.entries(attempts).flatMap(([name, attempt]) => {
      try {
        attempt()
        return []
      } catch (error) {
        return error instanceof TypeError ? [name] : []
      }
    })
  })
  expect(refused).toEqual(['markup', 'frame', 'script', 'worker', 'policy'])
})

test('every page of the guide has a Markdown twin, and llms.txt lists them all', async ({
  request,
}) => {
  const list = await (await request.get('/llms.txt')).text()
  const twins = [...list.matchAll(/\]\(([^)]+\.md)\)/g)].map(([, url]) => url ?? '')
  expect(twins.length).toBeGreaterThan(5)
  for (const twin of twins) {
    const answer = await request.get(twin)
    expect(answer.headers()['content-type'], twin).toBe('text/markdown; charset=utf-8')
    expect(await answer.text(), twin).toMatch(/^# /)
  }
  const auth = await (await request.get('/docs/auth.md')).text()
  expect(auth).toContain(`Python:\n\n\`\`\`python\nimport requests`)
  expect(auth).toContain(`${siteUrl()}/api/v1/me`)
  expect(auth).not.toContain(':::')
})
