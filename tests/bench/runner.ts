/**
 * How long a reader waits for a sample: from the click on Run to the first printed line, in the built site and in
 * Chromium. Run by hand: `node tests/bench/runner.ts [rounds]`.
 */
import { loadavg } from 'node:os'
import type { Browser, Page } from 'playwright'
import { startBuiltServer } from '../support/built-server.ts'
import { launchChromium } from '../support/chromium.ts'
import { median, percentile, table } from './numbers.ts'

interface Series {
  name: string
  /** Milliseconds; half of all runs may be slower. */
  goalMs: number
  times: number[]
}

const rounds = Number(process.argv[2] ?? 10)
const coldRounds = Math.max(3, Math.round(rounds / 3))

const samples = {
  javascript: { id: 'js-api-key-header', tab: 'JavaScript', code: 'console.log("out")' },
  python: { id: 'python-api-key-header', tab: 'Python', code: 'print("out")' },
} as const

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${url}/docs/auth`, { waitUntil: 'networkidle' })
  return page
}

/** Milliseconds between the click and the line, both as the page sees them. */
async function timeRun(page: Page, { id, tab, code }: (typeof samples)[keyof typeof samples]) {
  const sample = page.locator(`#${id}`)
  await page.locator('code-switch', { has: sample }).getByRole('tab', { name: tab }).click()
  return sample.evaluate(async (element, code) => {
    const pre = element.querySelector('pre[data-language]')
    if (pre) pre.textContent = code
    const isPrinted = (): boolean =>
      element.getAttribute('state') === 'done' &&
      (element.querySelector('.so-printed')?.textContent.startsWith('out') ?? false)
    const printed = new Promise<void>((resolve) => {
      const seen = new MutationObserver(() => {
        if (isPrinted()) resolve()
      })
      seen.observe(element, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      })
    })
    const started = performance.now()
    element.querySelector<HTMLButtonElement>('.code-sample-run')?.click()
    await printed
    return performance.now() - started
  }, code)
}

async function measureWarm(browser: Browser, url: string): Promise<Series[]> {
  const page = await openPage(browser, url)
  const series: Series[] = []
  for (const [language, goalMs] of [
    ['javascript', 100],
    ['python', 150],
  ] as const) {
    await timeRun(page, samples[language]) // the first one loads
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1)
      times.push(await timeRun(page, samples[language]))
    series.push({ name: `${language}, again on the same page`, goalMs, times })
  }
  await page.context().close()
  return series
}

async function measureCold(browser: Browser, url: string): Promise<Series[]> {
  const [javascript, python]: [number[], number[]] = [[], []]
  for (let round = 0; round < coldRounds; round += 1) {
    const page = await openPage(browser, url)
    javascript.push(await timeRun(page, samples.javascript))
    python.push(await timeRun(page, samples.python))
    await page.context().close()
  }
  return [
    { name: 'javascript, first run of a new browser', goalMs: 1000, times: javascript },
    { name: 'python, first run of a new browser', goalMs: 3000, times: python },
  ]
}

function row({ name, goalMs, times }: Series): string[] {
  const half = median(times)
  const figures = [half, percentile(times, 90)].map((each) => each.toFixed(0))
  return [name, String(times.length), ...figures, `${goalMs}`, half <= goalMs ? 'held' : 'not held']
}

console.log(`Load average before it began: ${(loadavg()[0] ?? 0).toFixed(1)}`)
const server = await startBuiltServer()
const browser = await launchChromium()
try {
  const series = [
    ...(await measureCold(browser, server.url)),
    ...(await measureWarm(browser, server.url)),
  ]
  console.log(
    table(['click to output', 'runs', 'p50 ms', 'p90 ms', 'goal ms', ''], series.map(row)),
  )
} finally {
  await browser.close()
  await server.stop()
}
