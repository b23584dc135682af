import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Reader, SandboxReader } from '../support/readers.ts'
import { openPage, sendForm } from './browser.ts'
import { rawRequest, sendRaw } from './raw-socket.ts'
import {
  buttons,
  settingsPage,
  type SettingsPage,
  settingsPath,
  shownKey,
} from './settings-page.ts'
import {
  ask,
  askWhoIs,
  askWithKey,
  comparable,
  cookieOf,
  freshReader,
  freshSandbox,
  isOwnServer,
  serverLog,
  testOwnServer,
} from './target.ts'
import { isSeenEveryTime, mannWhitneyP, median, timeInPairs } from './timing.ts'

const pairs = isOwnServer ? 1000 : 40 // of calls to compare in time
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

let reader: Reader
let cookie: string
let settings: SettingsPage
let sandbox: SandboxReader

beforeAll(async () => {
  reader = await freshReader()
  cookie = await cookieOf(reader)
  settings = settingsPage(cookie)
  sandbox = await freshSandbox()
})

/** Someone with an account and a session. */
async function freshOwner(): Promise<{ reader: Reader; cookie: string; settings: SettingsPage }> {
  const owner = await freshReader()
  const theirCookie = await cookieOf(owner)
  return { reader: owner, cookie: theirCookie, settings: settingsPage(theirCookie) }
}

/** A key with its owner, so that the limit of one account is not met. */
async function freshKey() {
  const owner = await freshOwner()
  return { ...owner, apiKey: await owner.settings.getKey() }
}

function secretOf(apiKey: string): string {
  return apiKey.slice(apiKey.indexOf(':') + 1)
}

function withOther(character: string): string {
  return character === 'a' ? 'b' : 'a'
}

describe('K1: new keys', () => {
  testOwnServer('are 16 characters of the alphabet, all different, none preferred', async () => {
    const owner = await freshOwner()
    const secrets: string[] = []
    for (let round = 0; round < 80; round += 1) {
      secrets.push(secretOf(await owner.settings.getKey()))
      await owner.settings.press(buttons.revokeKey)
    }
    for (const secret of secrets) expect(secret).toMatch(/^[0-9A-Za-z]{16}$/)
    expect(new Set(secrets).size).toBe(secrets.length)
    expect(chiSquare(secrets.join(''))).toBeLessThan(124) // p = 3e-6 with 61 degrees of freedom
  })

  function chiSquare(text: string): number {
    const expected = text.length / alphabet.length
    return Array.from(alphabet)
      .map((character) => text.split(character).length - 1)
      .reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  }
})

describe('K2: a whole key', () => {
  test('is in the answer that makes it and in no later one', async () => {
    const owner = await freshKey()
    const secret = secretOf(owner.apiKey)
    const page = await owner.settings.open()
    expect(page.text).toContain(secret.slice(-4))
    const answers = [
      page,
      await askWhoIs({ cookie: owner.cookie }),
      await askWithKey(owner.apiKey),
      await owner.settings.press(buttons.revokeKey),
    ]
    for (const { text, headers } of answers) {
      expect(text).not.toContain(secret)
      expect(JSON.stringify(headers)).not.toContain(secret)
    }
  })
})

describe('K4: comparing a key', () => {
  test('takes the same time if none of its characters is right or 15 of 16', async () => {
    const secret = secretOf(sandbox.apiKey)
    const none = secret.replaceAll(/./g, withOther)
    const allButOne = secret.slice(0, 15) + withOther(secret.charAt(15))
    const wrong = (key: string) => () => askWithKey(`${sandbox.username}:${key}`)
    const differs = async (): Promise<boolean> => {
      const { first, second } = await timeInPairs(pairs, wrong(none), wrong(allButOne))
      return mannWhitneyP(first, second) < 0.01
    }
    expect(await isSeenEveryTime(differs)).toBe(false)
  })
})

describe('K5: a refused key', () => {
  test('gets one answer: unknown user, wrong, foreign, replaced, revoked and malformed', async () => {
    const owner = await freshKey()
    const { settings: own, apiKey: replaced } = owner
    const revoked = shownKey(await own.press(buttons.replaceKey)) ?? ''
    await own.press(buttons.revokeKey)

    const unknownUser = await askWithKey('nobody-of-this-name:0123456789abcdef')
    expect([unknownUser.status, unknownUser.json['code']]).toEqual([401, 'invalid_api_key'])
    const others = [
      `${owner.reader.username}:0123456789abcdef`,
      `${owner.reader.username}:${secretOf(sandbox.apiKey)}`,
      replaced,
      revoked,
      'malformed',
    ]
    for (const apiKey of others) {
      expect(comparable(await askWithKey(apiKey)), apiKey).toEqual(comparable(unknownUser))
    }
  })

  test('takes as long for a known user as for an unknown one', async () => {
    const differs = async (): Promise<boolean> => {
      const { first, second } = await timeInPairs(
        pairs,
        () => askWithKey(`${sandbox.username}:0123456789abcdef`),
        () => askWithKey('sandbox-nobodyxx:0123456789abcdef'),
      )
      const gapMs = Math.abs(median(first) - median(second))
      return gapMs >= 2 && mannWhitneyP(first, second) < 0.01
    }
    expect(await isSeenEveryTime(differs)).toBe(false)
  })
})

describe('K6: a key and its owner', () => {
  test('another name with this key opens nothing', async () => {
    const other = await freshSandbox()
    const mixed = `${other.username}:${secretOf(sandbox.apiKey)}`
    expect((await askWithKey(mixed)).status).toBe(401)
    expect((await askWithKey(sandbox.apiKey)).json['username']).toBe(sandbox.username)
  })

  const managing = [buttons.replaceKey, buttons.revokeKey]
  test.each(managing)('%s answers to a foreign key as to none', async (button) => {
    const owner = await freshKey()
    const { settings: own } = await freshKey()
    const [foreign = ''] = await owner.settings.keyIds()
    const pressFor = (id: string) => own.press(button, { besides: { key_id: id } })
    const answers = [
      await pressFor(foreign),
      await pressFor(Array.from(foreign).toReversed().join('')),
      await pressFor(''),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      expect(withoutToken(answer.text)).toBe(withoutToken(answers[0]?.text ?? ''))
      expect(shownKey(answer)).toBeUndefined()
    }
    expect(await own.keyIds()).not.toContain(foreign)
    expect((await askWithKey(owner.apiKey)).status).toBe(200)
  })

  function withoutToken(html: string): string {
    return html.replace(/name="form_token" value="[^"]*"/g, '')
  }
})

describe('K7: whose key it is', () => {
  test('is decided by the session, whatever the form says besides', async () => {
    const victim = await freshOwner()
    const owner = await freshOwner()
    const claimed = {
      userId: victim.reader.username,
      username: victim.reader.username,
      owner: victim.reader.username,
      account_id: victim.reader.username,
      accountId: victim.reader.username,
      role: 'admin',
      rateLimit: '1000000',
    }
    const apiKey = await owner.settings.getKey({ besides: claimed })
    expect(apiKey.split(':')[0]).toBe(owner.reader.username)
    const answer = await owner.settings.press(buttons.replaceKey, { besides: claimed })
    expect(shownKey(answer)?.split(':')[0]).toBe(owner.reader.username)
    await owner.settings.press(buttons.revokeKey, { besides: claimed })
    expect(await owner.settings.keyIds()).toEqual([])
    expect(await victim.settings.keyIds()).toEqual([])
  })

  test.each(['issue', 'replace', 'revoke'])(
    'without a session %s leads to the sign-in page',
    async (action) => {
      for (const sent of [{}, { cookie: 'access_token=x.y.z' }]) {
        const answer = await sendForm(settingsPath, { action, form_token: 'x' }, sent)
        expect(answer.status).toBe(303)
        expect(answer.headers.location).toMatch(/\/login\?next=/)
        expect(shownKey(answer)).toBeUndefined()
      }
    },
  )
})

describe('K8: the key header', () => {
  const malformed = (): [string, string][] => {
    const [name = '', secret = ''] = sandbox.apiKey.split(':')
    const good = sandbox.apiKey
    return [
      ['is empty', 'x-api-auth:'],
      ['is a colon', 'x-api-auth: :'],
      ['has no key', `x-api-auth: ${name}:`],
      ['has no name', `x-api-auth: :${secret}`],
      ['has no colon', `x-api-auth: ${name}${secret}`],
      ['has two colons', `x-api-auth: ${name}:${secret}:`],
      ['has a colon in its key', `x-api-auth: ${name}:${secret.slice(0, 8)}:${secret.slice(8)}`],
      ['has 15 characters', `x-api-auth: ${name}:${secret.slice(0, 15)}`],
      ['has 17 characters', `x-api-auth: ${name}:${secret}a`],
      ['has a space after its colon', `x-api-auth: ${name}: ${secret}`],
      ['has a space before its colon', `x-api-auth: ${name} :${secret}`],
      ['has a tab in it', `x-api-auth: ${name}:\t${secret}`],
      ['is quoted', `x-api-auth: "${good}"`],
      ['has a quoted key', `x-api-auth: ${name}:"${secret}"`],
      ['is percent-encoded', `x-api-auth: ${name}%3A${secret}`],
      ['has a scheme', `x-api-auth: ApiKey ${good}`],
      ['has an 8 KiB name', `x-api-auth: ${'a'.repeat(8 * 1024)}:${secret}`],
      ['has an 8 KiB key', `x-api-auth: ${name}:${secret.repeat(512)}`],
      ['has bytes beyond ASCII', `x-api-auth: ${name}\xfc:${secret}`],
      ['is joined by a comma', `x-api-auth: ${good}, ${good}`],
      ['is joined by a comma without a space', `x-api-auth: ${good},${good}`],
      ['comes twice, the same', `x-api-auth: ${good}\r\nx-api-auth: ${good}`],
      ['comes twice, good first', `x-api-auth: ${good}\r\nx-api-auth: a:b`],
      ['comes twice, good last', `X-API-AUTH: a:b\r\nx-api-auth: ${good}`],
      ['comes twice, empty first', `x-api-auth:\r\nx-api-auth: ${good}`],
    ]
  }

  test('a value that is not exactly a name, a colon and 16 characters is a 401', async () => {
    for (const [what, lines] of malformed()) {
      const { status } = await sendRaw(rawRequest('GET /api/v1/me', [lines]))
      expect(status, what).toBe(401)
    }
  })

  test('a value with a character that no header has is a 400 of the parser', async () => {
    for (const character of ['\0', '\x01', '\x7f']) {
      const lines = [`x-api-auth: ${sandbox.apiKey}${character}`]
      expect((await sendRaw(rawRequest('GET /api/v1/me', lines))).status).toBe(400)
    }
  })

  test('white space around the value is none of it (RFC 9110 section 5.5)', async () => {
    const lines = [`x-api-auth: \t ${sandbox.apiKey} \t `]
    expect((await sendRaw(rawRequest('GET /api/v1/me', lines))).status).toBe(200)
  })
})

describe('K9: a name', () => {
  const strange = [
    'a:b',
    'ünï',
    'a\u202eb',
    'a\u200bbc',
    'abc\n',
    'a bc',
    'a\0bc',
    'ａdmin',
    'a/bc',
  ]
  test.each(strange)('%j is refused, and says which field', async (username) => {
    const answer = await ask('/auth/v1/register', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: 'a quiet frozen lake' }),
    })
    expect(answer.status).toBe(422)
    expect(answer.json['errors']).toMatchObject([{ field: 'username' }])
  })
})

describe('K10: a replaced key', () => {
  test('works beside its successor during the hour that its owner gave it', async () => {
    const owner = await freshKey()
    const answer = await owner.settings.press(buttons.replaceKey, { chosen: [/1 hour/] })
    const successor = shownKey(answer) ?? ''
    expect((await askWithKey(owner.apiKey)).status).toBe(200)
    expect((await askWithKey(successor)).status).toBe(200)
  })

  test('is refused at once if no overlap was chosen', async () => {
    const owner = await freshKey()
    const successor = shownKey(await owner.settings.press(buttons.replaceKey)) ?? ''
    expect((await askWithKey(owner.apiKey)).status).toBe(401)
    expect((await askWithKey(successor)).status).toBe(200)
  })
})

describe('K11: a revoked key', () => {
  test('is refused by every request that is sent after the answer', async () => {
    const owner = await freshKey()
    const revoke = await owner.settings.fieldsFor(buttons.revokeKey)
    let isRevoked = false
    let isOver = false
    const before: number[] = []
    const after: number[] = []
    const traffic = Array.from({ length: 5 }, async () => {
      while (!isOver) {
        const list = isRevoked ? after : before
        list.push((await askWithKey(owner.apiKey)).status)
        await sleep(50)
      }
    })
    await sleep(500)
    await sendForm(settingsPath, revoke, { cookie: owner.cookie })
    isRevoked = true
    await sleep(500)
    isOver = true
    await Promise.all(traffic)
    expect(before[0]).toBe(200)
    expect(new Set(after)).toEqual(new Set([401]))
    expect(after.length).toBeGreaterThan(10)
  })
})

describe('K13: managing keys', () => {
  test('takes a session: neither an API key nor a Bearer token opens the page', async () => {
    const bearer = cookie.slice('access_token='.length)
    const credentials: Record<string, string>[] = [
      { 'x-api-auth': sandbox.apiKey },
      { authorization: `Bearer ${bearer}` },
    ]
    for (const credential of credentials) {
      const answer = await sendForm(settingsPath, { action: 'issue' }, { headers: credential })
      expect(answer.status).toBe(303)
      expect(shownKey(answer)).toBeUndefined()
    }
  })

  test('takes a person: a script of the page, or a request without its form token, gets a 403', async () => {
    const good = await settings.fieldsFor(buttons.getKey)
    const { form_token: own, ...without } = good
    const foreign = await (await freshOwner()).settings.fieldsFor(buttons.getKey)
    expect(foreign['form_token']).not.toBe(own)
    const refused = [
      await sendForm(settingsPath, good, { cookie, headers: { 'sec-fetch-mode': 'cors' } }),
      await sendForm(settingsPath, without, { cookie }),
      await sendForm(settingsPath, foreign, { cookie }),
      await ask(settingsPath, { body: good, headers: { cookie } }),
    ]
    for (const answer of refused) {
      expect(answer.status).toBe(403)
      expect(shownKey(answer)).toBeUndefined()
    }
  })

  test('the public API has no way to a key: what it shows of one is four characters', async () => {
    const { json } = await askWithKey(sandbox.apiKey)
    const key = json['key'] as Record<string, unknown>
    expect(key['hint']).toBe(sandbox.apiKey.slice(-4))
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const headers = { 'x-api-auth': sandbox.apiKey }
      expect((await ask('/api/v1/me', { method, headers })).status).toBe(405)
    }
  })
})

describe('K14: simultaneous presses', () => {
  test('of 20 for the same replacement one makes a successor', async () => {
    const owner = await freshKey()
    const fields = await owner.settings.fieldsFor(buttons.replaceKey)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sendForm(settingsPath, fields, { cookie: owner.cookie })),
    )
    expect(answers.filter((answer) => shownKey(answer) !== undefined)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19)
    expect(await owner.settings.keyIds()).toHaveLength(1)
  })

  test('of 20 for a new key five make one', async () => {
    const owner = await freshOwner()
    const fields = await owner.settings.fieldsFor(buttons.getKey)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sendForm(settingsPath, fields, { cookie: owner.cookie })),
    )
    const made = answers.flatMap((answer) => shownKey(answer) ?? [])
    expect(new Set(made).size).toBe(5)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(15)
    expect(await owner.settings.keyIds()).toHaveLength(5)
    for (const apiKey of made) expect((await askWithKey(apiKey)).status).toBe(200)
  })
})

describe('K15: a key outside its header', () => {
  const names = ['api_key', 'x-api-auth', 'apikey', 'key']

  test('in the query opens nothing', async () => {
    for (const name of names) {
      const answer = await ask(`/api/v1/me?${name}=${encodeURIComponent(sandbox.apiKey)}`)
      expect([answer.status, answer.json['code']], name).toEqual([401, 'missing_api_key'])
    }
  })

  test('in a cookie, in a form and in Authorization opens nothing', async () => {
    const cookies = names.map((name) => `${name}=${sandbox.apiKey}`).join('; ')
    const basic = Buffer.from(sandbox.apiKey).toString('base64')
    for (const headers of [
      { cookie: cookies },
      { authorization: `Basic ${basic}` },
      { authorization: `ApiKey ${sandbox.apiKey}` },
    ]) {
      expect((await ask('/api/v1/me', { headers })).status).toBe(401)
    }
    const body = Object.fromEntries(names.map((name) => [name, sandbox.apiKey]))
    expect((await ask('/api/v1/me', { method: 'GET', body })).status).toBeOneOf([400, 401])
  })

  testOwnServer('in the query is not logged', async () => {
    await ask(`/api/v1/me?api_key=${sandbox.apiKey}`)
    await openPage(`${settingsPath}?api_key=${sandbox.apiKey}`)
    expect(await serverLog()).not.toContain(secretOf(sandbox.apiKey))
  })
})

describe('K16: a key with an end', () => {
  test('shows it, and works until then', async () => {
    const owner = await freshOwner()
    const apiKey = await owner.settings.getKey({
      chosen: [/30 days/],
      written: [[/label/i, 'nightly job']],
    })
    expect((await askWithKey(apiKey)).status).toBe(200)
    const { text } = await owner.settings.open()
    expect(text).toContain('nightly job')
    expect(text).toContain(inThirtyDays())
  })

  function inThirtyDays(): string {
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' })
    return day.format(Date.now() + 30 * 24 * 60 * 60 * 1000)
  }
})
