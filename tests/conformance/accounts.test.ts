import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Answer, call, postJson } from '../support/call.ts'
import { type Reader, signIn } from '../support/readers.ts'
import { openPage, sendForm } from './browser.ts'
import { buttons, settingsPage, settingsPath } from './settings-page.ts'
import {
  askWhoIs,
  askWithKey,
  comparable,
  cookieOf,
  freshName,
  freshPassword,
  freshReader,
  isOwnServer,
  startOther,
  testOwnServer,
  url,
} from './target.ts'
import { isSeenEveryTime, mannWhitneyP, median, quantile, timeInPairs } from './timing.ts'

function register(reader: Reader, base: string = url): Promise<Answer> {
  return postJson(`${base}/auth/v1/register`, reader)
}

function fieldsOf(answer: Answer): string[] {
  const errors = (answer.json['errors'] ?? []) as { field: string }[]
  return errors.map(({ field }) => field)
}

describe('U1: a password', () => {
  test.each([
    ['64 emoji', '🦉'.repeat(64)],
    ['spaces within', 'a b  c   d'],
    ['64 accented letters', 'é'.repeat(60) + 'òûïå'],
    ['1,024 characters', 'quiet lake '.repeat(94).slice(0, 1024)],
    ['letters only', 'unremarkablesentence'],
    ['8 characters', 'vq7#Lm0z'],
  ])('of %s signs in', async (_, password) => {
    const reader = await freshReader(url, { password })
    expect((await signIn(url, reader)).status).toBe(200)
  })

  test.each([
    ['7 characters', 'vq7#Lm0', /8 characters/],
    ['7 emoji, which are 28 bytes', '🦉🐢🐝🦀🐙🦑🐳', /8 characters/],
    ['1,025 characters', 'quiet lake '.repeat(94).slice(0, 1025), /1024 characters/],
  ])('of %s is refused, with the rule', async (_, password, rule) => {
    const answer = await register({ username: freshName(), password })
    expect(answer.status).toBe(422)
    expect(fieldsOf(answer)).toEqual(['password'])
    expect(answer.text).toMatch(rule)
  })
})

describe('U2: every character counts', () => {
  const password = `${freshPassword()} ${'and so on, '.repeat(10)}`.slice(0, 100)

  test('of a password of 100: its beginnings and its continuation are wrong', async () => {
    const reader = await freshReader(url, { password })
    const wrong = [
      password.slice(0, 72),
      password.slice(0, 99),
      `${password}x`,
      password.toUpperCase(),
      `${password} `,
    ]
    for (const guess of wrong) {
      const answer = await signIn(url, { ...reader, password: guess })
      expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_grant'])
    }
    expect((await signIn(url, reader)).status).toBe(200)
  })

  test('a zero byte, which no form carries, is refused when it is chosen', async () => {
    const answer = await register({ username: freshName(), password: `quiet\0${freshPassword()}` })
    expect([answer.status, ...fieldsOf(answer)]).toEqual([422, 'password'])
  })

  test('one written in another Unicode form is the same (NFC)', async () => {
    const typed = `${freshPassword()} é`
    const reader = await freshReader(url, { password: typed.normalize('NFC') })
    const decomposed = { ...reader, password: typed.normalize('NFD') }
    expect((await signIn(url, decomposed)).status).toBe(200)
  })
})

describe('whether a user exists', () => {
  const pairs = isOwnServer ? 20 : 10

  /**
   * Whether a wrong password takes 5 % longer or shorter for a known than for an unknown user, and more so
   * than chance explains: on a busy machine medians alone are apart by that much.
   */
  async function differs(username: string, password: string): Promise<boolean> {
    const { first, second } = await timeInPairs(
      pairs,
      () => signIn(url, { username, password }),
      () => signIn(url, { username: freshName(), password }),
    )
    const gapMs = Math.abs(median(first) - median(second))
    return gapMs >= 0.05 * median(first) && mannWhitneyP(first, second) < 0.01
  }

  test('U4: does not show in the time of a wrong password', async () => {
    const { username } = await freshReader()
    expect(await isSeenEveryTime(() => differs(username, 'not this one'))).toBe(false)
  })

  test.each([73, 10_000])('U3: nor in that of one of %i bytes', async (length) => {
    const { username } = await freshReader()
    expect(await isSeenEveryTime(() => differs(username, 'x'.repeat(length)))).toBe(false)
  })

  test('U4: does not show in the answer', async () => {
    const { username } = await freshReader()
    const known = await signIn(url, { username, password: 'not this one' })
    const unknown = await signIn(url, { username: freshName(), password: 'not this one' })
    const impossible = await signIn(url, { username: 'a:b', password: 'not this one' })
    expect(comparable(unknown)).toEqual(comparable(known))
    expect(comparable(impossible)).toEqual(comparable(known))
  })
})

describe('U5: a password that is guessed first', () => {
  test.each(['password', 'password123456789', '123456789', 'qwertyuiop', 'Password123!'])(
    '%s is refused as a common one',
    async (password) => {
      const answer = await register({ username: freshName(), password })
      expect([answer.status, ...fieldsOf(answer)]).toEqual([422, 'password'])
    },
  )

  test('the name of the site or of its owner with a number is refused', async () => {
    const username = freshName()
    for (const password of ['barbell2026', 'Barbell123!', username, `${username}1`]) {
      const answer = await register({ username, password })
      expect([answer.status, ...fieldsOf(answer)], password).toEqual([422, 'password'])
    }
  })
})

describe('U7: while passwords are being compared', () => {
  testOwnServer('others are answered, and what is too much is told to come back', async () => {
    const { url: base } = await startOther({
      BARBELL_LIMITS: 'login_address=100000/60,login_global=100000/60,api_address=100000/60',
    })
    const logins = Promise.all(
      Array.from({ length: 200 }, () =>
        signIn(base, { username: freshName(), password: 'not this one' }),
      ),
    )
    const healthMs = await healthTimes(base, logins)
    const answers = await logins
    const kinds = new Set(answers.map(({ status }) => status))
    expect([...kinds].sort()).toEqual([400, 503])
    const refused = answers.filter(({ status }) => status === 503)
    for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(quantile(healthMs, 0.99)).toBeLessThan(100)
  })

  /** Milliseconds of each `GET /healthz`, asked again and again until something is done. */
  async function healthTimes(base: string, done: Promise<unknown>): Promise<number[]> {
    const stop = new AbortController()
    void done.finally(() => stop.abort())
    const times: number[] = []
    while (!stop.signal.aborted) {
      const start = performance.now()
      expect((await call(`${base}/healthz`)).status).toBe(200)
      times.push(performance.now() - start)
      await sleep(20)
    }
    return times
  }
})

describe('U8: a name', () => {
  test('in other letters is the same account', async () => {
    const reader = await freshReader()
    const shouted = { ...reader, username: reader.username.toUpperCase() }
    expect((await register(shouted)).status).toBe(409)
    expect((await signIn(url, shouted)).json['username']).toBe(reader.username)
  })

  test.each([
    'ａdmin-name',
    'аdmin-name',
    'admin-name.',
    'admin-name ',
    ' admin-name',
    'admin_name\u0301',
  ])('%j, which looks like another, is refused', async (username) => {
    const answer = await register({ username, password: freshPassword() })
    expect([answer.status, ...fieldsOf(answer)]).toEqual([422, 'username'])
  })

  testOwnServer('is counted once, however it is written', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'login_account=4/600' })
    const { username } = await freshReader(base)
    const spellings = [
      username,
      username.toUpperCase(),
      username,
      `C${username.slice(1)}`,
      username,
    ]
    const statuses: number[] = []
    for (const spelling of spellings) {
      statuses.push((await signIn(base, { username: spelling, password: 'wrong' })).status)
    }
    expect(statuses).toEqual([400, 400, 400, 400, 429])
  })
})

describe('U9: simultaneous registrations', () => {
  test('of one name make one account, whose password is the one that was accepted', async () => {
    const username = freshName()
    const attempts = Array.from({ length: isOwnServer ? 50 : 5 }, (_, index) => ({
      username: index % 2 === 0 ? username : username.toUpperCase(),
      password: `${freshPassword()} ${index}`,
    }))
    const answers = await Promise.all(attempts.map((reader) => registerPatiently(reader)))
    const made = answers.flatMap(({ status }, index) => (status === 201 ? [index] : []))
    expect(made).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(attempts.length - 1)
    const winner = attempts[made[0] ?? 0]
    expect(winner && (await signIn(url, winner)).status).toBe(200)
  })

  /** Comes back when the server has too much to do, as it says. */
  async function registerPatiently(reader: Reader): Promise<Answer> {
    for (;;) {
      const answer = await register(reader)
      if (answer.status !== 503) return answer
      const waitMs = Number(answer.headers['retry-after']) * 1000
      await sleep(waitMs)
    }
  }
})

describe('U10: which names are taken', () => {
  testOwnServer('may be asked 20 times an hour from one address', async () => {
    const { url: base } = await startOther()
    const reader = await freshReader(base)
    const statuses: number[] = []
    for (let round = 0; round < 20; round += 1) {
      statuses.push((await register(reader, base)).status)
    }
    expect(statuses).toEqual([...new Array<number>(19).fill(409), 429])
  })

  testOwnServer('nor is there a faster way: the button beside the name counts too', async () => {
    const { url: base } = await startOther()
    const reader = await freshReader(base)
    const statuses: number[] = []
    for (let round = 0; round < 10; round += 1) {
      statuses.push((await ask(reader.username, base)).status)
      statuses.push((await register(reader, base)).status)
    }
    expect(statuses).toEqual([...new Array<number>(19).fill(409), 429])
    expect((await ask(freshName(), base)).status).toBe(429)
  })

  testOwnServer('asking takes as long as being refused the name', async () => {
    const { url: base } = await startOther({ BARBELL_LIMITS: 'register_address=100000/60' })
    const reader = await freshReader(base)
    const isFaster = async (): Promise<boolean> => {
      const { first, second } = await timeInPairs(
        20,
        () => ask(reader.username, base),
        () => register(reader, base),
      )
      return median(first) < 0.8 * median(second) && mannWhitneyP(first, second) < 0.01
    }
    expect(await isSeenEveryTime(isFaster)).toBe(false)
  })

  test('a script cannot press that button', async () => {
    const headers = { 'sec-fetch-mode': 'cors' }
    const answer = await sendForm('/register', { username: freshName(), ask: 'name' }, { headers })
    expect(answer.status).toBe(403)
  })

  /** Presses "Is it free?". */
  function ask(username: string, base: string): Promise<Answer> {
    return sendForm('/register', { username, password: '', ask: 'name' }, { base })
  }
})

describe('U11: a new password', () => {
  test('needs the one before', async () => {
    const reader = await freshReader()
    const settings = settingsPage(await cookieOf(reader))
    const changed = await settings.press(buttons.changePassword, {
      currentPassword: 'not this one',
      newPassword: freshPassword(),
    })
    expect(changed.status).toBe(400)
    expect((await signIn(url, reader)).status).toBe(200)
  })

  test('is held to the same rules', async () => {
    const reader = await freshReader()
    const settings = settingsPage(await cookieOf(reader))
    for (const password of ['short', 'password123456789', `${reader.username}1`]) {
      const answer = await settings.press(buttons.changePassword, {
        currentPassword: reader.password,
        newPassword: password,
      })
      expect(answer.status, password).toBe(422)
    }
    expect((await signIn(url, reader)).status).toBe(200)
  })

  test('ends every other session at once, and this one goes on', async () => {
    const reader = await freshReader()
    const [own, other] = [await cookieOf(reader), await cookieOf(reader)]
    const bearer = { authorization: `Bearer ${other.slice('access_token='.length)}` }
    const password = freshPassword()
    await settingsPage(own).press(buttons.changePassword, {
      currentPassword: reader.password,
      newPassword: password,
    })
    expect((await askWhoIs({ cookie: other })).status).toBe(401)
    expect((await askWhoIs(bearer)).status).toBe(401)
    expect((await askWhoIs({ cookie: own })).status).toBe(200)
    expect((await signIn(url, reader)).status).toBe(400)
    expect((await signIn(url, { ...reader, password })).status).toBe(200)
  })

  test.each([
    ['keeps the keys', [], 200],
    ['revokes the keys if asked to', [/revoke my API keys/i], 401],
  ])('%s', async (_, chosen, status) => {
    const reader = await freshReader()
    const settings = settingsPage(await cookieOf(reader))
    const apiKey = await settings.getKey()
    await settings.press(buttons.changePassword, {
      currentPassword: reader.password,
      newPassword: freshPassword(),
      chosen,
    })
    expect((await askWithKey(apiKey)).status).toBe(status)
  })
})

describe('U12: from the start', () => {
  const usual: Reader[] = ['admin', 'root', 'test', 'user', 'barbell', 'demo'].flatMap((name) =>
    [name, 'password'].map((password) => ({ username: name, password })),
  )

  test('nobody can sign in by a usual name and password', async () => {
    for (const reader of usual) expect((await signIn(url, reader)).status).toBe(400)
  })

  test.each([
    ['/login', 'current-password'],
    ['/register', 'new-password'],
  ])(
    '%s is a form that password managers fill, and nothing is hinted or kept from pasting',
    async (path, kind) => {
      const { text } = await openPage(path)
      expect(inputNamed(text, 'username')).toContain('autocomplete="username"')
      const password = inputNamed(text, 'password')
      expect(password).toContain(`autocomplete="${kind}"`)
      expect(password).toContain('type="password"')
      expect(password).not.toMatch(/maxlength|placeholder|onpaste|pattern=/)
    },
  )

  test('a wrong password does not stand in the form again', async () => {
    const { username } = await freshReader()
    const { status, text } = await sendForm('/login', { username, password: 'wrong & shown?' })
    expect(status).toBe(400)
    expect(text).toContain(username)
    expect(text).not.toContain('shown?')
  })

  function inputNamed(html: string, name: string): string {
    const inputs = html.match(/<input\b[^>]*>/g) ?? []
    return inputs.find((input) => input.includes(`name="${name}"`)) ?? ''
  }
})

describe('U13: a deleted account', () => {
  test('needs its password', async () => {
    const reader = await freshReader()
    const cookie = await cookieOf(reader)
    const answer = await settingsPage(cookie).press(buttons.deleteAccount, {
      currentPassword: 'not this one',
    })
    expect(answer.status).toBe(400)
    expect((await askWhoIs({ cookie })).status).toBe(200)
  })

  test('leaves no session and no key, and its name inherits nothing', async () => {
    const reader = await freshReader()
    const [cookie, other] = [await cookieOf(reader), await cookieOf(reader)]
    const settings = settingsPage(cookie)
    const apiKey = await settings.getKey()
    const gone = await settings.press(buttons.deleteAccount, { currentPassword: reader.password })
    expect(gone.status).toBe(303)
    expect(gone.cookies.join()).toMatch(/^access_token=;.*Max-Age=0/)

    const again = { ...reader, password: freshPassword() }
    for (const attempt of ['deleted', 'registered again']) {
      expect((await askWhoIs({ cookie })).status, attempt).toBe(401)
      expect((await askWhoIs({ cookie: other })).status, attempt).toBe(401)
      expect((await askWithKey(apiKey)).status, attempt).toBe(401)
      expect((await signIn(url, reader)).status, attempt).toBe(400)
      if (attempt === 'deleted') expect((await register(again)).status).toBe(201)
    }
    expect(await settingsPage(await cookieOf(again)).keyIds()).toEqual([])
  })
})

describe('U14: sessions', () => {
  test('are listed for their owner, who ends one', async () => {
    const reader = await freshReader()
    const [own, other] = [await cookieOf(reader), await cookieOf(reader)]
    await settingsPage(own).press(buttons.endSession)
    const states = [await askWhoIs({ cookie: own }), await askWhoIs({ cookie: other })]
    expect(states.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  test('of others all end at one press', async () => {
    const reader = await freshReader()
    const own = await cookieOf(reader)
    const others = [await cookieOf(reader), await cookieOf(reader)]
    await settingsPage(own).press(buttons.endOthers)
    for (const cookie of others) expect((await askWhoIs({ cookie })).status).toBe(401)
    expect((await askWhoIs({ cookie: own })).status).toBe(200)
  })

  test('of another account cannot be ended', async () => {
    const [victim, attacker] = [await freshReader(), await freshReader()]
    const [victims, theirs] = [await cookieOf(victim), await cookieOf(victim)]
    const foreign = await settingsPage(victims).fieldsFor(buttons.endSession)
    const own = await cookieOf(attacker)
    await cookieOf(attacker) // a second session, so that there is one to end
    const { form_token: formToken = '' } = await settingsPage(own).fieldsFor(buttons.endSession)
    await sendForm(settingsPath, { ...foreign, form_token: formToken }, { cookie: own })
    for (const cookie of [victims, theirs]) {
      expect((await askWhoIs({ cookie })).status).toBe(200)
    }
  })
})
