import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { launchChromium } from '../support/chromium.ts'
import { conditions, type Findings, target } from './findings.ts'
import { makeOurSite } from './large-site.ts'
import { median, percentile, table } from './numbers.ts'
import type { Scale } from './scale.ts'
import { openDev, untilOk } from './site-process.ts'

const path = 'docs/introduction'
const restMs = 500 // between edits, as if somebody typed

/** Measures how long a writer waits for an edit to be seen: from the write of the file to its text in Chromium. */
export async function measureEdits({ edits }: Scale): Promise<Findings> {
  const how = [
    conditions(),
    `${edits} edits of ${path}.mdx in our site as it is, one after the other: each changes its last sentence, as an`,
    'editor that saves. The first is apart from the others: what edits need is loaded then.',
  ].join(' ')
  const [first = Number.NaN, ...others] = await timeEdits(edits + 1)
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  const figures = [first, median(others), percentile(others, 90), Math.max(...others)]
  return {
    how,
    tables: [table(['first edit', 'p50', 'p90', 'longest'], [figures.map(ms)])],
    targets: [target('an edit is seen', median(others), { atMost: 300 }, ms)],
  }
}

/** @returns milliseconds from each write to its text in the page */
async function timeEdits(count: number): Promise<number[]> {
  using site = makeOurSite(0, 'mdx')
  await using dev = await openDev(site.folder)
  await untilOk(`${dev.url}/${path}`)
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(`${dev.url}/${path}`)
    const file = join(site.folder, 'content', `${path}.mdx`)
    const text = readFileSync(file, 'utf8')
    const times: number[] = []
    for (let number = 1; number <= count; number += 1) {
      await pause(restMs)
      const startedAtMs = performance.now()
      writeFileSync(file, `${text}\nThis is edit number ${number}.\n`)
      await page.getByText(`This is edit number ${number}.`).waitFor()
      times.push(performance.now() - startedAtMs)
    }
    return times
  } finally {
    await browser.close()
  }
}
