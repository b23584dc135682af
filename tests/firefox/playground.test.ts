import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { openFirefox } from './sample-page.ts'

let firefox: Browser
let server: BuiltServer
let page: Page

beforeAll(async () => {
  server = await startBuiltServer()
  firefox = await openFirefox()
  page = await (await firefox.createBrowserContext()).newPage()
  await page.goto(`${server.url}/playground`)
  await page.waitForSelector('sign-in-form[state=idle]')
  await page.waitForSelector('request-form[state=ready]')
})

afterAll(async () => {
  await firefox.close()
  await server.stop()
})

/** Presses a button by its words. To find it by its accessible name costs Firefox seconds on a page of this size. */
async function press(words: string): Promise<void> {
  await page.locator(`::-p-xpath(//button[normalize-space()="${words}"])`).click()
}

async function untilText(selector: string, text: string): Promise<void> {
  const hasText = (selector: string, text: string): boolean =>
    document.querySelector(selector)?.textContent.includes(text) ?? false
  await page.waitForFunction(hasText, {}, selector, text)
}

/** Presses Send and gives the sentence on the answer. */
async function sent(): Promise<string> {
  await press('Send')
  await page.waitForSelector('request-form[state=ready]')
  return page.$eval('.rf-answer__status', ({ textContent }) => textContent.trim())
}

test('from nothing to a 200 of the internal API without typing', async () => {
  await press('Use a sandbox account')
  await untilText('.sif__status', 'the token cookie speaks for sandbox-')
  await page.select('#rf-call', 'GET /internal/v1/review-queue')
  expect(await sent()).toMatch(/^200 OK/)
})

test('the token is seen from three sides, and by no script', async () => {
  expect(await page.$eval('output', ({ textContent }) => textContent.trim())).toBe('"" (empty)')
  expect(await page.evaluate(() => document.cookie)).toBe('')
  const sides = await page.$eval('token-view', ({ textContent }) => textContent)
  for (const part of ['HttpOnly', 'Max-Age=1800', 'by its trace', server.url, 'jti']) {
    expect(sides).toContain(part)
  }
  expect(await page.$eval('[role=timer]', ({ textContent }) => textContent)).toMatch(
    /^(?:30:00|29:\d\d)$/,
  )
})

test('an ended token is said, and one click goes on', async () => {
  await page.select('#rf-call', 'POST /auth/v1/token')
  await press('Fill in the examples')
  await page.select('#rf-body-expires_in', '5')
  expect(await sent()).toMatch(/^200 OK/)
  await untilText('.sif__status', 'has ended')
  await press('Sign in again and repeat GET /internal/v1/review-queue')
  await untilText('.rf-answer__status', '200 OK')
  await untilText('.sif__status', 'Signed in')
})

test('a log out proves itself', async () => {
  await press('Sign out')
  await untilText('.lo-sum', 'the server refused all 3 lanes')
  expect(await sent()).toMatch(/^401/)
})
