import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from 'playwright/test'
import { readCodeSwitches } from '../../src/build/markdown/read-code-switches.ts'
import { expect, test } from './fixtures.ts'

const contentFolder = fileURLToPath(new URL('../../content/', import.meta.url))

interface RunnableSample {
  group: string
  id: string
  label: string
}

/** Every page that has samples to run, found by the parser of the build. */
function pagesWithSamples(): { path: string; samples: RunnableSample[] }[] {
  return globSync('**/*.{md,mdx}', { cwd: contentFolder, exclude: ['**/_*'] })
    .toSorted()
    .map((file) => ({ path: pathOf(file), samples: samplesIn(file) }))
    .filter(({ samples }) => samples.length > 0)
}

function pathOf(file: string): string {
  return `/${file.replace(/\.mdx?$/, '').replace(/(^|\/)index$/, '')}`
}

function samplesIn(file: string): RunnableSample[] {
  const source = readFileSync(contentFolder + file, 'utf8')
  return readCodeSwitches(source, file).flatMap(({ name, fences }) =>
    fences.filter(({ runnable }) => runnable).map(({ id, label }) => ({ group: name, id, label })),
  )
}

/** The sample in view of a code-switch, with what a reader presses and reads. */
function sampleOf(page: Page, name: string, language: 'python' | 'javascript'): Locator {
  return page.locator(`code-switch[name="${name}"] code-sample[language="${language}"]`)
}

async function openTab(page: Page, name: string, label: string): Promise<void> {
  await page.locator(`code-switch[name="${name}"]`).getByRole('tab', { name: label }).click()
}

async function run(sample: Locator): Promise<void> {
  await sample.getByRole('button', { name: 'Run' }).click()
}

async function expectDone(sample: Locator): Promise<void> {
  await expect(sample).toHaveAttribute('state', 'done', { timeout: 45_000 })
}

/** The statuses of the listed exchanges, in order. */
function statuses(sample: Locator): Promise<string[]> {
  return sample.getByRole('list', { name: 'Requests' }).locator('.so-code').allTextContents()
}

async function accessToken(page: Page) {
  const cookies = await page.context().cookies()
  return cookies.find(({ name }) => name === 'access_token')
}

test('a reader of the Authentication page gets a sandbox account and runs everything to the 401 after logging out', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/401/)
  await page.goto('/docs/auth')

  await test.step('the key sample runs in Python', async () => {
    const sample = sampleOf(page, 'apiKeyHeader', 'python')
    await run(sample)
    await sample.getByRole('button', { name: 'Get a sandbox account and run' }).click()
    await expectDone(sample)
    const output = sample.getByRole('region', { name: 'Output' })
    await expect(output).toContainText(/200 sandbox-\w+/)
    expect(await statuses(sample)).toEqual(['200'])
  })

  await test.step('the token sample runs in JavaScript and sets an HttpOnly cookie', async () => {
    await openTab(page, 'token-request', 'JavaScript')
    const sample = sampleOf(page, 'token-request', 'javascript')
    await run(sample)
    await expectDone(sample)
    expect(await statuses(sample)).toEqual(['200'])
    expect(await accessToken(page)).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
    expect(await page.evaluate(() => document.cookie)).toBe('')
  })

  await test.step('the internal API answers 200, since the browser sends the cookie', async () => {
    const sample = sampleOf(page, 'using-the-token', 'javascript')
    await run(sample)
    await expectDone(sample)
    expect(await statuses(sample)).toEqual(['200', '200'])
  })

  await test.step('after logging out it answers 401', async () => {
    const sample = sampleOf(page, 'log-out', 'javascript')
    await run(sample)
    await expectDone(sample)
    expect(await statuses(sample)).toEqual(['200', '204', '401'])
    expect(await accessToken(page)).toBeUndefined()
  })

  await test.step('Python keeps its own cookies: signing in there leaves the browser signed out', async () => {
    await openTab(page, 'using-the-token', 'Python')
    const sample = sampleOf(page, 'using-the-token', 'python')
    await run(sample)
    await expectDone(sample)
    expect(await statuses(sample)).toEqual(['200', '200'])
    expect(await accessToken(page)).toBeUndefined()
  })

  await test.step('S13: no secret stands in the page, the address or the storage', async () => {
    const held = await page.evaluate(async () => ({
      text: document.body.innerText,
      url: location.href,
      local: JSON.stringify(localStorage),
      session: JSON.stringify(sessionStorage),
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
    }))
    expect(held.text).not.toMatch(/sandbox-\w{8}:[A-Za-z0-9]{16}/)
    expect(held.url).not.toContain('sandbox')
    expect(held.local + held.session).not.toContain('sandbox-')
    expect(held).toMatchObject({ databases: 0, caches: 0 })
  })
})

for (const { path, samples } of pagesWithSamples()) {
  test(`every sample of ${path} runs to its end`, async ({ page, expectedErrors }) => {
    test.setTimeout(120_000)
    expectedErrors.push(/Failed to load resource/) // some samples show what a refusal looks like
    await page.goto(path)
    for (const { group, id, label } of samples) {
      await openTab(page, group, label)
      const sample = page.locator(`code-sample[id="${id}"]`)
      await run(sample)
      const offer = sample.getByRole('button', { name: 'Get a sandbox account and run' })
      const ended = sample.and(page.locator('[state="done"], [state="failed"], [state="stopped"]'))
      await offer.or(ended).first().waitFor({ timeout: 45_000 })
      if (await offer.isVisible()) await offer.click()
      await ended.waitFor({ timeout: 45_000 })
      const output = await sample.getByRole('region', { name: 'Output' }).innerText()
      expect(await sample.getAttribute('state'), `${id}: ${output}`).toBe('done')
    }
  })
}
