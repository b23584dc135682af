import { existsSync, readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '#auth/limits.ts'
import { answerSettings } from '#forms/settings.ts'
import { pause } from '#playground/pause.ts'
import { codeIn, type Ending, type PlayedStep, playScenario } from '#playground/play-scenario.ts'
import { scenarioNamed, scenarios } from '#playground/scenarios/catalogue.ts'
import type { ActingAccount, Scenario, Stage } from '#playground/scenarios/scenario.ts'
import { send } from '#playground/send.ts'
import { type BrowserWire, browserWire } from '../../../support/browser-wire.ts'
import { type Answer, call } from '../../../support/call.ts'
import { clockAt, type TestClock } from '../../../support/clock.ts'
import { sandboxed } from '../../../support/readers.ts'
import { startServer, type TestServer } from '../../../support/server.ts'

const keyLimit = { calls: 25, seconds: 2 }

/** Of all limits, only that of a key is one that these tests may reach. */
const fewCallsPerKey = Object.entries(limits)
  .map(([name, { windowSeconds }]) =>
    name === 'api_key'
      ? `${name}=${keyLimit.calls}/${keyLimit.seconds}`
      : `${name}=1000000/${windowSeconds}`,
  )
  .join(',')

let server: TestServer
let clock: TestClock

beforeAll(async () => {
  clock = clockAt('2026-03-01T12:00:00.400Z')
  server = await startServer({ clock, env: { BARBELL_LIMITS: fewCallsPerKey } })
})
afterAll(() => server.stop())

/** A play, and what was seen of it. */
interface Play {
  ending: Ending
  steps: PlayedStep[]
  /** What a page of another origin was answered. */
  foreignAnswers: Answer[]
  waits: number[]
  counts: number[]
  browser: BrowserWire
}

/** Plays a scenario against the server of this test, as its page would. Waiting for a token moves the server's clock. */
async function play(
  scenario: Scenario,
  { account, stopAfter = Infinity }: { account: ActingAccount; stopAfter?: number },
): Promise<Play> {
  const browser = browserWire(server.url)
  const stop = new AbortController()
  const seen: Omit<Play, 'ending'> = {
    steps: [],
    foreignAnswers: [],
    waits: [],
    counts: [],
    browser,
  }
  const stage: Stage = {
    origin: server.url,
    signal: stop.signal,
    account: () => account,
    send: (request) => send(request, { signal: stop.signal, wire: browser }),
    tidy: (request) => send(request, { wire: browser }),
    async wait(seconds, what) {
      seen.waits.push(seconds)
      clock.pass(seconds)
      // The limiter has a clock of its own.
      if (/limit/.test(what)) await pause(seconds * 1000, stop.signal)
    },
    count: (sent) => void seen.counts.push(sent),
    revokeKey: () => pressRevoke(browser.cookie()),
    async postFromElsewhere(path) {
      const headers = {
        origin: 'null',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
      }
      seen.foreignAnswers.push(await call(server.url + path, { method: 'POST', headers }))
    },
  }
  const ending = await playScenario(scenario, stage, (step) => {
    seen.steps.push(step)
    if (seen.steps.length === stopAfter) stop.abort()
  })
  return { ending, ...seen }
}

/** Does what `revokeInSettings` does, by the code of the page. */
async function pressRevoke(cookie: string): Promise<void> {
  const url = `${server.url}/dashboard/settings`
  const ask = async (request: Request) =>
    await answerSettings(
      {
        request,
        response: { headers: new Headers() },
        url: new URL(url),
        locals: { barbell: server.barbell, peerAddress: '127.0.0.1', requestId: randomUUID() },
      },
      clock,
    )
  const page = await ask(new Request(url, { headers: { cookie } }))
  if (page instanceof Response || page.kind !== 'settings') throw new Error('not the settings')
  const keyId = page.keys[0]?.id ?? ''
  const body = { form_token: page.formToken, action: 'revoke', stay: 'yes', key_id: keyId }
  const headers = { cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' }
  const pressed = await ask(
    new Request(url, { method: 'POST', headers, body: new URLSearchParams(body) }),
  )
  expect(pressed).toMatchObject({ status: 204 })
}

function shown({ steps }: Play): [number | undefined, string][] {
  return steps.map(({ exchange }) =>
    exchange === null ? [undefined, ''] : [exchange.response?.status, codeIn(exchange)],
  )
}

describe('every scenario', () => {
  test.each(scenarios)('$name is answered, step by step, as it says', async (scenario) => {
    const played = await play(scenario, { account: await sandboxed(server.url) })
    expect(shown(played)).toEqual(
      scenario.steps.map(({ answer, unread }) =>
        unread ? [undefined, ''] : [answer.status, answer.code ?? ''],
      ),
    )
    expect(played.ending).toBe('done')
  })

  test.each(scenarios)('S13: $name shows no key, no password and no token', async (scenario) => {
    const account = await sandboxed(server.url)
    const { steps, browser } = await play(scenario, { account })
    const text = JSON.stringify(steps)
    expect(text).not.toMatch(/[\w-]:[A-Za-z0-9]{16}(?![A-Za-z0-9])/)
    expect(text).not.toMatch(/eyJ[\w-]{10,}/)
    expect(text).not.toContain(account.password)
    expect(text).not.toMatch(/"password\\?":\s*\\?"(?!\*{8}\\?")/)
    expect(browser.cookie() === '' || !text.includes(browser.cookie())).toBe(true)
  })

  test.each(scenarios)('$name leaves the key of its reader as it was', async (scenario) => {
    const account = await sandboxed(server.url)
    await play(scenario, { account })
    const headers = { 'x-api-auth': account.apiKey }
    expect((await call(`${server.url}/api/v1/me`, { headers })).status).toBe(200)
  })

  test.each(scenarios)('$name can be stopped after its first step', async (scenario) => {
    const { ending, steps } = await play(scenario, {
      account: await sandboxed(server.url),
      stopAfter: 1,
    })
    expect(ending).toBe('stopped')
    expect(steps).toHaveLength(1)
  })

  test('has a name of its own, and is found by it', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length)
    for (const scenario of scenarios) expect(scenarioNamed(scenario.name)).toBe(scenario)
    expect(scenarioNamed('no-such-scenario')).toBeUndefined()
  })

  test.each(scenarios.flatMap(({ steps }) => steps.map(({ read }) => read)))(
    'leads to a heading that is there: $href',
    ({ href }) => {
      const [path = '', anchor = ''] = href.split('#')
      expect(anchor).not.toBe('')
      expect(anchorsOf(path)).toContain(anchor)
    },
  )
})

describe('what a scenario began is ended', () => {
  test.each(['tampered-token', 'logged-out-token'])(
    'T6: after a stop in the middle of %s its token is refused',
    async (name) => {
      const scenario = scenarioNamed(name)
      if (!scenario) throw new Error(`there is no ${name}`)
      const account = await sandboxed(server.url)
      const played = await play(scenario, { account, stopAfter: 2 })
      expect(played.ending).toBe('stopped')
      const caller = { address: '127.0.0.1', requestId: randomUUID() }
      const { account: owner } = await server.barbell.auth.checkApiKey(account.apiKey, caller)
      expect(await server.barbell.auth.listSessions(owner.id)).toEqual([])
    },
  )
})

test('X1: the page of another origin is refused by its origin, before the cookie is looked at', async () => {
  const scenario = scenarioNamed('cross-site-post')
  if (!scenario) throw new Error('there is no cross-site-post')
  const { foreignAnswers } = await play(scenario, { account: await sandboxed(server.url) })
  expect(foreignAnswers.map(({ status, json }) => [status, json['code']])).toEqual([
    [403, 'cross_site_request'],
  ])
})

test('R7: the limit is used up once, waited out once, and no call is made beyond it', async () => {
  const scenario = scenarioNamed('rate-limit')
  if (!scenario) throw new Error('there is no rate-limit')
  const { counts, waits } = await play(scenario, { account: await sandboxed(server.url) })
  expect(Math.max(...counts)).toBeLessThanOrEqual(keyLimit.calls + 10)
  expect(waits).toHaveLength(1)
  expect(waits[0]).toBeLessThanOrEqual(keyLimit.seconds)
})

test('a limit that is too high for a page is not tried', async () => {
  const scenario = scenarioNamed('rate-limit')
  if (!scenario) throw new Error('there is no rate-limit')
  const other = server
  server = await startServer({ env: { BARBELL_LIMITS: 'off' } })
  try {
    const { ending, steps, counts } = await play(scenario, {
      account: await sandboxed(server.url),
    })
    expect(ending).toBe('unexpected')
    expect(steps.at(-1)?.notes?.[0]?.[1]).toMatch(/no limit/)
    expect(counts).toEqual([])
  } finally {
    await server.stop()
    server = other
  }
})

test('a server that does not answer ends the play, and says so', async () => {
  const [scenario] = scenarios
  if (!scenario) throw new Error('there is no scenario')
  const account = await sandboxed(server.url)
  const gone = { ...server, url: 'http://localhost:1' }
  const real = server
  server = gone
  try {
    const { ending, steps } = await play(scenario, { account })
    expect(ending).toBe('no-answer')
    expect(steps).toHaveLength(1)
  } finally {
    server = real
  }
})

/** The fragments that a page of the guide has. */
function anchorsOf(path: string): string[] {
  const file = ['.mdx', '/index.mdx'].map((end) => `content${path}${end}`).find(existsSync)
  const headings = readFileSync(file ?? '', 'utf8').matchAll(/^#{2,4} (.+)$/gm)
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}
