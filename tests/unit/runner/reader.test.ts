import { execFileSync } from 'node:child_process'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Reader,
  SandboxUnavailable,
  TabReader,
  environmentOf,
  fillIn,
  needsReader,
} from '#runner/reader.ts'

const origin = 'https://docs.example'
const reader: Reader = {
  kind: 'sandbox',
  username: 'sandbox-1',
  password: 'p"\'`\\ ${x}\n{y}ü😀\u2028',
  apiKey: 'sandbox-1:0123456789abcdef',
  expiresAt: null,
}

function evaluated(literal: string): unknown {
  return runInNewContext(literal)
}

describe('placeholders', () => {
  test('become the account, whole and in parts', () => {
    const code = '"myUsername:myLongKeyGoesHere" "myUsername" "myLongKeyGoesHere"'
    expect(fillIn(code, reader, origin)).toBe(
      '"sandbox-1:0123456789abcdef" "sandbox-1" "0123456789abcdef"',
    )
  })

  test('stay where the reader gave nothing', () => {
    const code = '"myUsername" "myPassword" "myUsername:myLongKeyGoesHere"'
    expect(fillIn(code, null, origin)).toBe(code)
    expect(fillIn(code, { ...reader, apiKey: null }, origin)).toContain('myLongKeyGoesHere')
  })

  test('are whole words', () => {
    expect(fillIn('myUsernames notmyUsername', reader, origin)).toBe('myUsernames notmyUsername')
  })

  test('of the origin become the real one, and another site stays', () => {
    const code = 'https://barbell.example/api https://barbell.example.org https://barbell.example-x'
    expect(fillIn(code, null, origin)).toBe(
      'https://docs.example/api https://barbell.example.org https://barbell.example-x',
    )
  })

  test.each(['"myPassword"', "'myPassword'", '`myPassword`'])(
    '%s reads as the password',
    (text) => {
      expect(evaluated(fillIn(text, reader, origin))).toBe(reader.password)
    },
  )

  test('read as the same text in Python, in every kind of quotes', () => {
    const literals = ['"myPassword"', "'myPassword'", '"""myPassword"""', 'f"myPassword"']
    const code = `print([ascii(x) for x in [${literals.join(', ')}]])`
    const printed = execFileSync('python3', ['-c', fillIn(code, reader, origin)], {
      encoding: 'utf8',
    })
    const expected = execFileSync(
      'python3',
      ['-c', 'import sys; print([ascii(sys.argv[1])] * 4)', reader.password ?? ''],
      { encoding: 'utf8' },
    )
    expect(printed).toBe(expected)
  })

  test('never add a line, and read as they are in JavaScript, whatever the password', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (password) => {
        const filled = fillIn('a\n"myPassword"', { ...reader, password }, origin)
        expect(filled.split(/[\n\r\u2028\u2029]/)).toHaveLength(2)
        expect(evaluated(filled.slice(2))).toBe(password)
      }),
    )
  })
})

test('a sample needs an account when it says something about who runs it', () => {
  expect(needsReader('x = "myUsername"')).toBe(true)
  expect(needsReader('os.environ["BARBELL_API_KEY"]')).toBe(true)
  expect(needsReader('requests.get(os.environ["BARBELL_URL"] + "/api/v1/ping")')).toBe(false)
})

test('the environment holds what there is', () => {
  expect(environmentOf(null, origin)).toEqual({ BARBELL_URL: origin })
  expect(environmentOf({ ...reader, password: null }, origin)).toEqual({
    BARBELL_URL: origin,
    BARBELL_USERNAME: 'sandbox-1',
    BARBELL_API_KEY: 'sandbox-1:0123456789abcdef',
  })
})

describe('the reader of a tab', () => {
  const sandbox = {
    username: 'u',
    password: 'p',
    api_key: 'u:k',
    expires_at: '2030-01-01T00:00:00Z',
  }
  const answering = (body: unknown, init?: ResponseInit) =>
    new TabReader(() => Promise.resolve(Response.json(body, init)))

  test('is nobody at first, then the sandbox account, then nobody', async () => {
    const tab = answering(sandbox, { status: 201 })
    const seen: (string | undefined)[] = []
    tab.addEventListener('change', () => seen.push(tab.current?.username))
    expect(tab.current).toBeNull()
    await tab.useSandbox()
    expect(tab.current).toMatchObject({
      kind: 'sandbox',
      apiKey: 'u:k',
      expiresAt: sandbox.expires_at,
    })
    tab.forget()
    expect(seen).toEqual(['u', undefined])
  })

  test.each([
    [{ title: 'Slow down' }, { status: 429, headers: { 'retry-after': '60' } }, /in 60 seconds/],
    [{ title: 'Closed' }, { status: 503 }, /Closed/],
    [{ username: 'u' }, { status: 201 }, /status 201/],
    [null, { status: 200 }, /status 200/],
  ])('stays who it was when the server answers %j', async (body, init, text) => {
    const tab = answering(body, init)
    await expect(tab.useSandbox()).rejects.toThrow(text)
    await expect(tab.useSandbox()).rejects.toBeInstanceOf(SandboxUnavailable)
    expect(tab.current).toBeNull()
  })

  test('hears that the server is away', async () => {
    const tab = new TabReader(() => Promise.reject(new TypeError('Failed to fetch')))
    await expect(tab.useSandbox()).rejects.toThrow('offline')
  })

  test.each([
    [
      { username: 'me', password: 'p', key: '' },
      { password: 'p', apiKey: null },
    ],
    [
      { username: 'me', password: '', key: '0123456789abcdef' },
      { apiKey: 'me:0123456789abcdef', password: null },
    ],
    [
      { username: ' me ', password: '', key: 'me:0123456789abcdef' },
      { username: 'me', apiKey: 'me:0123456789abcdef' },
    ],
  ])('takes an own account: %j', (input, expected) => {
    expect(answering(null).useOwn(input)).toMatchObject({ kind: 'own', ...expected })
  })

  test.each([
    [{ username: '', password: 'p', key: '' }, /username/],
    [{ username: 'me', password: '', key: '' }, /password, an API key/],
    [{ username: 'me', password: '', key: 'other:0123456789abcdef' }, /colon and 16/],
    [{ username: 'me', password: '', key: 'short' }, /colon and 16/],
  ])('says what is wrong with %j', (input, text) => {
    expect(() => answering(null).useOwn(input)).toThrow(text)
  })
})
