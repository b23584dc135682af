import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeFindings, target } from '../bench/findings.ts'
import { loadGenerators, putLoad } from '../bench/load.ts'
import { writeResult } from '../bench/results.ts'
import { freePort } from '../support/free-port.ts'

const answerAfterMs = 5
const bench = fileURLToPath(new URL('../bench/bench.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'barbell-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function runBench(
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [bench, ...args])
  const ended = once(child, 'exit') as Promise<[number | null]>
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

/** The first cells of all rows. */
function rowNames(markdown: string): string[] {
  return [...markdown.matchAll(/^\| ([^|]+) \|/gm)].map(([, name = '']) => name)
}

describe('a quick bench of the built server', { timeout: 180_000 }, () => {
  const results = join(folder, 'results.md')
  let run: Awaited<ReturnType<typeof runBench>>
  beforeAll(async () => {
    run = await runBench('--quick', '--results', results)
  }, 180_000)

  test('ends well, which it does only if every answer was a success', () => {
    expect(run.err).not.toContain('Error')
    expect(run.code).toBe(0)
  })

  test('has a row for every work, also for a peer that is not installed', () => {
    expect(rowNames(run.out)).toEqual(
      expect.arrayContaining([
        'bare node:http',
        'bare @hono/node-server',
        'better-auth, API key check',
        'FastAPI, API key check',
        'GET /api/v1/ping',
        'GET /api/v1/stats with a key',
        'GET /auth/v1/users/me with a token',
        'GET /api/v1/images with a key',
        'key check, 10 accounts',
        'key check, 200 accounts, 10 of them call',
        'key check, 200 accounts, all of them call',
        'GET /docs/auth (brotli)',
        'GET /docs/auth (not compressed)',
        'GET /login',
        'GET /dashboard/settings, signed in',
        'POST /auth/v1/token',
        'alone',
        'while 32 sign-ins run at once',
        'with a new data folder',
        'with 200 accounts',
        'key check, late ticks',
        'key check, late ticks, V8 may tenure',
        'at the end',
      ]),
    )
  })

  test('tells of each target whether it is held, in every part', () => {
    const verdicts = run.out.match(
      /^\| [^|]+ \| at (?:least|most) [^|]+ \| [^|]+ \| (?:held|not held|-) \|$/gm,
    )
    expect(verdicts).toHaveLength(13)
  })

  test('writes what it prints into the file that is named', () => {
    const written = readFileSync(results, 'utf8')
    expect(written).toMatch(/^# Bench\n\n## keys\n/)
    expect(rowNames(written)).toEqual(rowNames(run.out))
  })
})

test('a part that there is not ends the bench with status 2 and the names of those there are', async () => {
  const { code, err } = await runBench('nothing')
  expect(code).toBe(2)
  expect(err).toContain('"nothing" is no part.')
  expect(err).toContain('Parts: keys, accounts, pages, login, start, late-ticks, memory')
})

describe.each(loadGenerators)('load from $name', (generator) => {
  let server: Server
  let url: string
  let statusOf: (count: number) => number
  let keys: Set<string | undefined>

  beforeAll(async () => {
    let count = 0
    server = createServer((request, response) => {
      count += 1
      keys.add(request.headers['x-api-auth']?.toString())
      setTimeout(() => response.writeHead(statusOf(count)).end('answer'), answerAfterMs)
    })
    const port = await freePort()
    await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
    url = `http://localhost:${port}/`
  })
  afterAll(() => void server.close())

  const put = async (apiKeys?: readonly string[]) =>
    await putLoad({ url, connections: 4, seconds: 1, ...(apiKeys && { apiKeys }) }, generator)

  test('counts the answers', async () => {
    keys = new Set()
    let served = 0
    statusOf = (count) => {
      served = count
      return 200
    }
    const { answered, failed, seconds, p99Ms } = await put()
    expect(answered).toBeGreaterThan(100)
    // Those on their way when the time is over were served and are not counted; two are not from the load.
    expect(served - answered).toBeLessThanOrEqual(4 + 2)
    expect(failed).toBe(0)
    expect(seconds).toBeCloseTo(1, 0)
    expect(p99Ms).toBeGreaterThanOrEqual(answerAfterMs - 1) // timers may fire a little early
  })

  test('lets all keys take turns', async () => {
    keys = new Set()
    statusOf = () => 200
    await put(['a:1', 'b:2', 'c:3'])
    expect(keys).toEqual(new Set(['a:1', 'b:2', 'c:3']))
  })

  test('is no figure if one answer of many is a refusal', async () => {
    keys = new Set()
    let asked = 0 // the first few may be left over from the load before
    statusOf = () => (++asked === 20 ? 503 : 200)
    await expect(put()).rejects.toThrow(', 1 failed')
  })

  test('is no figure if the answers lead elsewhere', async () => {
    keys = new Set()
    statusOf = () => 302
    await expect(put()).rejects.toThrow('was answered 302')
  })
})

test('a target is held at its bound, and missed beyond it', () => {
  const verdictOf = (figure: number, goal: { atLeast: number } | { atMost: number }) =>
    target('it', figure, goal).isHeld
  expect(verdictOf(0.6, { atLeast: 0.6 })).toBe(true)
  expect(verdictOf(0.59, { atLeast: 0.6 })).toBe(false)
  expect(verdictOf(25, { atMost: 25 })).toBe(true)
  expect(verdictOf(25.1, { atMost: 25 })).toBe(false)
})

test('a target without a figure is neither held nor missed', () => {
  const findings = { how: 'How.', tables: [], targets: [target('it', undefined, { atLeast: 3 })] }
  expect(describeFindings(findings)).toContain('| it | at least 3.00 | not measured | - |')
})

test('a result takes the place of the older one of its part and leaves the others', () => {
  const file = join(folder, 'parts.md')
  const order = ['keys', 'login', 'memory']
  writeFileSync(file, '# Bench\n\n## keys\n\nold keys\n\n## memory\n\nold memory\n')
  writeResult(file, { part: 'keys', text: 'new keys' }, order)
  writeResult(file, { part: 'login', text: 'new login' }, order)
  expect(readFileSync(file, 'utf8')).toBe(
    '# Bench\n\n## keys\n\nnew keys\n\n## login\n\nnew login\n\n## memory\n\nold memory\n',
  )
})
