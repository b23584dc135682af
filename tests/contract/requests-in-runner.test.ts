import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SampleRun } from '../samples/sample-run.ts'
import { type Stage, openStage } from '../samples/stage.ts'
import { echo } from '../support/echo.ts'
import { programsFor, requestsPrelude } from '../support/requests-programs.ts'
import { pythonWithRequests } from '../support/tools.ts'

/**
 * Programs under CPython with the real `requests`, and in the runner: in the built worker, in a page of the built
 * server, in Chromium. They must print the same, end with the same error at the same line, and send the same.
 */
const programs = programsFor(pythonWithRequests()?.version ?? [0])

/** What no page can do: it runs all the same, and a warning says why it does something else. */
const impossible: Readonly<Record<string, { print: string; warning: string }>> = {
  'a header of None is not sent': {
    print: 'True\n',
    warning: 'Accept is not left out: in a page the browser then sends Accept: */*',
  },
  'a GET with a body': {
    print: "['GET', '', 'application/x-www-form-urlencoded', None]\n",
    warning: 'The body is not sent: in a page the browser sends none with GET',
  },
}

let stage: Stage
/** Pairs of runs under way. Outside of the page several go on at once. */
const runs = new Map<string, Promise<{ real: SampleRun; ours: SampleRun }>>()

beforeAll(async () => {
  stage = await openStage(echo)
  for (const [title, code] of programs) {
    const pair = runInBoth(`${requestsPrelude}\n${code.trim()}\n`)
    pair.catch(() => undefined) // its test says why
    runs.set(title, pair)
  }
}, 60_000)

afterAll(() => stage.close())

async function runInBoth(program: string): Promise<{ real: SampleRun; ours: SampleRun }> {
  const [real, ours] = await Promise.all([
    stage.runOutside('python', program),
    stage.runInside('python', program),
  ])
  return { real, ours }
}

async function runsOf(title: string): Promise<{ real: SampleRun; ours: SampleRun }> {
  const pair = await runs.get(title)
  if (pair) return pair
  throw new TypeError(`no program ${title}`)
}

/** What both must agree on. Which line sent a request is known outside only, and a boundary is drawn by lot. */
function facts({ text, error, exchanges }: SampleRun): unknown {
  const sent = exchanges.map((exchange) => ({ ...exchange, line: null }))
  return JSON.parse(
    JSON.stringify({ text, error, sent }).replaceAll(/\b[0-9a-f]{32}\b/g, 'boundary'),
  )
}

test.each(programs.filter(([title]) => !(title in impossible)))('%s', async (title) => {
  const { real, ours } = await runsOf(title)
  expect(facts(ours)).toEqual(facts(real))
  expect(ours.text + (ours.error?.message ?? '')).not.toBe('')
})

test.each(Object.entries(impossible))('%s: not in a page', async (title, { print, warning }) => {
  const { real, ours } = await runsOf(title)
  expect(real.error).toBeNull()
  expect(ours.error).toBeNull()
  expect(ours.text).toContain(`RequestsWarning: ${warning}`)
  expect(ours.text.endsWith(print)).toBe(true)
  expect(real.text).not.toContain(print)
})
