import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PasswordPrompt, type Settings, answerSettings } from '#forms/settings.ts'
import { call } from '../../support/call.ts'
import { type TestClock, clockAt } from '../../support/clock.ts'
import { type Reader, registered, sandboxed, signedInCookie } from '../../support/readers.ts'
import { type TestServer, startServer } from '../../support/server.ts'

let server: TestServer
let clock: TestClock

beforeAll(async () => {
  clock = clockAt('2026-03-01T12:00:00Z')
  server = await startServer({ clock })
})
afterAll(() => server.stop())

/** What came of one request to the page. */
interface Answered {
  outcome: Settings | PasswordPrompt | Response
  status: number
  headers: Headers
}

const fromItsPage = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' }

async function send(request: Request): Promise<Answered> {
  const response: { status?: number; headers: Headers } = { headers: new Headers() }
  const page = {
    request,
    response,
    url: new URL(request.url),
    locals: { barbell: server.barbell, peerAddress: '127.0.0.1', requestId: randomUUID() },
  }
  const outcome = await answerSettings(page, clock)
  if (outcome instanceof Response) {
    return { outcome, status: outcome.status, headers: outcome.headers }
  }
  return { outcome, status: response.status ?? 200, headers: response.headers }
}

function open(cookie: string, query = ''): Promise<Answered> {
  return send(new Request(`${server.url}/dashboard/settings${query}`, { headers: { cookie } }))
}

/** Sends a form of the page as it is, with its token unless the fields have another. */
async function press(
  cookie: string,
  fields: Record<string, string>,
  headers: Record<string, string> = fromItsPage,
): Promise<Answered> {
  const { formToken } = settingsOf(await open(cookie))
  return send(
    new Request(`${server.url}/dashboard/settings`, {
      method: 'POST',
      headers: { cookie, ...headers },
      body: new URLSearchParams({ form_token: formToken, ...fields }),
    }),
  )
}

function settingsOf({ outcome }: Answered): Settings {
  if (outcome instanceof Response || outcome.kind !== 'settings') {
    throw new Error('not the settings')
  }
  return outcome
}

function promptOf({ outcome }: Answered): PasswordPrompt {
  if (outcome instanceof Response || outcome.kind !== 'password-prompt') {
    throw new Error('not the question for the password')
  }
  return outcome
}

function placeOf({ outcome }: Answered): string | null {
  return outcome instanceof Response ? outcome.headers.get('location') : null
}

async function someone(): Promise<{ reader: Reader; cookie: string }> {
  const reader = await registered(server.url)
  return { reader, cookie: await signedInCookie(server.url, reader) }
}

async function statusWithKey(apiKey: string | undefined): Promise<number> {
  const headers = { 'x-api-auth': apiKey ?? '' }
  return (await call(`${server.url}/api/v1/me`, { headers })).status
}

async function statusWithCookie(cookie: string): Promise<number> {
  return (await call(`${server.url}/auth/v1/users/me`, { headers: { cookie } })).status
}

/** Long enough for the password to be asked again, short enough for the session to go on. */
const passedSeconds = 15 * 60 + 1

describe('who may press', () => {
  test('H1: a stranger is led to the sign-in page, and nothing of it is kept', async () => {
    const answered = await open('')
    expect(answered.status).toBe(303)
    expect(placeOf(answered)).toBe('/login?next=%2Fdashboard%2Fsettings')
    expect(answered.headers.get('cache-control')).toBe('no-store')
  })

  test('H1: the page of a reader is not kept either', async () => {
    const { cookie } = await someone()
    expect((await open(cookie)).headers.get('cache-control')).toBe('no-store')
  })

  test.each([
    ['from another site', { ...fromItsPage, 'sec-fetch-site': 'cross-site' }],
    ['from another host of this site', { ...fromItsPage, 'sec-fetch-site': 'same-site' }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from a script of this site', { ...fromItsPage, 'sec-fetch-mode': 'cors' }],
    ['that does not say where it comes from', {}],
  ])('S10: a form %s is refused', async (_, headers) => {
    const { cookie } = await someone()
    expect((await press(cookie, { action: 'issue' }, headers)).status).toBe(403)
    expect(settingsOf(await open(cookie)).keys).toEqual([])
  })

  test('S10: a form with the token of another session is refused', async () => {
    const [mine, theirs] = [await someone(), await someone()]
    const { formToken } = settingsOf(await open(theirs.cookie))
    const answered = await press(mine.cookie, { action: 'issue', form_token: formToken })
    expect(answered.status).toBe(403)
  })

  test.each(['', 'nothing', 'constructor', '__proto__'])(
    'a button %j does nothing',
    async (action) => {
      const { cookie } = await someone()
      expect((await press(cookie, { action })).status).toBe(400)
    },
  )
})

describe('keys', () => {
  test('K2: a new key is in the answer to the press, and nowhere after it', async () => {
    const { cookie, reader } = await someone()
    const made = settingsOf(await press(cookie, { action: 'issue', label: 'laptop' }))
    expect(made.shownKey).toMatch(new RegExp(`^${reader.username}:[A-Za-z0-9]{16}$`))
    const later = settingsOf(await open(cookie))
    expect(later.keys).toMatchObject([{ label: 'laptop', hint: made.shownKey?.slice(-4) }])
    expect(JSON.stringify(later)).not.toContain(made.shownKey?.split(':')[1])
  })

  test.each([
    ['never', null],
    ['30', 30],
    ['90', 90],
    ['365', 365],
  ])('K16: of "expires %s" a key has that end', async (expires, days) => {
    const { cookie } = await someone()
    const { keys } = settingsOf(await press(cookie, { action: 'issue', expires }))
    const end = days === null ? null : clock.nowMs() + days * 24 * 60 * 60 * 1000
    expect(keys[0]?.expiresAtMs).toBe(end)
    expect(keys[0]?.endsSoon).toBe(false)
  })

  test('K16: a key says that it ends soon from a week before', async () => {
    const { reader, cookie } = await someone()
    await press(cookie, { action: 'issue', expires: '30' })
    const endsSoonOn = { 22: false, 24: true }
    let passedDays = 0
    for (const [day, endsSoon] of Object.entries(endsSoonOn)) {
      clock.pass((Number(day) - passedDays) * 24 * 60 * 60)
      passedDays = Number(day)
      const { keys } = settingsOf(await open(await signedInCookie(server.url, reader)))
      expect(keys[0]?.endsSoon, `day ${day}`).toBe(endsSoon)
    }
  })

  test.each([
    { action: 'issue', expires: '0' },
    { action: 'issue', expires: '-1' },
    { action: 'issue', expires: 'constructor' },
    { action: 'replace', overlap: '1e9' },
  ])('what the form does not offer is refused: %j', async (fields) => {
    const { cookie } = await someone()
    expect((await press(cookie, fields)).status).toBe(422)
    expect(settingsOf(await open(cookie)).keys).toEqual([])
  })

  test('a label that cannot be is refused at its field, and stands there again', async () => {
    const { cookie } = await someone()
    const label = 'x'.repeat(65)
    const answered = await press(cookie, { action: 'issue', label })
    expect(answered.status).toBe(422)
    const { problem, typedLabel } = settingsOf(answered)
    expect(problem?.fields.has('label')).toBe(true)
    expect(typedLabel).toBe(label)
  })

  test('an account has 5 keys, and the sixth is refused', async () => {
    const { cookie } = await someone()
    for (let count = 0; count < 5; count += 1) await press(cookie, { action: 'issue' })
    const sixth = await press(cookie, { action: 'issue' })
    expect(sixth.status).toBe(409)
    expect(settingsOf(sixth).keys).toHaveLength(5)
  })

  test.each([
    ['now', 0],
    ['1h', 60 * 60],
    ['24h', 24 * 60 * 60],
  ])(
    'K10: replaced with overlap %s, the old key ends after that time',
    async (overlap, seconds) => {
      const { cookie } = await someone()
      const old = settingsOf(await press(cookie, { action: 'issue', label: 'robot' }))
      const keyId = old.keys[0]?.id ?? ''
      const made = settingsOf(await press(cookie, { action: 'replace', key_id: keyId, overlap }))
      expect(made.shownKey).not.toBe(old.shownKey)
      const ends = made.keys.map(({ label, expiresAtMs }) => [label, expiresAtMs])
      const successor = ['robot', null]
      const beside = [['robot', clock.nowMs() + seconds * 1000]]
      expect(ends).toEqual(seconds === 0 ? [successor] : [successor, ...beside])
      expect(await statusWithKey(made.shownKey)).toBe(200)
      expect(await statusWithKey(old.shownKey)).toBe(seconds === 0 ? 401 : 200)
    },
  )

  test('K11: a revoked key is refused from the next request on', async () => {
    const { cookie } = await someone()
    const { keys, shownKey } = settingsOf(await press(cookie, { action: 'issue' }))
    const answered = await press(cookie, { action: 'revoke', key_id: keys[0]?.id ?? '' })
    expect(answered.status).toBe(303)
    expect(placeOf(answered)).toBe('/dashboard/settings?done=key-revoked')
    expect(await statusWithKey(shownKey)).toBe(401)
  })

  test('K11, S10: a page that stays where it is may press as well, by navigation only', async () => {
    const { cookie } = await someone()
    const { keys, shownKey } = settingsOf(await press(cookie, { action: 'issue' }))
    const fields = { action: 'revoke', key_id: keys[0]?.id ?? '', stay: 'yes' }
    const scripted = await press(cookie, fields, { ...fromItsPage, 'sec-fetch-mode': 'cors' })
    expect(scripted.status).toBe(403)
    expect(await statusWithKey(shownKey)).toBe(200)
    const answered = await press(cookie, fields)
    expect(answered.status).toBe(204)
    expect(answered.headers.get('cache-control')).toBe('no-store')
    expect(await statusWithKey(shownKey)).toBe(401)
  })

  test('K6: a foreign key is answered as one that is not', async () => {
    const [mine, theirs] = [await someone(), await someone()]
    const { keys, shownKey } = settingsOf(await press(theirs.cookie, { action: 'issue' }))
    for (const action of ['replace', 'revoke']) {
      const answers = []
      for (const keyId of [keys[0]?.id ?? '', 'AAAAAAAAAAAAAAAAAAAAAA', '']) {
        const answered = await press(mine.cookie, { action, key_id: keyId })
        answers.push([answered.status, settingsOf(answered).problem])
      }
      expect(answers[0]?.[0]).toBe(404)
      expect(answers[1]).toEqual(answers[0])
      expect(answers[2]).toEqual(answers[0])
    }
    expect(await statusWithKey(shownKey)).toBe(200)
  })

  test('K7: whatever owner the form names, it is the one of the session', async () => {
    const [mine, theirs] = [await someone(), await someone()]
    const claimed = {
      username: theirs.reader.username,
      owner: theirs.reader.username,
      account_id: settingsOf(await open(theirs.cookie)).account.id,
    }
    const made = settingsOf(await press(mine.cookie, { action: 'issue', ...claimed }))
    expect(made.account.username).toBe(mine.reader.username)
    expect(made.shownKey?.split(':')[0]).toBe(mine.reader.username)
    expect(settingsOf(await open(theirs.cookie)).keys).toEqual([])
  })
})

describe('K13: a password that was given lately', () => {
  test('is not asked for right after signing in', async () => {
    const { cookie } = await someone()
    expect(settingsOf(await press(cookie, { action: 'issue' })).shownKey).toBeDefined()
  })

  test.each(['issue', 'replace', 'revoke', 'end-session', 'end-others'])(
    'is wanted for "%s": 403, and nothing is done',
    async (action) => {
      const { reader, cookie } = await someone()
      const other = await signedInCookie(server.url, reader)
      const { keys, sessions } = settingsOf(await press(cookie, { action: 'issue' }))
      const session = sessions.find(({ isThis }) => !isThis)
      clock.pass(passedSeconds)
      const answered = await press(cookie, {
        action,
        key_id: keys[0]?.id ?? '',
        session_id: session?.id ?? '',
      })
      expect(answered.status).toBe(403)
      expect(promptOf(answered).problem).toBeUndefined()
      expect(settingsOf(await open(cookie)).keys).toEqual(keys)
      expect(await statusWithCookie(other)).toBe(200)
    },
  )

  test('is not wanted for signing out', async () => {
    const { cookie } = await someone()
    clock.pass(passedSeconds)
    expect(placeOf(await press(cookie, { action: 'sign-out' }))).toBe('/login')
    expect(await statusWithCookie(cookie)).toBe(401)
  })

  test('the press is repeated with it, and then it is not asked for again', async () => {
    const { reader, cookie } = await someone()
    clock.pass(passedSeconds)
    const prompt = promptOf(
      await press(cookie, { action: 'issue', label: 'night shift', expires: '90' }),
    )
    expect(prompt.repeated).toEqual([
      ['action', 'issue'],
      ['label', 'night shift'],
      ['expires', '90'],
    ])
    const repeated = Object.fromEntries(prompt.repeated)
    const made = settingsOf(await press(cookie, { ...repeated, confirm_password: reader.password }))
    expect(made.keys).toMatchObject([{ label: 'night shift' }])
    expect(settingsOf(await press(cookie, { action: 'issue' })).shownKey).toBeDefined()
  })

  test('a wrong one does nothing, and asks again', async () => {
    const { cookie } = await someone()
    clock.pass(passedSeconds)
    const answered = await press(cookie, { action: 'issue', confirm_password: 'not this one' })
    expect(answered.status).toBe(400)
    expect(promptOf(answered).problem?.fields.get('confirm_password')).toMatch(/not your password/)
    expect(settingsOf(await open(cookie)).keys).toEqual([])
  })

  test('no secret of the press stands in the page that asks', async () => {
    const { cookie } = await someone()
    clock.pass(passedSeconds)
    const prompt = await press(cookie, {
      action: 'issue',
      confirm_password: 'canary one',
      password: 'canary two',
      new_password: 'canary three',
    })
    expect(JSON.stringify(promptOf(prompt))).not.toContain('canary')
  })

  test('the forms that take it themselves are not stopped by the question', async () => {
    const { reader, cookie } = await someone()
    clock.pass(passedSeconds)
    const answered = await press(cookie, {
      action: 'change-password',
      current_password: reader.password,
      new_password: 'a loud thawing lake',
    })
    expect(placeOf(answered)).toBe('/dashboard/settings?done=password-changed')
  })
})

describe('sessions', () => {
  test('U14: are listed with this one marked, and end at a press', async () => {
    const { reader, cookie } = await someone()
    const other = await signedInCookie(server.url, reader)
    const { sessions } = settingsOf(await open(cookie))
    expect(sessions.map(({ isThis }) => isThis).sort()).toEqual([false, true])
    const theOther = sessions.find(({ isThis }) => !isThis)
    const answered = await press(cookie, { action: 'end-session', session_id: theOther?.id ?? '' })
    expect(placeOf(answered)).toBe('/dashboard/settings?done=session-ended')
    expect(await statusWithCookie(other)).toBe(401)
    expect(await statusWithCookie(cookie)).toBe(200)
  })

  test('U14: all others end at one press', async () => {
    const { reader, cookie } = await someone()
    const others = [
      await signedInCookie(server.url, reader),
      await signedInCookie(server.url, reader),
    ]
    expect((await press(cookie, { action: 'end-others' })).status).toBe(303)
    for (const other of others) expect(await statusWithCookie(other)).toBe(401)
    expect(await statusWithCookie(cookie)).toBe(200)
  })

  test('T6: to end this one is to sign out', async () => {
    const { cookie } = await someone()
    const [session] = settingsOf(await open(cookie)).sessions
    const answered = await press(cookie, { action: 'end-session', session_id: session?.id ?? '' })
    expect(placeOf(answered)).toBe('/login')
    expect(answered.headers.get('set-cookie')).toMatch(/^access_token=;.*Max-Age=0/)
    expect(await statusWithCookie(cookie)).toBe(401)
  })

  test('U14: one of another account goes on, and the answer is as for one that is not', async () => {
    const [mine, theirs] = [await someone(), await someone()]
    const [session] = settingsOf(await open(theirs.cookie)).sessions
    const places = []
    for (const sessionId of [session?.id ?? '', 'AAAAAAAAAAAAAAAAAAAAAA']) {
      places.push(
        placeOf(await press(mine.cookie, { action: 'end-session', session_id: sessionId })),
      )
    }
    expect(places[0]).toBe(places[1])
    expect(await statusWithCookie(theirs.cookie)).toBe(200)
  })
})

describe('U11: the password', () => {
  const newPassword = 'a loud thawing lake'

  test('is changed, which ends every other session and keeps the keys', async () => {
    const { reader, cookie } = await someone()
    const other = await signedInCookie(server.url, reader)
    const { shownKey } = settingsOf(await press(cookie, { action: 'issue' }))
    await press(cookie, {
      action: 'change-password',
      current_password: reader.password,
      new_password: newPassword,
    })
    expect(await statusWithCookie(other)).toBe(401)
    expect(await statusWithCookie(cookie)).toBe(200)
    expect(await statusWithKey(shownKey)).toBe(200)
    await signedInCookie(server.url, { ...reader, password: newPassword })
  })

  test('revokes the keys with it where that is ticked', async () => {
    const { reader, cookie } = await someone()
    const { shownKey } = settingsOf(await press(cookie, { action: 'issue' }))
    const answered = await press(cookie, {
      action: 'change-password',
      current_password: reader.password,
      new_password: newPassword,
      revoke_keys: 'on',
    })
    expect(placeOf(answered)).toBe('/dashboard/settings?done=password-changed-keys-revoked')
    expect(await statusWithKey(shownKey)).toBe(401)
  })

  test.each([
    ['the current one is wrong', { current_password: 'not this one' }, 400, 'current_password'],
    ['the new one is too short', { new_password: 'short' }, 422, 'new_password'],
    ['a field is missing', { current_password: '' }, 400, 'current_password'],
  ])('stays where %s, which is told at its field', async (_, given, status, field) => {
    const { reader, cookie } = await someone()
    const answered = await press(cookie, {
      action: 'change-password',
      current_password: reader.password,
      new_password: newPassword,
      ...given,
    })
    expect(answered.status).toBe(status)
    expect([...(settingsOf(answered).problem?.fields.keys() ?? [])]).toEqual([field])
    await signedInCookie(server.url, reader)
  })
})

describe('U13: the account', () => {
  test('is deleted by its password: signed out, and its key is refused', async () => {
    const { reader, cookie } = await someone()
    const { shownKey } = settingsOf(await press(cookie, { action: 'issue' }))
    const answered = await press(cookie, { action: 'delete-account', password: reader.password })
    expect(placeOf(answered)).toBe('/')
    expect(answered.headers.get('set-cookie')).toMatch(/^access_token=;.*Max-Age=0/)
    expect(await statusWithCookie(cookie)).toBe(401)
    expect(await statusWithKey(shownKey)).toBe(401)
  })

  test('stays where the password is wrong', async () => {
    const { cookie } = await someone()
    const answered = await press(cookie, { action: 'delete-account', password: 'not this one' })
    expect(answered.status).toBe(400)
    expect(settingsOf(answered).problem?.fields.has('password')).toBe(true)
    expect(await statusWithCookie(cookie)).toBe(200)
  })

  test('of a sandbox keeps its password and ends by itself', async () => {
    const reader = await sandboxed(server.url)
    const cookie = await signedInCookie(server.url, reader)
    for (const fields of [
      { action: 'delete-account', password: reader.password },
      {
        action: 'change-password',
        current_password: reader.password,
        new_password: 'a loud thawing lake',
      },
    ]) {
      expect((await press(cookie, fields)).status).toBe(403)
    }
    await signedInCookie(server.url, reader)
  })
})

describe('a sandbox account', () => {
  const chosen = {
    action: 'keep-account',
    username: 'Ada-Kept',
    password: 'a violet barbell sings',
  }

  test('is kept under the name and password of its form, and signed in anew', async () => {
    const guest = await sandboxed(server.url)
    const old = await signedInCookie(server.url, guest)
    const answered = await press(old, chosen)
    expect(placeOf(answered)).toBe('/dashboard/settings?done=account-kept')
    const [cookie = ''] = answered.headers.get('set-cookie')?.split(';') ?? []
    const { account, keys, notice } = settingsOf(await open(cookie, '?done=account-kept'))
    expect(account).toMatchObject({ username: 'Ada-Kept', kind: 'own', expiresAtMs: null })
    expect(keys).toEqual([])
    expect(notice).toMatch(/yours to keep/)
    expect(await statusWithCookie(old)).toBe(401)
    expect(await statusWithKey(guest.apiKey)).toBe(401)
  })

  test('is told what is wrong at its fields, with the name as it was typed and no password', async () => {
    const cookie = await signedInCookie(server.url, await sandboxed(server.url))
    const answered = await press(cookie, { ...chosen, username: 'a b', password: 'short' })
    expect(answered.status).toBe(422)
    const { problem, typedName, account } = settingsOf(answered)
    expect([...(problem?.fields.keys() ?? [])]).toEqual(['username', 'password'])
    expect(typedName).toBe('a b')
    expect(account.kind).toBe('sandbox')
    expect(JSON.stringify(answered.outcome)).not.toContain('short')
  })

  test('cannot take a name that is taken', async () => {
    const { reader } = await someone()
    const cookie = await signedInCookie(server.url, await sandboxed(server.url))
    const answered = await press(cookie, { ...chosen, username: reader.username })
    expect(answered.status).toBe(409)
    expect(settingsOf(answered).account.kind).toBe('sandbox')
  })

  test('is the only kind that can be kept', async () => {
    const { cookie } = await someone()
    const answered = await press(cookie, { ...chosen, username: 'Another-Name' })
    expect(answered.status).toBe(403)
    expect(settingsOf(await open(cookie)).account.username).not.toBe('Another-Name')
  })
})

describe('usage', () => {
  test('shows the calls of each key and of tokens, by their answers, and refused credentials nowhere', async () => {
    const { cookie } = await someone()
    const { shownKey = '' } = settingsOf(await press(cookie, { action: 'issue' }))
    const { keys } = settingsOf(await open(cookie))
    await statusWithKey(shownKey)
    await call(`${server.url}/api/v1/images?limit=none`, { headers: { 'x-api-auth': shownKey } })
    await statusWithKey(shownKey.replace(/.$/, '~'))
    await call(`${server.url}/internal/v1/batches`, { headers: { cookie } })
    await statusWithCookie(cookie)

    const sumOf = async (query: string) => settingsOf(await open(cookie, query)).usage.chart.sum
    expect(await sumOf('')).toEqual({ accepted: 2, refused: 1, limited: 0, failed: 0 })
    const ofKey = await sumOf(`?usage_of=${keys[0]?.id ?? ''}`)
    expect(ofKey).toEqual({ accepted: 1, refused: 1, limited: 0, failed: 0 })
    expect((await sumOf('?usage_of=token&over=30-days-by-day')).accepted).toBe(1)
  })

  test('names who made the calls, most first, and those of keys that have ended together', async () => {
    const { cookie } = await someone()
    const issue = async (label: string) =>
      settingsOf(await press(cookie, { action: 'issue', label })).shownKey
    const [ended, robot] = [await issue('ended'), await issue('robot')]
    await statusWithKey(ended)
    for (let count = 0; count < 3; count += 1) await statusWithKey(robot)
    await call(`${server.url}/internal/v1/batches`, { headers: { cookie } })
    await call(`${server.url}/internal/v1/batches`, { headers: { cookie } })
    const { keys } = settingsOf(await open(cookie))
    const keyId = keys.find(({ label }) => label === 'ended')?.id ?? ''
    await press(cookie, { action: 'revoke', key_id: keyId })

    const { callers } = settingsOf(await open(cookie)).usage
    expect(callers.map(({ label, counts }) => [label, counts.accepted])).toEqual([
      [`robot, ending in ${robot?.slice(-4)}`, 3],
      ['Tokens', 2],
      ['Keys that have ended', 1],
    ])
    expect(settingsOf(await open(cookie, '?usage_of=token')).usage.callers).toEqual([])
  })

  test('is that of the reader’s own account, over 7 or 30 days, whatever the address says', async () => {
    const other = await someone()
    const { shownKey } = settingsOf(await press(other.cookie, { action: 'issue' }))
    await statusWithKey(shownKey)
    const { keys } = settingsOf(await open(other.cookie))
    const { cookie } = await someone()
    const foreign = settingsOf(
      await open(cookie, `?usage_of=${keys[0]?.id ?? ''}&over=365-days`),
    ).usage
    expect(foreign.chosen).toBe('all')
    expect([foreign.chart.days, foreign.chart.total]).toEqual([7, 0])
    expect(settingsOf(await open(cookie, '?over=30-days-by-day')).usage.chart.bars).toHaveLength(30)
  })
})

describe('L3: recent activity', () => {
  test('tells what was done and what was refused, newest first, from where', async () => {
    const { reader, cookie } = await someone()
    await call(`${server.url}/auth/v1/token`, {
      body: { username: reader.username, password: 'not this one' },
    })
    await press(cookie, { action: 'issue' })
    const { activity } = settingsOf(await open(cookie))
    expect(activity.map(({ sentence }) => sentence)).toEqual([
      'An API key was made.',
      'A sign-in was refused.',
      'Signed in.',
      'The account was made.',
    ])
    expect(activity.every(({ address }) => address === '127.0.0.1')).toBe(true)
  })

  test('has 20 events at most', async () => {
    const { cookie } = await someone()
    for (let count = 0; count < 11; count += 1) {
      const { keys } = settingsOf(await press(cookie, { action: 'issue' }))
      await press(cookie, { action: 'revoke', key_id: keys[0]?.id ?? '' })
    }
    expect(settingsOf(await open(cookie)).activity).toHaveLength(20)
  })
})

test('the notice in the address is one of ours or none', async () => {
  const { cookie } = await someone()
  expect(settingsOf(await open(cookie, '?done=key-revoked')).notice).toMatch(/revoked/)
  for (const done of ['', 'constructor', 'Call%20us%20at%20555']) {
    expect(settingsOf(await open(cookie, `?done=${done}`)).notice).toBeUndefined()
  }
})
