import type { Locator, Page } from 'playwright/test'
import { openCanary } from '../support/canary.ts'
import { reachingJavaScript, reachingPython } from '../support/reaching-program.ts'
import {
  disturbWorker,
  forgeMessage,
  leadsElsewhere,
  redirectProgram,
  runnerPaths,
  tapWorkers,
} from '../support/runner-lines.ts'
import { axeFindings, expect, siteUrl, test } from './fixtures.ts'

// What samples provoke on purpose: answers of 400 and more, and calls that the runner's policy refuses.
test.beforeEach(({ expectedErrors }) => {
  expectedErrors.push(/Failed to load resource/, /Content Security Policy/, /violates/)
})

const pythonSample = 'python-api-key-header'
const javascriptSample = 'js-api-key-header'

/** A sample of the authentication page, its own text or another in its place. */
async function openSample(page: Page, id: string, code?: string): Promise<Locator> {
  if (page.url() === 'about:blank') await page.goto('/docs/auth')
  const sample = page.locator(`#${id}`)
  const language = id === pythonSample ? 'Python' : 'JavaScript'
  const group = page.locator('code-switch', { has: sample })
  await group.getByRole('tab', { name: language }).click()
  if (code !== undefined) await sample.locator('pre[data-language]').evaluate(replaceText, code)
  return sample
}

function replaceText(pre: Element, code: string): void {
  pre.textContent = code
}

async function run(sample: Locator): Promise<void> {
  await sample.getByRole('button', { name: 'Run', exact: true }).click()
  const sandbox = sample.getByRole('button', { name: 'Get a sandbox account and run' })
  const isEnded = /^(?:done|failed|stopped)$/
  await expect(async () => {
    if (await sandbox.isVisible()) await sandbox.click()
    await expect(sample).toHaveAttribute('state', isEnded, { timeout: 1000 })
  }).toPass({ timeout: 45_000 })
}

async function printed(page: Page, id: string, code: string): Promise<string> {
  const sample = await openSample(page, id, code)
  await run(sample)
  // What was printed, word for word: `innerText` would add the line that a printed object's button stands on.
  return ((await outputOf(sample).textContent()) ?? '').trimEnd()
}

function outputOf(sample: Locator): Locator {
  return sample.getByRole('region', { name: 'Output' }).locator('.so-printed')
}

for (const [language, id] of [
  ['Python', pythonSample],
  ['JavaScript', javascriptSample],
] as const) {
  test(`a ${language} sample runs with a sandbox account after one click more, and S15: nothing comes from another host`, async ({
    page,
  }) => {
    const origins = new Set<string>()
    page.on('request', (request) => origins.add(new URL(request.url()).origin))
    const sample = await openSample(page, id)
    await run(sample)
    await expect(outputOf(sample)).toHaveText(/^200 sandbox-\w+\n?$/)
    await expect(sample.getByRole('status')).toHaveText(/^Done in [\d.]+ s, 1 request\.$/)
    await expect(sample.locator('.so-exchanges > li > details > summary')).toHaveText(
      /GET\s*\/api\/v1\/me\s*200/,
    )
    expect([...origins].filter((origin) => origin !== 'null')).toEqual([siteUrl()])
  })

  test(`an error of a ${language} sample names and marks its line`, async ({ page }) => {
    const sample = await openSample(page, id)
    const lines = sample.locator('pre .ec-line .code')
    const [line, bad] = language === 'Python' ? [2, 'print(nothing)'] : [1, 'nothing()']
    await lines.nth(line - 1).evaluate(replaceText, bad)
    await run(sample)
    await expect(sample).toHaveAttribute('state', 'failed')
    await expect(sample.locator('.so-error')).toContainText(`is not defined (line ${line})`)
    await expect(sample.locator('.ec-line').nth(line - 1)).toHaveClass(/code-sample-error/)
  })

  test(`S4: Stop ends a ${language} loop, the page answers meanwhile, and the next run works`, async ({
    page,
  }) => {
    const loop =
      language === 'Python' ? 'print("on")\nwhile True: pass' : 'console.log("on")\nfor (;;);'
    const sample = await openSample(page, id, loop)
    await sample.getByRole('button', { name: 'Run', exact: true }).click()
    await expect(sample).toHaveAttribute('state', 'running', { timeout: 45_000 })
    await expect(outputOf(sample)).toHaveText(/^on\n?$/)
    const delayMs = await page.evaluate(async () => {
      const started = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 0))
      return performance.now() - started
    })
    expect(delayMs).toBeLessThan(200)
    await sample.getByRole('button', { name: 'Stop' }).click()
    await expect(sample).toHaveAttribute('state', 'stopped', { timeout: 1000 })
    const again = language === 'Python' ? 'print("again")' : 'console.log("again")'
    expect(await printed(page, id, again)).toBe('again')
  })

  test(`S5: what a ${language} sample prints is cut, and it says so`, async ({ page }) => {
    const flood =
      language === 'Python'
        ? 'for i in range(50_000): print("line", i)'
        : 'for (let i = 0; i < 50_000; i++) console.log("line", i)'
    const sample = await openSample(page, id, flood)
    await run(sample)
    await expect(sample.getByText(/^Cut here: a run shows 2000 lines/)).toBeVisible()
    expect((await outputOf(sample).innerText()).trimEnd().split('\n')).toHaveLength(2000)
  })

  test(`S9: a ${language} sample sends 50 requests and not one more`, async ({ page }) => {
    const calls =
      language === 'Python'
        ? 'import requests\nfor i in range(1000): requests.get("https://barbell.example/api/v1/ping")'
        : 'for (;;) await fetch("/api/v1/ping")'
    const sample = await openSample(page, id, calls)
    await run(sample)
    await expect(sample.locator('.so-error')).toContainText('A run may send 50 requests')
    await expect(sample.locator('.so-exchanges > li')).toHaveCount(50)
  })

  test(`S14: what a ${language} sample prints is text`, async ({ page }) => {
    const evil = `<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>\u001b[31m`
    const text = JSON.stringify(evil).replace('\u001b', String.raw`\u001b`)
    const code =
      language === 'Python'
        ? `print(${text})\nraise ValueError(${text})`
        : `console.log(${text}); throw new Error(${text})`
    const sample = await openSample(page, id, code)
    await run(sample)
    expect(await outputOf(sample).textContent()).toBe(`${evil}\n`)
    await expect(sample.locator('sample-output :is(img, .so-printed a, .so-error a)')).toHaveCount(
      0,
    )
  })
}

test('an error that nobody catches has its line: in a timer, in a lost promise, after a wait', async ({
  page,
}) => {
  for (const [code, line] of [
    [
      'const late = async () => {\n  await 0\n  null.x\n}\nlate()\nawait new Promise((r) => setTimeout(r, 500))',
      3,
    ],
    ['setTimeout(() => {\n  undefined.x\n}, 1)', 2],
    ['\n\nPromise.reject(new RangeError("lost"))', 3],
    ['const r = await fetch("/api/v1/ping")\nawait r.json()\nawait r.json()', 3],
  ] as const) {
    const sample = await openSample(page, javascriptSample, code)
    await run(sample)
    await expect(sample.locator('.so-error')).toContainText(`(line ${line})`)
  }
})

test('JavaScript has what Node has: process.env, URL, timers, console, a base URL', async ({
  page,
}) => {
  const code = `console.log(Object.keys(process.env).join(), 'myUsername' === process.env.BARBELL_USERNAME)
console.log(new URL('/api/v1/me', process.env.BARBELL_URL).pathname, typeof setInterval, typeof structuredClone)
console.error(new Map([['a', { b: [1] }]]))
console.log((await fetch('api/v1/ping')).url === process.env.BARBELL_URL + '/api/v1/ping')
globalThis.left = 1`
  expect(await printed(page, javascriptSample, code)).toBe(
    `BARBELL_URL,BARBELL_USERNAME,BARBELL_PASSWORD,BARBELL_API_KEY true
/api/v1/me function function
Map(1) { 'a' => { b: [ 1 ] } }
true`,
  )
  expect(await printed(page, javascriptSample, 'console.log(typeof left)')).toBe('undefined')
})

test('Python waits and keeps time: sleep, asyncio, flush', async ({ page }) => {
  const code = `import asyncio, time
started = time.perf_counter()
print("a", end="", flush=True)
time.sleep(0.1)
async def late(word):
    await asyncio.sleep(0.05)
    return word
async def main():
    return await asyncio.gather(late("b"), late("c"))
print(asyncio.run(main()), time.perf_counter() - started > 0.14)`
  expect(await printed(page, pythonSample, code)).toBe("a['b', 'c'] True")
})

test('Python runs again in the same worker, with nothing of the run before', async ({ page }) => {
  const opened: string[] = []
  page.on('worker', (worker) => opened.push(worker.url()))
  const first =
    'import os, requests\nleft = os.environ["X"] = "1"\nrequests.get = None\nprint(left)'
  expect(await printed(page, pythonSample, first)).toBe('1')
  const second =
    'import os, requests\nprint("left" in dir(), "X" in os.environ, requests.get is None)'
  expect(await printed(page, pythonSample, second)).toBe('False False False')
  expect(opened).toHaveLength(1)
})

test('S1, S3, S7: nothing but the API can be reached from JavaScript, and no script be loaded', async ({
  page,
}) => {
  await using canary = await openCanary()
  const code = reachingJavaScript({ site: siteUrl(), elsewhere: canary.url })
  expect(await printed(page, javascriptSample, code)).toBe('404 200')
  expect(canary.connections()).toBe(0)
})

test('S2, S3: nothing but the API can be reached from Python', async ({ page }) => {
  await using canary = await openCanary()
  const code = reachingPython({ site: siteUrl(), elsewhere: canary.url })
  expect(await printed(page, pythonSample, code)).toBe('200')
  expect(canary.connections()).toBe(0)
})

test('S6: page and worker act on messages of the contract only, and of the run that goes on', async ({
  page,
}) => {
  const code = 'console.log("on")\nfor (;;) await new Promise((r) => setTimeout(r, 50))'
  const ghost = { kind: 'output', stream: 'stdout', text: 'ghost' }
  const sample = await openSample(page, javascriptSample, code)
  await page.evaluate(tapWorkers)
  await sample.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(outputOf(sample)).toHaveText(/^on\n?$/)
  await page.evaluate(disturbWorker)
  await page.evaluate(forgeMessage, { ...ghost, runId: 'another' })
  await page.evaluate(forgeMessage, { ...ghost, text: 'of this run' })
  await expect(outputOf(sample)).toHaveText(/^on\s*of this run$/)
  await page.evaluate(forgeMessage, { ...ghost, stream: 'html' })
  await expect(sample.locator('.so-error')).toContainText('sent something that it must not send')
  await expect(sample).toHaveAttribute('state', 'failed')
  await page.evaluate(forgeMessage, ghost)
  await expect(outputOf(sample)).not.toContainText('ghost')
  expect(await printed(page, javascriptSample, 'console.log("again")')).toBe('again')
})

test('S8: nothing that the runner may call leads elsewhere', async ({ page }) => {
  const paths = await runnerPaths(siteUrl())
  for (const method of ['GET', 'POST']) {
    const visited = await printed(page, javascriptSample, redirectProgram(method, paths))
    expect(visited).toBe(String(paths.length))
  }
  expect(await page.evaluate(leadsElsewhere, '/dashboard/settings')).toBe(true)
})

test('S16: a Python program has the cookies that it keeps itself, and no others', async ({
  page,
}) => {
  const signIn = `await fetch('/auth/v1/token', { method: 'POST', body: new URLSearchParams({ username: 'myUsername', password: 'myPassword' }) })
console.log((await fetch('/internal/v1/batches')).status)`
  expect(await printed(page, javascriptSample, signIn)).toBe('200')
  const code = `
import requests
url = "https://barbell.example"
body = {"username": "myUsername", "password": "myPassword"}
print(requests.get(url + "/internal/v1/batches").status_code)
answer = requests.post(url + "/auth/v1/token", data=body)
print(answer.status_code, list(answer.cookies.keys()), requests.get(url + "/internal/v1/batches").status_code)
print(requests.get(url + "/internal/v1/batches", cookies=answer.cookies).status_code)
with requests.Session() as session:
    session.post(url + "/auth/v1/token", data=body)
    print(session.get(url + "/internal/v1/batches").status_code)
    session.post(url + "/auth/v1/logout")
    print(session.get(url + "/internal/v1/batches").status_code, len(session.cookies))`
  expect(await printed(page, pythonSample, code)).toBe(
    "401\n200 ['access_token'] 401\n200\n200\n401 0",
  )
})

test('S12: a sample that signs the browser in says so', async ({ page }) => {
  const code = `await fetch('/auth/v1/token', { method: 'POST', body: new URLSearchParams({ username: 'myUsername', password: 'myPassword' }) })`
  const sample = await openSample(page, javascriptSample, code)
  await run(sample)
  await expect(
    sample.locator('.so-note', { hasText: /signed this browser in as sandbox-/ }),
  ).toBeVisible()
})

test('S13: after runs with a sandbox account, no secret is in the page, its address or its storage', async ({
  page,
}) => {
  await page.goto('/docs/auth')
  const opened = page.waitForResponse((response) => response.url().endsWith('/auth/v1/sandbox'))
  const code = `const body = new URLSearchParams({ username: 'myUsername', password: 'myPassword' })
await fetch('/auth/v1/token', { method: 'POST', body })
await fetch('/api/v1/me', { headers: { 'x-api-auth': 'myUsername:myLongKeyGoesHere' } })
throw new Error('seen')`
  const sample = await openSample(page, javascriptSample, code)
  await run(sample)
  const account = (await (await opened).json()) as { password: string; api_key: string }
  for (const item of await sample.locator('.so-exchanges > li > details > summary').all())
    await item.click()
  const seen = await page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      location.href,
      document.cookie,
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    ].join('\n'),
  )
  expect(seen).not.toContain(account.password)
  expect(seen).not.toContain(account.api_key.split(':')[1])
  expect(
    await page.evaluate(async () => [await caches.keys(), await indexedDB.databases()]),
  ).toEqual([[], []])
  await sample.getByLabel('Show keys, passwords and tokens').check()
  await expect(sample.locator('.so-exchanges')).toContainText(account.api_key)
})

test('before the first click on Run nothing of the runner loads', async ({ page }) => {
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await page.goto('/docs/auth', { waitUntil: 'networkidle' })
  expect(loaded.filter((path) => /runner|sample-output|lit/.test(path))).toEqual([])
  await run(await openSample(page, javascriptSample, 'console.log(1)'))
  expect(loaded.some((path) => path.startsWith('/runner/'))).toBe(true)
})

test('input() asks in the page, and the keyboard answers', async ({ page }) => {
  const code = `name = input("Name? ")
print("Hello", name)
print(input() or "nothing")`
  const sample = await openSample(page, pythonSample, code)
  await sample.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(sample.getByRole('textbox', { name: 'Name?' })).toBeFocused({ timeout: 45_000 })
  expect(await axeFindings(page, '.code-sample-run', 'sample-output')).toEqual([])
  await page.keyboard.type('<b>Ada</b>')
  await page.keyboard.press('Enter')
  await expect(sample.getByRole('textbox', { name: 'a line of text' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(sample).toHaveAttribute('state', 'done')
  expect(await outputOf(sample).textContent()).toBe(
    'Name? <b>Ada</b>\nHello <b>Ada</b>\n\nnothing\n',
  )
})

test('S4: Stop ends a program that waits for an answer', async ({ page }) => {
  const sample = await openSample(page, pythonSample, 'input("Go on? ")')
  await sample.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(sample.getByRole('textbox', { name: 'Go on?' })).toBeVisible({ timeout: 45_000 })
  await sample.getByRole('button', { name: 'Stop' }).click()
  await expect(sample).toHaveAttribute('state', 'stopped', { timeout: 1000 })
  await expect(sample.locator('.so-question')).toHaveCount(0)
})

test('Python is fetched once a reader is at its Run button, never for JavaScript, and not run', async ({
  page,
}) => {
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  const python = (): string[] => loaded.filter((path) => path.startsWith('/runner/pyodide/'))
  await page.goto('/docs/auth', { waitUntil: 'networkidle' })
  const javascript = await openSample(page, javascriptSample)
  await javascript.getByRole('button', { name: 'Run', exact: true }).hover()
  const sample = await openSample(page, pythonSample)
  await page.waitForLoadState('networkidle')
  expect(python()).toEqual([])
  await sample.getByRole('button', { name: 'Run', exact: true }).focus()
  await expect.poll(() => python().join()).toContain('python_snapshot.bin')
  expect(page.workers()).toEqual([])
})

test('an own account is asked for in words when something is missing', async ({ page }) => {
  const sample = await openSample(page, javascriptSample)
  await sample.getByRole('button', { name: 'Run', exact: true }).click()
  await sample.getByRole('button', { name: 'Use my own account' }).click()
  await sample.getByLabel('Username').fill('somebody')
  await sample.getByRole('button', { name: 'Run with this account' }).click()
  await expect(sample.getByRole('alert')).toHaveText('Give a password, an API key, or both.')
  await sample.getByLabel('API key').fill('0123456789abcdef')
  await sample.getByRole('button', { name: 'Run with this account' }).click()
  await expect(sample.locator('.so-exchanges > li > details > summary')).toContainText('401')
  await sample.locator('.so-exchanges > li > details > summary').click()
  await expect(sample.locator('.ev-problem a')).toHaveAttribute(
    'href',
    /\/docs\/errors#invalid_api_key$/,
  )
  await expect(page.locator('.account-chip')).toHaveText(/somebody\s*API key/)
  await expect(sample.locator('reader-account')).toHaveCount(0)
})

test('offline, a click on Run says so, a call says it at its line, and both work once the network is back', async ({
  page,
}) => {
  const sample = await openSample(page, javascriptSample, 'console.log("back")')
  await page.context().setOffline(true)
  await sample.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(sample.getByRole('alert')).toHaveText(
    'The runner could not be loaded. Are you offline?',
  )
  await expect(sample).toHaveAttribute('state', 'failed')
  await page.context().setOffline(false)
  for (const [id, code, error] of [
    [javascriptSample, 'const path = "/api/v1/ping"\nawait fetch(path)', 'Failed to fetch.'],
    [
      pythonSample,
      'import requests\nrequests.get("https://barbell.example/api/v1/ping")',
      'ConnectionError',
    ],
  ] as const) {
    await page.reload()
    expect(await printed(page, id, id === pythonSample ? 'print(1)' : 'console.log(1)')).toBe('1')
    await page.context().setOffline(true)
    await run(await openSample(page, id, code))
    await expect(page.locator(`#${id} .so-error`)).toContainText(error)
    await expect(page.locator(`#${id} .so-error`)).toContainText(
      `${siteUrl()} does not answer. Are you offline? (line 2)`,
    )
    await page.context().setOffline(false)
  }
  await page.reload()
  expect(await printed(page, javascriptSample, 'console.log("back")')).toBe('back')
})

for (const width of [1280, 390]) {
  test(`axe finds nothing in a sample that has run, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 })
    const sample = await openSample(page, javascriptSample)
    await sample.getByRole('button', { name: 'Run', exact: true }).click()
    await sample.getByRole('button', { name: 'Use my own account' }).click()
    expect(await axeFindings(page, '.code-sample-run', 'sample-output')).toEqual([])
    await run(sample)
    await sample.locator('.so-exchanges > li > details > summary').click()
    expect(await axeFindings(page, '.code-sample-run', 'sample-output')).toEqual([])
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })
}
