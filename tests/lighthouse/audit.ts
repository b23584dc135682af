import lighthouse, { type Result } from 'lighthouse'
import puppeteer, { type Browser } from 'puppeteer-core'
import { findChromium } from '../support/tools.ts'

/** The four categories of Lighthouse, by its own ids. */
export const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const
export type Category = (typeof categories)[number]

/** What one run of Lighthouse says of one page. */
export interface Audit {
  /** 0 to 100, of each category that was asked for. */
  scores: Partial<Record<Category, number>>
  /** Largest contentful paint on the simulated phone; like the three below NaN without the category performance. */
  lcpMs: number
  /** Cumulative layout shift, without unit. */
  cls: number
  /** Total blocking time. */
  tbtMs: number
  /** Everything that was transferred, headers included. */
  bytes: number
  /** What cost points: the audit, how many of them there were, and where. */
  faults: string[]
}

/** Lighthouse waits for seconds of silence to be sure of its times. What is not timed is there sooner. */
const shortWaits = { networkQuietThresholdMs: 500, cpuQuietThresholdMs: 250, pauseAfterLoadMs: 500 }

/** Starts a Chromium with an empty profile. @throws {Error} that says how to get one */
export async function openChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) {
    throw new Error(
      'Lighthouse needs Chromium. Install it (Debian: "sudo apt install chromium") or point ' +
        'BARBELL_TEST_CHROMIUM at one.',
    )
  }
  // Without a sandbox, as in the browser tests: root in a container has none.
  return await puppeteer.launch({ executablePath, headless: true, args: ['--no-sandbox'] })
}

/** Runs Lighthouse's mobile preset over a page. @throws {Error} if the page could not be judged */
export async function auditPage(
  browser: Browser,
  url: string,
  asked: readonly Category[] = categories,
): Promise<Audit> {
  let lhr = await runLighthouse(browser, url, asked)
  // Chromium now and then records a load without its beginning, which says nothing of the page.
  if (lhr.runtimeError?.code === 'NO_NAVSTART') lhr = await runLighthouse(browser, url, asked)
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`)
  return {
    scores: Object.fromEntries(asked.map((category) => [category, scoreOf(lhr, category)])),
    lcpMs: figureOf(lhr, 'largest-contentful-paint'),
    cls: figureOf(lhr, 'cumulative-layout-shift'),
    tbtMs: figureOf(lhr, 'total-blocking-time'),
    bytes: figureOf(lhr, 'total-byte-weight'),
    faults: asked.flatMap((category) => faultsIn(lhr, category)),
  }
}

async function runLighthouse(
  browser: Browser,
  url: string,
  asked: readonly Category[],
): Promise<Result> {
  const port = Number(new URL(browser.wsEndpoint()).port)
  const result = await lighthouse(url, {
    port,
    onlyCategories: [...asked],
    logLevel: 'error',
    ...(!asked.includes('performance') && shortWaits),
  })
  if (result === undefined) throw new Error(`Lighthouse said nothing of ${url}`)
  return result.lhr
}

function scoreOf({ categories }: Result, category: Category): number {
  const score = categories[category]?.score
  if (typeof score !== 'number') throw new Error(`Lighthouse gave no score for ${category}`)
  return Math.round(score * 100)
}

function figureOf({ audits }: Result, id: string): number {
  return audits[id]?.numericValue ?? Number.NaN
}

/** The audits of a category that kept it from 100. Few are perfect when nobody can tell the sum from perfect. */
function faultsIn(lhr: Result, category: Category): string[] {
  if (scoreOf(lhr, category) === 100) return []
  const { categories, audits } = lhr
  return (categories[category]?.auditRefs ?? []).flatMap(({ id, weight }) => {
    const audit = audits[id]
    if (audit === undefined || weight === 0 || audit.score === null || audit.score === 1) return []
    const told = [audit.title, audit.displayValue, ...placesIn(audit)].filter(Boolean)
    return [`${id} (${Math.round(audit.score * 100)}): ${told.join('; ')}`]
  })
}

/** Where an audit found its faults: elements by their selector, anything else by the words of its row. */
function placesIn({ details }: Result['audits'][string]): string[] {
  if (details?.type !== 'table') return []
  return details.items.map((item) => {
    const { node } = item
    const isNode = typeof node === 'object' && 'type' in node && node.type === 'node'
    return isNode && node.selector !== undefined ? node.selector : JSON.stringify(item)
  })
}
