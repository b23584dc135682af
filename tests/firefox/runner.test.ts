import type { Browser } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeFragment } from '#elements/code-link.ts'
import type { Language } from '#runner/contract.ts'
import { type BuiltServer, startBuiltServer } from '../support/built-server.ts'
import { openCanary } from '../support/canary.ts'
import { reachingJavaScript, reachingPython } from '../support/reaching-program.ts'
import { registered, signedInCookie } from '../support/readers.ts'
import {
  disturbWorker,
  forgeMessage,
  leadsElsewhere,
  pressByScript,
  redirectProgram,
  runnerPaths,
  tapWorkers,
} from '../support/runner-lines.ts'
import { SamplePage, openFirefox } from './sample-page.ts'

/** The runner once more in the other engine: what its workers may reach is for the browser to refuse. */
let server: BuiltServer
let firefox: Browser
let samples: SamplePage

beforeAll(async () => {
  firefox = await openFirefox()
  server = await startBuiltServer()
})

afterAll(async () => {
  await firefox.close()
  await server.stop()
})

beforeEach(async () => {
  samples = await SamplePage.open(firefox, server.url)
})

afterEach(() => samples.close())

const waiting = 'console.log("on")\nfor (;;) await new Promise((r) => setTimeout(r, 50))'
const ghost = { kind: 'output', stream: 'stdout', text: 'ghost' }
const signIn = `await fetch('/auth/v1/token', { method: 'POST', body: new URLSearchParams({ username: 'myUsername', password: 'myPassword' }) })`

describe.each<{
  language: Language
  name: string
  loop: string
  flood: string
  calls: string
  failing: string
}>([
  {
    language: 'python',
    name: 'Python',
    loop: 'print("on")\nwhile True: pass',
    flood: 'for i in range(50_000): print("line", i)',
    calls:
      'import requests\nfor i in range(1000): requests.get("https://barbell.example/api/v1/ping")',
    failing:
      'def f():\n    raise ValueError("<img src=x onerror=alert(1)>")\nprint("<b>x</b>")\nf()',
  },
  {
    language: 'javascript',
    name: 'JavaScript',
    loop: 'console.log("on")\nfor (;;);',
    flood: 'for (let i = 0; i < 50_000; i++) console.log("line", i)',
    calls: 'for (;;) await fetch("/api/v1/ping")',
    failing:
      'const f = () => {\n  throw new Error("<img src=x onerror=alert(1)>") }\nconsole.log("<b>x</b>")\nf()',
  },
])('a $name sample', ({ language, name, loop, flood, calls, failing }) => {
  test('runs as a sandbox account, and S15: nothing comes from another host', async () => {
    const run = await samples.run(language)
    expect(run.printed).toMatch(/^200 sandbox-\w+$/)
    expect(run.status).toMatch(/^Done in [\d.]+ s, 1 request\.$/)
    expect(run.output).toMatch(/GET\s*\/api\/v1\/me\s*200/)
    expect(samples.requested.some((url) => url.includes('/runner/'))).toBe(true)
    const origins = new Set(samples.requested.map((url) => new URL(url).origin))
    expect([...origins].filter((origin) => origin !== 'null')).toEqual([server.url])
  })

  test('S4: is stopped in a loop, the page answers meanwhile, and the next run works', async () => {
    await samples.start(language, loop)
    await samples.untilPrinted(language, 'on')
    const delayMs = await samples.page.evaluate(async () => {
      const started = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 0))
      return performance.now() - started
    })
    expect(delayMs).toBeLessThan(200)
    const { state } = await samples.stop(language)
    expect(state).toBe('stopped')
    const print = language === 'python' ? 'print("again")' : 'console.log("again")'
    expect((await samples.run(language, print)).printed).toBe('again')
  })

  test('S5: prints 2000 lines and says that there were more', async () => {
    const run = await samples.run(language, flood)
    expect(run.printed.split('\n')).toHaveLength(2000)
    expect(run.output).toContain('Cut here: a run shows 2000 lines')
  })

  test('S9: sends 50 requests and not one more', async () => {
    const run = await samples.run(language, calls)
    expect(run.output).toContain('A run may send 50 requests')
    expect(run.status).toMatch(/50 requests\.$/)
  })

  test('S14: prints and fails in text, with its line', async () => {
    const run = await samples.run(language, failing)
    expect(run.printed).toBe('<b>x</b>')
    expect(run.output).toContain('<img src=x onerror=alert(1)> (line 2)')
    expect(await samples.page.$$('sample-output :is(img, .so-printed b)')).toHaveLength(0)
  })

  test('S12: from a link, runs as a sandbox account that only this code gets', async () => {
    const id = language === 'python' ? 'python-api-key-header' : 'js-api-key-header'
    const code =
      language === 'python'
        ? 'import os\nprint(os.environ["BARBELL_USERNAME"])'
        : 'console.log(process.env.BARBELL_USERNAME)'
    const mine = (await samples.run(language, code)).printed
    expect(mine).toMatch(/^sandbox-/)
    const go = (hash: string): string => (location.hash = hash)
    await samples.page.evaluate(go, await codeFragment(id, code))
    await samples.page.locator(`#${id} .code-sample-linked .bb-button:not([data-kind])`).click()
    const its = await samples.run(language)
    expect(its.printed).toMatch(/^sandbox-/)
    expect(its.printed).not.toBe(mine)
    expect(its.status).toContain(`It ran as ${its.printed}, which was opened for this code.`)
  })

  test(`S11: from a link, nothing of ${name} starts before a click`, async () => {
    const id = language === 'python' ? 'python-api-key-header' : 'js-api-key-header'
    const code = language === 'python' ? 'print("linked")' : 'console.log("linked")'
    const linked = await SamplePage.open(firefox, server.url, await codeFragment(id, code))
    const isShown = (id: string): boolean =>
      document.getElementById(id)?.textContent.includes('linked') ?? false
    await linked.page.waitForFunction(isShown, {}, id)
    expect(linked.requested.filter((url) => /\/runner\/|\/api\/|\/auth\//.test(url))).toEqual([])
    expect(linked.page.workers()).toEqual([])
    await linked.close()
  })
})

test('S1, S3, S7: JavaScript reaches nothing but the API, and loads no script', async () => {
  await using canary = await openCanary()
  const code = reachingJavaScript({ site: server.url, elsewhere: canary.url })
  const { printed } = await samples.run('javascript', code)
  expect(printed).toBe('404 200') // `%2f` is no slash, to the browser's rule and to the server
  expect(canary.connections()).toBe(0)
})

test('S2, S3: Python reaches nothing but the API', async () => {
  await using canary = await openCanary()
  const { printed } = await samples.run(
    'python',
    reachingPython({ site: server.url, elsewhere: canary.url }),
  )
  expect(printed).toBe('200')
  expect(canary.connections()).toBe(0)
})

test('S6: page and worker act on messages of the contract only, and of the run that goes on', async () => {
  const { page } = samples
  await page.evaluate(tapWorkers)
  await samples.start('javascript', waiting)
  await samples.untilPrinted('javascript', 'on')
  await page.evaluate(disturbWorker)
  await page.evaluate(forgeMessage, { ...ghost, runId: 'another' })
  await page.evaluate(forgeMessage, { ...ghost, text: 'of this run' })
  await samples.untilPrinted('javascript', 'of this run')
  await page.evaluate(forgeMessage, { ...ghost, stream: 'html' })
  const broken = await samples.ended('javascript')
  expect(broken.output).toContain('sent something that it must not send, so the run was ended')
  await page.evaluate(forgeMessage, ghost)
  expect((await samples.ended('javascript')).output).not.toContain('ghost')
  expect((await samples.run('javascript', 'console.log("again")')).printed).toBe('again')
})

test('S8: nothing that the runner may call leads elsewhere', async () => {
  const paths = await runnerPaths(server.url)
  for (const method of ['GET', 'POST']) {
    const { printed } = await samples.run('javascript', redirectProgram(method, paths))
    expect(printed).toBe(String(paths.length))
  }
  expect(await samples.page.evaluate(leadsElsewhere, '/dashboard/settings')).toBe(true)
})

test('S10: forms take no script for a reader, whatever policy it has', async () => {
  const [name = '', value = ''] = (
    await signedInCookie(server.url, await registered(server.url))
  ).split('=')
  await samples.page.browserContext().setCookie({ name, value, domain: 'localhost' })
  await samples.page.goto(`${server.url}/dashboard/settings`)
  expect(await samples.page.evaluate(pressByScript)).toEqual([403, 403, 403, 403])
})

test("S16: a Python program has its own cookies and not the browser's", async () => {
  await samples.run('javascript', signIn)
  const code = `
import requests
url = "https://barbell.example"
body = {"username": "myUsername", "password": "myPassword"}
print(requests.get(url + "/internal/v1/batches").status_code)
answer = requests.post(url + "/auth/v1/token", data=body)
print(list(answer.cookies.keys()), requests.get(url + "/internal/v1/batches").status_code)
with requests.Session() as session:
    session.post(url + "/auth/v1/token", data=body)
    print(session.get(url + "/internal/v1/batches").status_code)
    session.post(url + "/auth/v1/logout")
    print(session.get(url + "/internal/v1/batches").status_code)`
  const { printed } = await samples.run('python', code)
  expect(printed).toBe("401\n['access_token'] 401\n200\n401")
  const still = await samples.run(
    'javascript',
    "console.log((await fetch('/internal/v1/batches')).status)",
  )
  expect(still.printed).toBe('200')
})

test('S12, S13: a run that signs in says so, and leaves no secret in the page or its storage', async () => {
  const opened = samples.page.waitForResponse((each) => each.url().endsWith('/auth/v1/sandbox'))
  const { output } = await samples.run('javascript', `${signIn}\nthrow new Error('seen')`)
  expect(output).toMatch(/signed this browser in as sandbox-/)
  expect(output).toContain('seen (line 2)')
  const account = (await (await opened).json()) as { password: string; api_key: string }
  const seen = await samples.page.evaluate(async () =>
    [
      document.documentElement.outerHTML,
      location.href,
      document.cookie,
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
      JSON.stringify([await caches.keys(), await indexedDB.databases()]),
    ].join('\n'),
  )
  expect(seen).toContain('/auth/v1/token')
  expect(seen).not.toContain(account.password)
  expect(seen).not.toContain(account.api_key.split(':')[1])
})

test('Python waits where JavaScript would: sleep, asyncio, and a rejection has its line', async () => {
  const code = `import asyncio, time
started = time.perf_counter()
time.sleep(0.1)
async def late(word):
    await asyncio.sleep(0.05)
    return word
async def main():
    return await asyncio.gather(late("a"), late("b"))
print(asyncio.run(main()), time.perf_counter() - started > 0.14)`
  expect((await samples.run('python', code)).printed).toBe("['a', 'b'] True")
  const lost =
    'const later = async () => {\n  await 0\n  null.x\n}\nlater()\nawait new Promise((r) => setTimeout(r, 500))'
  expect((await samples.run('javascript', lost)).output).toContain('(line 3)')
})

test('input() asks in the page', async () => {
  await samples.start('python', 'print("Hello", input("Name? "))')
  await samples.page.waitForSelector('.so-question input:focus', { timeout: 80_000 })
  await samples.page.keyboard.type('Ada')
  await samples.page.keyboard.press('Enter')
  expect((await samples.ended('python')).printed).toBe('Name? Ada\nHello Ada')
})
