import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import type { Language } from '#runner/contract.ts'
import { findFirefox } from './find-firefox.ts'

const sampleIds: Record<Language, string> = {
  python: 'python-api-key-header',
  javascript: 'js-api-key-header',
}
const languageNames: Record<Language, string> = { python: 'Python', javascript: 'JavaScript' }
const endedStates = ['done', 'failed', 'stopped']

/** How a run shows itself to the reader. */
export interface ShownRun {
  state: string
  printed: string
  status: string
  /** Everything below the sample, as text. */
  output: string
}

/** Starts the machine's Firefox. @throws {Error} that says how to get one */
export function openFirefox(): Promise<Browser> {
  const executablePath = findFirefox()
  if (executablePath === undefined) {
    throw new Error(
      'These tests need Firefox. Install it (Debian: "sudo apt install firefox-esr") or point ' +
        'BARBELL_TEST_FIREFOX at one, then run "npm test firefox" again.',
    )
  }
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
}

/** The samples of one page, in a browser context of their own, as a reader uses them. */
export class SamplePage {
  readonly page: Page
  /** Every URL that the page and its workers asked for. */
  readonly requested: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('request', (request) => this.requested.push(request.url()))
  }

  /** Opens the authentication page as somebody who was never here. */
  static async open(browser: Browser, site: string, fragment = ''): Promise<SamplePage> {
    const context = await browser.createBrowserContext()
    const samples = new SamplePage(await context.newPage())
    await samples.page.goto(`${site}/docs/auth${fragment}`)
    return samples
  }

  async close(): Promise<void> {
    await this.page.browserContext().close()
  }

  /** Clicks Run, chooses a sandbox account where one is asked for, and waits for the end. */
  async run(language: Language, code?: string): Promise<ShownRun> {
    await this.start(language, code)
    return this.ended(language)
  }

  /** Clicks Run; the text of the sample is replaced before if there is another. */
  async start(language: Language, code?: string): Promise<void> {
    await this.#show(language)
    const id = sampleIds[language]
    if (code !== undefined) {
      await this.page.$eval(`#${id} pre[data-language]`, replaceText, code)
    }
    await this.page.click(`#${id} .code-sample-run`)
    await this.#chooseSandbox(language)
  }

  /** Waits until the run has printed this text. */
  async untilPrinted(language: Language, text: string): Promise<void> {
    const selector = `#${sampleIds[language]} .so-printed`
    const hasText = (selector: string, text: string): boolean =>
      document.querySelector(selector)?.textContent.includes(text) ?? false
    await this.page.waitForFunction(hasText, {}, selector, text)
  }

  async stop(language: Language): Promise<ShownRun> {
    await this.page.click(`#${sampleIds[language]} .code-sample-run`)
    return this.ended(language)
  }

  async ended(language: Language): Promise<ShownRun> {
    const id = sampleIds[language]
    const hasEnded = (id: string, states: string[]): boolean =>
      states.includes(document.getElementById(id)?.getAttribute('state') ?? '')
    await this.page.waitForFunction(hasEnded, { timeout: 80_000 }, id, endedStates)
    await this.page.evaluate(() => new Promise(requestAnimationFrame)) // the last words are drawn by then
    return this.page.$eval(`#${id}`, readRun)
  }

  async #show(language: Language): Promise<void> {
    const choose = (id: string, name: string): void => {
      const tabs = document
        .getElementById(id)
        ?.closest('code-switch')
        ?.querySelectorAll('[role=tab]')
      const tab = [...(tabs ?? [])].find(({ textContent }) => textContent.trim() === name)
      if (tab instanceof HTMLElement) tab.click()
    }
    await this.page.evaluate(choose, sampleIds[language], languageNames[language])
  }

  async #chooseSandbox(language: Language): Promise<void> {
    const sample = `#${sampleIds[language]}`
    const isUnderWay = (sample: string): boolean =>
      document.querySelector(`${sample}:not([state=idle], [state=loading])`) !== null ||
      document.querySelector(`${sample} reader-account button.bb-button`) !== null
    await this.page.waitForFunction(isUnderWay, { timeout: 80_000 }, sample)
    const chosen = (sample: string): void => {
      const buttons = document.querySelectorAll<HTMLElement>(`${sample} reader-account button`)
      ;[...buttons]
        .find(({ textContent }) => textContent.includes('sandbox account and run'))
        ?.click()
    }
    await this.page.evaluate(chosen, sample)
  }
}

function replaceText(pre: Element, code: string): void {
  pre.textContent = code
}

function readRun(sample: Element): ShownRun {
  const textOf = (selector: string): string => sample.querySelector(selector)?.textContent ?? ''
  return {
    state: sample.getAttribute('state') ?? '',
    printed: textOf('.so-printed').trimEnd(),
    status: textOf('[role=status]'),
    output: textOf('sample-output'),
  }
}
