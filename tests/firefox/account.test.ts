import type { Browser, BrowserContext, Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { openFirefox } from './sample-page.ts'

const password = 'a long sentence that nobody else chose'

let server: BuiltServer
let firefox: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  firefox = await openFirefox()
  server = await startBuiltServer()
})

afterAll(async () => {
  await firefox.close()
  await server.stop()
})

beforeEach(async () => {
  context = await firefox.createBrowserContext()
  page = await context.newPage()
})

afterEach(() => context.close())

/** Presses a button that leads to another page, and waits for that. */
async function press(selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.locator(selector).click()])
}

/** Waits until the page says this somewhere. */
async function untilSaid(words: string): Promise<void> {
  const isSaid = (words: string): boolean => document.body.innerText.includes(words)
  await page.waitForFunction(isSaid, {}, words)
}

function valueOf(selector: string): Promise<string> {
  return page.$eval(selector, (field) => (field as HTMLTextAreaElement).value)
}

/** What has the focus, by its text. */
function focused(): Promise<string> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? '')
}

test('an account is made, its key is shown, tried and used, and signing out ends it', async () => {
  const username = `reader-${Math.random().toString(36).slice(2, 12)}`
  await page.goto(`${server.url}/register`)
  await page.locator('#username').fill(username)
  await press('button[name=ask]')
  await untilSaid(`${username} is free.`)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('username')

  await page.type('#password', 'password')
  await untilSaid('Very many people use this password.')
  await page.$eval('#password', (field) => (field as HTMLInputElement).select())
  await page.type('#password', password)
  await untilSaid('Strong.')
  await press('form.bb-form > button:not([aria-hidden])')
  await untilSaid(`Signed in as ${username}`)

  await press('button[value=issue]')
  await page.waitForSelector('new-key [aria-pressed=false]')
  expect(await valueOf('#shown-key')).toMatch(new RegExp(`^${username}:•{12}\\w{4}$`))
  await page.locator('new-key [aria-pressed]').click()
  await page.waitForSelector('new-key [aria-pressed=true]')
  const key = await valueOf('#shown-key')
  expect(key).toMatch(new RegExp(`^${username}:[A-Za-z0-9]{16}$`))

  await page.locator('new-key ::-p-text(Test this key)').click()
  await untilSaid('The key works: 200 in')
  await untilSaid('200 OK')
  const answer = await fetch(`${server.url}/api/v1/me`, { headers: { 'x-api-auth': key } })
  expect(await answer.json()).toMatchObject({ username })

  await page.goto(`${server.url}/dashboard/settings`)
  expect(await page.content()).not.toContain(key.split(':')[1])
  await press('button[value=sign-out]')
  await page.goto(`${server.url}/dashboard/settings`)
  expect(new URL(page.url()).pathname).toBe('/login')
})

test('a form that is wrong opens with the focus on what is', async () => {
  await page.goto(`${server.url}/register`)
  await page.locator('#username').fill('a:b')
  await page.locator('#password').fill('short')
  await press('form.bb-form > button:not([aria-hidden])')
  expect(await focused()).toMatch(/Something is not right yet:\s+Use 3 to 32 characters/)
})
