import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { readRecordedOutput } from '#build/samples/recorded-output.ts'
import { type Verdict, checkSamples } from '../samples/check-samples.ts'
import { failureText } from '../samples/report.ts'
import { readSamplePages, samplesOf } from '../samples/samples-in-pages.ts'
import { openStage } from '../samples/stage.ts'

const faults = fileURLToPath(new URL('../samples/faults', import.meta.url))
const command = fileURLToPath(new URL('../samples/samples.ts', import.meta.url))
const startMs = 240_000

/** What the command prints, errors included, and how it ends. */
async function runCommand(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [command, ...args])
  const ended = once(child, 'exit') as Promise<[number | null]>
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out: out + err }
}

describe('a fault in a sample is reported at its line', { timeout: startMs }, () => {
  let verdicts: Verdict[]
  beforeAll(async () => {
    const stage = await openStage()
    try {
      const samples = samplesOf(readSamplePages({ folder: faults }))
      verdicts = await checkSamples(samples, stage, { records: 'ignore' })
    } finally {
      await stage.close()
    }
  }, startMs)

  /** The sample's failures in a word: its line, and what is wrong. */
  const failuresOf = (id: string) =>
    verdictOf(id).failures.map(({ line, problem }) => `${line ?? '-'}: ${problem}`)
  const verdictOf = (id: string): Verdict => {
    const found = verdicts.find(({ sample }) => sample.fence.id === id)
    if (found) return found
    throw new TypeError(`no sample ${id}`)
  }

  test.each([
    [
      'an address that no program knows, in Python',
      'python-api-key-header',
      4,
      /Invalid URL 'my_endpoint'/,
    ],
    [
      'a brace that is not closed, in JavaScript',
      'js-api-key-header',
      7,
      /SyntaxError: Unexpected token '\)'/,
    ],
    ['a relative address in Python', 'python-token-request', 5, /Invalid URL 'auth\/v1\/token'/],
    ['a relative address in JavaScript', 'javascript-token-request', 4, /Failed to parse URL/],
  ])('of the first authentication page: %s', (_, id, line, problem) => {
    expect(verdictOf(id).failures).toEqual([
      expect.objectContaining({ line, problem: expect.stringMatching(problem) as string }),
    ])
  })

  test('an unclosed brace', () => {
    expect(failuresOf('unclosed-brace')).toEqual(["4: SyntaxError: Unexpected token ')'"])
    expect(failureText(verdictOf('unclosed-brace'))).toContain('a bracket, a quote or a comma')
  })

  test('an undefined name', () => {
    expect(failuresOf('undefined-name')).toEqual([
      expect.stringMatching(/^4: NameError: name 'respons' is not defined/),
    ])
  })

  test('a relative address', () => {
    expect(failuresOf('relative-url')).toEqual([expect.stringMatching(/^3: .*No scheme supplied/)])
    expect(failureText(verdictOf('relative-url'))).toContain('Write the whole address')
  })

  test('a lost cookie, in either tab', () => {
    const problem =
      '5: GET /internal/v1/batches was answered with 401 missing_token, and no error is expected.'
    expect(failuresOf('lost-cookie')).toEqual([problem])
    expect(failureText(verdictOf('lost-cookie'))).toContain('one requests.Session')
  })

  test('a key in the wrong header', () => {
    expect(failuresOf('wrong-header')).toEqual([
      '1: GET /api/v1/me was answered with 401 missing_api_key, and no error is expected.',
    ])
    expect(failureText(verdictOf('wrong-header'))).toContain('from the header x-api-auth')
  })

  test('one tab edited and the other forgotten, with both beside each other', () => {
    expect(failuresOf('edited')).toEqual([])
    expect(failuresOf('forgotten')).toEqual([
      '1: Its first request is not the one of Python (line 5).',
    ])
    expect(failureText(verdictOf('forgotten'))).toMatch(/≠ query {6}limit=5 +limit=3\n/)
  })

  test('a header that only one tab sends', () => {
    expect(failureText(verdictOf('forgotten-too'))).toMatch(/≠ sent with {2}x-api-auth\n/)
    expect(verdictOf('forgotten-too').failures.map(({ line }) => line)).toEqual([1, 1])
  })

  test('GET in one tab and POST in the other', () => {
    expect(failureText(verdictOf('post'))).toMatch(/≠ method {5}GET +POST\n/)
    expect(failuresOf('get')).toEqual([
      '3: GET /auth/v1/token was answered with 405 invalid_request, and no error is expected.',
    ])
  })

  test('another status than the fence expects', () => {
    expect(failuresOf('wrong-expect')).toEqual([
      '4: GET /api/v1/me was answered with 401, and expect="200 200" says 200.',
    ])
    expect(failureText(verdictOf('wrong-expect'))).toContain('expect="200 401"')
  })

  test('code that is only shown and is no code of its language', () => {
    expect(failuresOf('shown-only')).toEqual(["3: SyntaxError: expected ':'"])
    expect(failuresOf('shown-json')).toEqual([expect.stringMatching(/^3: SyntaxError/)])
  })

  test('with page, line of the fence, line in the sample, the line itself and the exchange', () => {
    expect(failureText(verdictOf('wrong-header')).split('\n').slice(0, 5)).toEqual([
      expect.stringMatching(/faults\/classic\.mdx:44: sample wrong-header, line 1$/),
      '  In Node and the runner: GET /api/v1/me was answered with 401 missing_api_key, and no error is expected.',
      "  1 | const response = await fetch('https://barbell.example/api/v1/me', {",
      '    GET /api/v1/me (without key or token)',
      expect.stringMatching(/^ {6}401 \{.*"code":"missing_api_key"/),
    ])
  })

  test('and no report holds a secret of the account that ran it', () => {
    const reports = verdicts.map(failureText).join('\n')
    expect(reports).not.toMatch(/sandbox-(?!example)[a-z0-9]{8}/)
    expect(reports).not.toMatch(/password=(?!myPassword)/)
  })
})

describe('the command', { timeout: startMs }, () => {
  test('ends with 0 where all samples of a page do what they promise', async () => {
    const { code, out } = await runCommand('--page', 'docs/introduction')
    expect(out).toMatch(/2 samples passed, 0 failed, in [\d.]+ s$/m)
    expect(code).toBe(0)
  })

  test('ends with 1 where one does not, and says which', async () => {
    const { code, out } = await runCommand('--folder', faults, '--page', 'seed')
    expect(out).toContain('seed.mdx:12: sample js-api-key-header, line 7\n')
    expect(out).toMatch(/^0 samples passed, 4 failed/m)
    expect(code).toBe(1)
  })

  test('says what it can be asked for', async () => {
    const { code, out } = await runCommand('--help')
    for (const option of ['--page', '--only', '--update', '--watch', '--folder']) {
      expect(out).toContain(`\n  ${option} `)
    }
    expect(code).toBe(0)
  })

  test('says which languages there are when it is asked for another', async () => {
    const { code, out } = await runCommand('--only', 'cobol')
    expect(out).toContain('No sample is in cobol. There are: bash, javascript, python.')
    expect(code).toBe(2)
  })

  test('says which pages there are when it is asked for another', async () => {
    const { code, out } = await runCommand('--page', 'docs/nothing')
    expect(out).toContain('There is no page "docs/nothing". There are: docs/auth,')
    expect(code).toBe(2)
  })
})

test('a reader finds the languages in the same order on every page', () => {
  const order = ['python', 'javascript', 'bash']
  const groups = Map.groupBy(
    samplesOf(readSamplePages({ folder: 'content' })),
    ({ group }) => group,
  )
  expect(groups.size).toBeGreaterThan(10)
  for (const samples of groups.values()) {
    const languages = samples.map(({ fence }) => fence.language)
    const known = languages.filter((language) => order.includes(language))
    expect(known).toEqual(order.filter((language) => known.includes(language)))
  }
})

describe('the recorded outputs', () => {
  const paths = globSync('content/snippets/_recorded/**/*.json')

  test('are there for every sample that runs, and for no other', () => {
    const samples = samplesOf(readSamplePages({ folder: 'content' }))
    const ran = samples.filter(
      ({ page, fence }) =>
        !page.isMade &&
        fence.attributes.run !== 'off' &&
        /^(?:python|javascript|bash)$/.test(fence.language),
    )
    const wanted = ran.map(
      ({ page, group, fence }) => `${page.name}/${group.name}/${fence.language}.json`,
    )
    const found = paths.map((path) => path.replace('content/snippets/_recorded/', ''))
    expect(found.sort()).toEqual(wanted.sort())
  })

  test.each(paths)('%s holds no name, key, password or token of anybody', (path) => {
    const { text: printed, exchanges } = readRecordedOutput(path) ?? { text: '', exchanges: [] }
    const all = [printed, ...exchanges.map((exchange) => exchange.path)].join('\n')
    expect(all).not.toMatch(/\bsandbox-(?!example\b)\w+/)
    expect(all).not.toMatch(/\beyJ[\w-]{4,}/)
    expect(all).not.toMatch(/\b[\w-]{3,32}:(?!myLongKeyGoesHere)[A-Za-z0-9]{16}\b/)
    // A password of a sandbox account is 24 letters and digits; no word of ours is that long.
    expect(all).not.toMatch(/\b[A-Za-z0-9]{24,}\b/)
    expect(all).not.toMatch(/127\.0\.0\.1|localhost/)
  })
})

test('the record of a sample is what a reader sees', () => {
  const record = JSON.parse(
    readFileSync('content/snippets/_recorded/docs/auth/apiKeyHeader/python.json', 'utf8'),
  ) as unknown
  expect(record).toMatchObject({
    text: '200 myUsername\n',
    exchanges: [{ method: 'GET', path: '/api/v1/me', status: 200 }],
  })
})
