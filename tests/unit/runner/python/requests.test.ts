import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { echo } from '../../../support/echo.ts'
import { programsFor, requestsPrelude } from '../../../support/requests-programs.ts'
import { pythonWithRequests } from '../../../support/tools.ts'

/**
 * The same programs under CPython, once with the real `requests` and once with ours, which here has no browser below it
 * (`plain_transport`): quick, and without a build. `tests/contract/requests-in-runner.test.ts` runs them in a page.
 */
const real = pythonWithRequests()
if (!real)
  throw new Error('No Python with requests was found. Install it (Debian: python3-requests).')
const python = real.path
const programs = programsFor(real.version)

const attempt = `
def attempt(number, code):
    print("=====", number)
    try:
        exec(compile(code, "case", "exec"), dict(globals()))
    except Exception as error:
        print(type(error).__module__, type(error).__name__, error)
`

const here = fileURLToPath(new URL('.', import.meta.url))
const ours = fileURLToPath(new URL('../../../../src/runner/python/', import.meta.url))
const run = promisify(execFile)

async function printedBy(site: string, pythonPath: string): Promise<string[]> {
  const attempts = programs.map(([, code], at) => `attempt(${at}, ${JSON.stringify(code)})`)
  const env = {
    ...process.env,
    BARBELL_URL: site,
    PYTHONPATH: pythonPath,
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const program = [requestsPrelude, attempt, ...attempts].join('\n')
  const { stdout } = await run(python, ['-c', program], { env })
  return stdout
    .replaceAll(site, 'SITE')
    .split(/===== \d+\n/)
    .slice(1)
}

describe('the real requests and ours print the same', () => {
  let server: Server
  let expected: string[]
  let mine: string[]

  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    const site = `http://localhost:${(server.address() as AddressInfo).port}`
    expected = await printedBy(site, '')
    mine = await printedBy(site, `${here}plain_transport:${ours}`)
  }, 60_000)

  afterAll(() => server.close())

  test.each(programs.map(([title], at) => [title, at] as const))('%s', (_, at) => {
    expect(mine[at]).toBe(expected[at])
    expect(mine[at]).not.toBe('')
  })
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answered = echo(request, await buffer(request))
  if (!answered) throw new TypeError('a program has left the echo')
  await new Promise((resolve) => setTimeout(resolve, answered.delayMs))
  response.writeHead(answered.status, [...answered.headers]).end(answered.body)
}
