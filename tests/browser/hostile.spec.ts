import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright/test'
import { registered, sandboxed, type Reader } from '../support/readers.ts'
import { expect, siteUrl, test } from './fixtures.ts'

/**
 * Another site, and another origin of this site: the browser sends cookies of ours along with what a page of
 * the latter asks for.
 */
const hosts = { 'another site': '127.0.0.1', 'another port of this host': 'localhost' }

let hostile: Server
let port: number
let html = ''

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  hostile = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>hostile</title>${html}`)
  })
  await new Promise<void>((resolve) => hostile.listen(0, resolve))
  port = (hostile.address() as AddressInfo).port
})

test.afterAll(() => {
  hostile.close()
})

test.beforeEach(({ expectedErrors }) => {
  expectedErrors.push(/./) // what is blocked is told to the console
})

/** Opens a page of the other origin. @param body what its author wrote */
async function openHostile(page: Page, host: string, body: string): Promise<void> {
  html = body
  await page.goto(`http://${host}:${port}/`)
}

/** Signs the browser in, with the real page. */
async function signIn(page: Page, { username, password }: Reader): Promise<void> {
  await page.goto(`${siteUrl()}/login`)
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
}

async function tokenCookie(context: BrowserContext): Promise<string | undefined> {
  const cookies = await context.cookies(siteUrl())
  return cookies.find(({ name }) => name === 'access_token')?.value
}

/** A form that sends itself as soon as its page is open. */
function selfSending(path: string, fields: Record<string, string>, attributes = ''): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  )
  return `<form method="post" action="${siteUrl()}${path}" ${attributes}>${inputs.join('')}</form>
    <script>document.forms[0].submit()</script>`
}

for (const [name, host] of Object.entries(hosts)) {
  test.describe(name, () => {
    for (const path of ['/login', '/auth/v1/token', '/register']) {
      test(`X4: cannot sign a browser in through ${path}`, async ({ page, context }) => {
        const attacker = await registered(siteUrl())
        const answer = page.waitForResponse(`${siteUrl()}${path}`)
        await openHostile(page, host, selfSending(path, { ...attacker }))
        expect((await answer).status()).toBe(403)
        expect(await tokenCookie(context)).toBeUndefined()
      })
    }

    test('X3, X4: cannot do it by text/plain', async ({ page, context }) => {
      const attacker = await registered(siteUrl())
      const answer = page.waitForResponse(`${siteUrl()}/auth/v1/token`)
      const form = selfSending('/auth/v1/token', { ...attacker }, 'enctype="text/plain"')
      await openHostile(page, host, form)
      expect((await answer).status()).toBe(403)
      expect(await tokenCookie(context)).toBeUndefined()
    })

    test('X3, X4: cannot do it out of a sandboxed frame, whose origin is null', async ({
      page,
      context,
    }) => {
      const attacker = await registered(siteUrl())
      const form = selfSending('/auth/v1/token', { ...attacker })
        .replace('document.forms[0].submit()', 'onmessage = () => document.forms[0].submit()')
        .replaceAll('"', '&quot;')
      // The first load is the frame's own page, which then sends the form; the second is what became of that.
      const onload = `window.loads = (window.loads ?? 0) + 1; document.title = 'loads ' + loads;
        if (loads === 1) this.contentWindow.postMessage('send', '*')`
      await openHostile(
        page,
        host,
        `<iframe onload="${onload}" sandbox="allow-scripts allow-forms" srcdoc="${form}"></iframe>`,
      )
      await expect(page).toHaveTitle('loads 2')
      expect(await tokenCookie(context)).toBeUndefined()
    })

    test('X1, X7: cannot act as the reader by script, nor read anything', async ({
      page,
      context,
    }) => {
      await signIn(page, await registered(siteUrl()))
      const before = await tokenCookie(context)
      await openHostile(page, host, '')
      const outcomes = await page.evaluate(async (site) => {
        const tries: [string, RequestInit][] = [
          ['/auth/v1/logout', { method: 'POST', mode: 'no-cors' }],
          ['/auth/v1/logout', { method: 'POST', body: new Blob(['x']), mode: 'no-cors' }],
          ['/auth/v1/logout', { method: 'POST' }],
          ['/auth/v1/sandbox', { method: 'POST' }],
          ['/dashboard/settings', { method: 'POST', body: new URLSearchParams({ action: 'x' }) }],
          ['/auth/v1/users/me', {}],
          ['/internal/v1/batches', {}],
          ['/dashboard/settings', {}],
          ['/api/v1/me', { headers: { 'x-api-auth': 'a:b' } }],
        ]
        const read: string[] = []
        for (const [path, options] of tries) {
          const answer = await fetch(site + path, { credentials: 'include', ...options }).catch(
            () => undefined,
          )
          const text = await answer?.text().catch(() => '')
          if (text) read.push(`${path}: ${text.slice(0, 80)}`)
        }
        return read
      }, siteUrl())
      expect(outcomes).toEqual([])
      expect(await tokenCookie(context)).toBe(before)
      await page.goto(`${siteUrl()}/dashboard/settings`)
      await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
    })

    test('H6: gets no private JSON into a tag', async ({ page }) => {
      await signIn(page, await registered(siteUrl()))
      const paths = ['/auth/v1/users/me', '/internal/v1/batches', '/internal/v1/review-queue']
      const tags = paths.flatMap((path) => {
        const address = siteUrl() + path
        return [
          `<script src="${address}" onload="loaded.push(this.src)"></script>`,
          `<img src="${address}" onload="loaded.push(this.src)">`,
          `<link rel="stylesheet" href="${address}" onload="loaded.push(this.href)">`,
          `<object data="${address}"></object>`,
          `<iframe src="${address}"></iframe>`,
        ]
      })
      const asked: string[] = []
      const statuses: number[] = []
      page.on('request', (request) => asked.push(request.url()))
      page.on('response', (response) => {
        if (response.url().startsWith(siteUrl())) statuses.push(response.status())
      })
      await openHostile(page, host, '') // whatever our own page still loads has ended
      asked.length = statuses.length = 0
      await openHostile(page, host, `<script>var loaded = []</script>${tags.join('\n')}`)
      await page.waitForLoadState('networkidle')
      expect(await page.evaluate('loaded')).toEqual([])
      expect(new Set(asked)).toEqual(
        new Set([`http://${host}:${port}/`, ...paths.map((path) => siteUrl() + path)]),
      )
      expect(statuses.length).toBeGreaterThanOrEqual(paths.length) // Chromium hides what it blocks
      expect(statuses.filter((status) => status !== 403)).toEqual([])
    })

    test('H7: cannot frame a page with an account', async ({ page }) => {
      await signIn(page, await registered(siteUrl()))
      for (const path of ['/login', '/register', '/dashboard/settings']) {
        await openHostile(page, host, `<iframe src="${siteUrl()}${path}"></iframe>`)
        await page.waitForLoadState('networkidle')
        const [frame] = page.frames().filter((candidate) => candidate !== page.mainFrame())
        expect(frame?.url(), path).toMatch(/^chrome-error:/)
      }
    })
  })
}

test('H2: markup that gets into a page runs nothing', async ({ page }) => {
  const markup = `<img src="/nothing.png" onerror="window.ran = 'handler'">
    <a id="slipped" href="javascript:window.ran = 'link'">x</a>
    <iframe srcdoc="<script>parent.ran = 'frame'</script>"></iframe>
    <script>window.ran = 'script'</script><script src="data:text/javascript,window.ran = 'data'"></script>`
  for (const path of ['/', '/docs/auth', '/playground', '/login']) {
    await page.route(siteUrl() + path, async (route) => {
      const response = await route.fetch()
      const body = (await response.text()).replace('</body>', `${markup}</body>`)
      await route.fulfill({ response, body })
    })
    await page.goto(siteUrl() + path)
    const ran = await page.evaluate(async () => {
      document.querySelector<HTMLElement>('#slipped')?.click()
      await new Promise((resolve) => setTimeout(resolve, 300))
      return [document.querySelector('#slipped') !== null, (window as { ran?: string }).ran]
    })
    expect(ran, path).toEqual([true, undefined])
  }
})

test('C1: no script of a page reads the cookie', async ({ page, context }) => {
  await signIn(page, await registered(siteUrl()))
  expect(await tokenCookie(context)).toBeDefined()
  expect(await page.evaluate(() => document.cookie)).not.toContain('access_token')
})

test('C2: after signing out, Back shows nothing of the reader', async ({ page, context }) => {
  const reader = await sandboxed(siteUrl())
  await signIn(page, reader)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
  expect(await tokenCookie(context)).toBeUndefined()
  await page.goBack()
  await expect(page.getByLabel('Password')).toBeVisible()
  await page.goBack().catch(() => undefined)
  await expect(page.getByRole('main')).not.toContainText(reader.username)
})
