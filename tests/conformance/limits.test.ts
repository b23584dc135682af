import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Answer, call, postJson } from '../support/call.ts'
import { type Reader, signIn } from '../support/readers.ts'
import { sendForm } from './browser.ts'
import { buttons, settingsPage } from './settings-page.ts'
import {
  ask,
  askWithKey,
  comparable,
  cookieOf,
  freshName,
  freshPassword,
  freshReader,
  freshSandbox,
  startOther,
  testOwnServer,
} from './target.ts'

const nobodysKey = 'nobody-here:0123456789abcdef'
const proxies = { BARBELL_TRUSTED_PROXIES: '127.0.0.0/8' }
const loginPath = '/login'

/** Tries a password, from an address that a trusted proxy names. */
function signInFrom(base: string, address: string, guess: Reader): Promise<Answer> {
  return signIn(base, guess, { 'x-forwarded-for': address })
}

function wrong({ username }: { username: string }): Reader {
  return { username, password: 'not this one' }
}

/** Statuses of so many calls, one after the other. */
async function statusesOf(count: number, run: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = []
  for (let round = 0; round < count; round += 1) statuses.push((await run()).status)
  return statuses
}

/** A field of the RateLimit draft as its items: `"name";q=5;w=60`. */
function items(field: unknown): Record<string, Record<string, number>> {
  const parsed = String(field)
    .split(', ')
    .map((item) => {
      const [name = '', ...parameters] = item.split(';')
      expect(name).toMatch(/^"[a-z_]+"$/)
      const pairs = parameters.map((parameter) => {
        expect(parameter).toMatch(/^[a-z]+=\d+$/)
        const [key = '', value] = parameter.split('=')
        return [key, Number(value)] as const
      })
      return [name.slice(1, -1), Object.fromEntries(pairs)] as const
    })
  return Object.fromEntries(parsed)
}

describe('R1: wrong passwords for one account', () => {
  testOwnServer('are counted together, wherever they are tried', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_account=4/600' })
    const reader = await freshReader(base)
    const settings = settingsPage(await cookieOf(reader, base), base)
    const tries = [
      () => signIn(base, wrong(reader)),
      () => sendForm(loginPath, { ...wrong(reader) }, { base }),
      () =>
        settings.press(buttons.changePassword, {
          currentPassword: 'not this one',
          newPassword: freshPassword(),
        }),
      () => settings.press(buttons.deleteAccount, { currentPassword: 'not this one' }),
    ]
    for (const attempt of tries) expect((await attempt()).status).toBe(400)
    for (const attempt of tries) expect((await attempt()).status).toBe(429)
    expect((await signIn(base, reader)).status).toBe(429)
  })

  testOwnServer('from one address are counted over all accounts', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_address=4/600' })
    const guess = () => wrong({ username: freshName() })
    expect(await statusesOf(4, () => signIn(base, guess()))).toEqual([400, 400, 400, 400])
    expect((await signIn(base, guess())).status).toBe(429)
    expect((await sendForm(loginPath, { ...guess() }, { base })).status).toBe(429)
  })

  testOwnServer('from all addresses are counted together', async () => {
    const limits = { BARBELL_LIMITS: 'login_global=4/600', ...proxies }
    const { url: base } = await startOther(limits)
    const statuses: number[] = []
    for (const host of [1, 2, 3, 4, 5]) {
      const guess = wrong({ username: freshName() })
      statuses.push((await signInFrom(base, `203.0.113.${host}`, guess)).status)
    }
    expect(statuses).toEqual([400, 400, 400, 400, 429])
  })
})

describe('R1: other ways to try credentials', () => {
  testOwnServer(
    'refused API keys are counted for their address, then good ones wait too',
    async () => {
      const { url: base } = await startOther({ BARBELL_LIMITS: 'key_failures_address=3/600' })
      const { apiKey } = await freshSandbox(base)
      expect(await statusesOf(3, () => askWithKey(nobodysKey, base))).toEqual([401, 401, 401])
      expect(await statusesOf(2, () => askWithKey(nobodysKey, base))).toEqual([429, 429])
      expect((await askWithKey(apiKey, base)).status).toBe(429)
    },
  )

  testOwnServer('new accounts are counted for their address, by API and by page', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'register_address=2/600' })
    const fresh = () => ({ username: freshName(), password: freshPassword() })
    expect((await postJson(`${base}/auth/v1/register`, fresh())).status).toBe(201)
    expect((await sendForm('/register', fresh(), { base })).status).toBe(303)
    expect((await postJson(`${base}/auth/v1/register`, fresh())).status).toBe(429)
    expect((await sendForm('/register', fresh(), { base })).status).toBe(429)
  })

  testOwnServer('sandbox accounts are counted for their address', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'sandbox_address=2/600' })
    const open = () => call(`${base}/auth/v1/sandbox`, { method: 'POST' })
    expect(await statusesOf(3, open)).toEqual([201, 201, 429])
  })
})

describe('R2: guessing at one account', () => {
  testOwnServer(
    'by the defaults gets 10 tries in a quarter of an hour, from 50 addresses too',
    async () => {
      const { url: base } = await startOther(proxies)
      const reader = await freshReader(base)
      const statuses: number[] = []
      for (let host = 1; host <= 50; host += 1) {
        const answer = await signInFrom(base, `203.0.113.${host}`, wrong(reader))
        statuses.push(answer.status)
      }
      expect(statuses.filter((status) => status === 400)).toHaveLength(10)
      expect(statuses.slice(10)).toEqual(new Array<number>(40).fill(429))
    },
  )

  testOwnServer('does not lock its owner out for longer than the window', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_account=3/2' })
    const reader = await freshReader(base)
    const cookie = await cookieOf(reader, base)
    await statusesOf(4, () => signIn(base, wrong(reader)))
    const locked = await signIn(base, reader)
    expect(locked.status).toBe(429)
    const me = await call(`${base}/auth/v1/users/me`, { headers: { cookie } })
    expect(me.status).toBe(200) // who is signed in stays so
    await sleep(Number(locked.headers['retry-after']) * 1000)
    expect((await signIn(base, reader)).status).toBe(200)
  })

  testOwnServer('never gets more than the limit of a day, however patient', async () => {
    const limits = 'login_account=3/1,login_account_day=5/86400'
    const { url: base } = await startOther({ BARBELL_LIMITS: limits })
    const reader = await freshReader(base)
    const first = await statusesOf(3, () => signIn(base, wrong(reader)))
    await sleep(1_100)
    const second = await statusesOf(3, () => signIn(base, wrong(reader)))
    expect([...first, ...second]).toEqual([400, 400, 400, 400, 400, 429])
  })

  testOwnServer('starts anew once the owner was there', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_account=3/600' })
    const reader = await freshReader(base)
    for (let round = 0; round < 3; round += 1) {
      expect(await statusesOf(2, () => signIn(base, wrong(reader)))).toEqual([400, 400])
      expect((await signIn(base, reader)).status).toBe(200)
    }
  })
})

describe('R3: at the same time', () => {
  testOwnServer(
    '200 wrong passwords for one account: ten are compared, none is an error',
    async () => {
      const { url: base } = await startOther({ BARBELL_LIMITS: 'login_address=100000/600' })
      const reader = await freshReader(base)
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => signIn(base, wrong(reader))),
      )
      const statuses = answers.map(({ status }) => status)
      expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(10)
      expect(statuses.filter((status) => ![400, 429, 503].includes(status))).toEqual([])
    },
  )

  testOwnServer('30 sign-ins of one owner all succeed', async () => {
    const { url: base } = await startOther()
    const reader = await freshReader(base)
    const answers = await Promise.all(Array.from({ length: 30 }, () => signIn(base, reader)))
    const refused = answers.filter(({ status }) => status !== 200 && status !== 503)
    expect(refused.map(({ text }) => text)).toEqual([])
    expect(answers.some(({ status }) => status === 200)).toBe(true)
  })

  testOwnServer('200 refused keys: as many as the limit are looked at', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'key_failures_address=20/600' })
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => askWithKey(nobodysKey, base)),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(20)
    expect(statuses.filter((status) => status === 429)).toHaveLength(180)
  })
})

describe('R4: who is counted', () => {
  const claims = [
    'x-forwarded-for',
    'forwarded',
    'x-real-ip',
    'cf-connecting-ip',
    'true-client-ip',
    'x-client-ip',
    'via',
  ]

  testOwnServer('is the other end of the connection, whatever a header says', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_address=8/600' })
    const statuses: number[] = []
    for (const [index, name] of [...claims, ...claims].entries()) {
      const address = name === 'forwarded' ? `for=203.0.113.${index}` : `203.0.113.${index}`
      const guess = wrong({ username: freshName() })
      statuses.push((await signIn(base, guess, { [name]: address })).status)
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(8)
    expect(statuses.slice(8)).toEqual(new Array<number>(6).fill(429))
  })

  testOwnServer('behind a proxy of ours is the last address that is none of ours', async () => {
    const limits = { BARBELL_LIMITS: 'key_failures_address=1/600', ...proxies }
    const { url: base } = await startOther(limits)
    const refusedFrom = async (forwarded: string): Promise<number> => {
      const headers = { 'x-api-auth': nobodysKey, 'x-forwarded-for': forwarded }
      return (await call(`${base}/api/v1/me`, { headers })).status
    }
    expect(await refusedFrom('203.0.113.1')).toBe(401)
    expect(await refusedFrom('203.0.113.2')).toBe(401)
    expect(await refusedFrom('9.9.9.9, 203.0.113.1')).toBe(429)
    expect(await refusedFrom('203.0.113.1, 127.0.0.5')).toBe(429)
    expect(await refusedFrom('203.0.113.1:4711')).toBe(429)
  })

  testOwnServer('R5: counts IPv6 by its /64, and an IPv4 address in IPv6 as itself', async () => {
    const limits = { BARBELL_LIMITS: 'key_failures_address=1/600', ...proxies }
    const { url: base } = await startOther(limits)
    const refusedFrom = async (forwarded: string): Promise<number> => {
      const headers = { 'x-api-auth': nobodysKey, 'x-forwarded-for': forwarded }
      return (await call(`${base}/api/v1/me`, { headers })).status
    }
    expect(await refusedFrom('2001:db8:0:1::1')).toBe(401)
    expect(await refusedFrom('2001:0DB8:0000:0001:ffff::2')).toBe(429)
    expect(await refusedFrom('2001:db8:0:2::1')).toBe(401)
    expect(await refusedFrom('203.0.113.7')).toBe(401)
    expect(await refusedFrom('::ffff:203.0.113.7')).toBe(429)
    expect(await refusedFrom('::ffff:cb00:7107')).toBe(429)
    expect(await refusedFrom('::ffff:203.0.113.8')).toBe(401)
  })

  testOwnServer('R6: is one and the same where a proxy names nobody', async () => {
    const limits = { BARBELL_LIMITS: 'key_failures_address=1/600', ...proxies }
    const { url: base } = await startOther(limits)
    const statuses: number[] = []
    for (const forwarded of ['unknown', 'not an address', '999.1.1.1', '_hidden']) {
      const headers = { 'x-api-auth': nobodysKey, 'x-forwarded-for': forwarded }
      statuses.push((await call(`${base}/api/v1/me`, { headers })).status)
    }
    expect(statuses).toEqual([401, 429, 429, 429])
  })
})

describe('R7: how a limit stands', () => {
  test('is on every answer of the API, in the two fields of the draft', async () => {
    const { apiKey } = await freshSandbox()
    const answers = [await ask('/api/v1/ping'), await askWithKey(apiKey), await askWithKey('x')]
    for (const { headers } of answers) {
      const policies = items(headers['ratelimit-policy'])
      const states = items(headers['ratelimit'])
      expect(Object.keys(states).sort()).toEqual(Object.keys(policies).sort())
      for (const [name, { q = 0, w = 0 }] of Object.entries(policies)) {
        expect(states[name]?.['r']).toBeLessThan(q)
        expect(states[name]?.['t']).toBeLessThanOrEqual(w)
      }
    }
  })

  testOwnServer('a 429 says how long to wait, and waiting so long succeeds', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'api_key=2/2' })
    const { apiKey } = await freshSandbox(base)
    await statusesOf(2, () => askWithKey(apiKey, base))
    const refused = await askWithKey(apiKey, base)
    expect([refused.status, refused.json['code']]).toEqual([429, 'too_many_requests'])
    expect(refused.headers['retry-after']).toMatch(/^[12]$/)
    expect(items(refused.headers['ratelimit'])['api_key']).toMatchObject({ r: 0 })
    await sleep(Number(refused.headers['retry-after']) * 1000)
    expect((await askWithKey(apiKey, base)).status).toBe(200)
  })

  testOwnServer('a 429 of a page says it, too', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_address=1/60' })
    const guess = wrong({ username: freshName() })
    await sendForm(loginPath, { ...guess }, { base })
    const refused = await sendForm(loginPath, { ...guess }, { base })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('R8: while an account is locked', () => {
  testOwnServer('right and wrong passwords, and names of nobody, get one answer', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_account=3/600' })
    const reader = await freshReader(base)
    const nobody = wrong({ username: freshName() })
    for (const guess of [wrong(reader), nobody]) await statusesOf(3, () => signIn(base, guess))
    const answers = [
      await signIn(base, wrong(reader)),
      await signIn(base, reader),
      await signIn(base, nobody),
    ].map(withoutSeconds)
    expect(answers[0]).toMatchObject({ status: 429 })
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
  })

  /** The seconds until the lock ends go down between two answers. */
  function withoutSeconds(answer: Answer): unknown {
    return comparable({ ...answer, headers: { ...answer.headers, 'retry-after': 'soon' } })
  }
})
