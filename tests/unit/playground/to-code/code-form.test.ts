import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentialsOf, lanes } from '#playground/lane.ts'
import { defaultLane, type Operation, readOperations } from '#playground/operations.ts'
import { exampleValues } from '#playground/drafts.ts'
import { planRequest, type RequestState } from '#playground/request.ts'
import { type CodeForm, codeForms, codeOf, type Secrecy } from '#playground/to-code/code-form.ts'
import { startServer } from '../../../support/server.ts'
import { type Arrival, recordedCookie, startRecordingServer } from './recording-server.ts'
import { type Batch, boundary, runCurl, runJavaScript, runPython } from './run-code.ts'

const account = { username: 'mia', password: 'pass word & more' }
const environment = {
  BARBELL_USERNAME: account.username,
  BARBELL_PASSWORD: account.password,
  BARBELL_API_KEY: 'mia:aB3dE6gH9jK2mN5p',
  BARBELL_TOKEN: 'eyJhbGciOiJub25lIn0.e30.',
}
const runners: Record<Exclude<CodeForm, 'http'>, (batch: Batch) => Promise<void>> = {
  python: runPython,
  javascript: runJavaScript,
  curl: runCurl,
}
const languages = ['python', 'javascript', 'curl'] as const

const recorder = await startRecordingServer()
const { origin } = recorder
let operations: Operation[] = []

beforeAll(async () => {
  const server = await startServer()
  const document: unknown = await (await fetch(`${server.url}/openapi.json`)).json()
  await server.stop()
  operations = readOperations(document).flatMap((group) => group.operations)
})

afterAll(() => recorder.stop())

function stateOf(operation: Operation, changes: Partial<RequestState> = {}): RequestState {
  const examples = exampleValues(operation, {}, null)
  const passwords = operation.fields.filter(({ secret }) => secret)
  return {
    operation,
    values: {
      ...examples,
      ...Object.fromEntries(passwords.map(({ id }) => [id, account.password])),
    },
    lane: defaultLane(operation),
    key: { username: 'mia', secret: 'aB3dE6gH9jK2mN5p' },
    token: environment.BARBELL_TOKEN,
    moreHeaders: '',
    ...changes,
  }
}

/** Runs the code of every state and gives what each one sent. */
async function arrivalsOf(
  states: readonly RequestState[],
  language: (typeof languages)[number],
  secrets: Secrecy,
): Promise<Arrival[][]> {
  const place = { origin, account }
  const programs = states.map((state) => codeOf(state, language, { place, secrets }))
  recorder.take()
  await runners[language]({ programs, environment, origin })
  const groups: Arrival[][] = [[]]
  for (const arrival of recorder.take()) {
    if (arrival.target === boundary) groups.push([])
    else groups.at(-1)?.push(arrival)
  }
  return groups.slice(0, -1)
}

/** What has to be the same, whichever way a library spells it: the parts after decoding (RFC 3986 section 6.2.2). */
function meaningOf({
  method,
  target,
  headers,
  body,
}: Omit<Arrival, 'headers'> & {
  headers: Readonly<Record<string, string | string[] | undefined>>
}): unknown {
  const { pathname, searchParams } = new URL(target, origin)
  const type = headers['content-type']
  const ours = Object.entries(headers).filter(([name]) => !libraryHeaders.has(name))
  return {
    method,
    path: decodeURIComponent(pathname),
    query: [...searchParams],
    headers: Object.fromEntries(ours.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    body:
      type === 'application/json' ? (JSON.parse(body) as unknown) : [...new URLSearchParams(body)],
  }
}

/** What every client adds by itself. */
const libraryHeaders = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'host',
  'sec-fetch-mode',
  'user-agent',
])

function plannedMeaning(state: RequestState): unknown {
  const { method, url, headers, body } = planRequest(state, origin)
  const sent = new Headers(headers)
  const isSignIn = state.operation.id === 'POST /auth/v1/token'
  if (credentialsOf(state.lane) === 'same-origin' && !isSignIn) sent.set('cookie', recordedCookie)
  return meaningOf({
    method,
    target: url.slice(origin.length),
    headers: Object.fromEntries(sent),
    body: body ?? '',
  })
}

/** The cookie of a browser goes along with a call that brings one, too; a program has none by then. */
function withoutCookie(meaning: unknown, state: RequestState): unknown {
  const bringsCookie = state.operation.lane === 'none' && state.operation.setsCookie
  if (!bringsCookie) return meaning
  const { headers, ...rest } = meaning as { headers: Record<string, string> }
  return { ...rest, headers: { ...headers, cookie: undefined } }
}

async function expectSameRequests(
  states: readonly RequestState[],
  language: (typeof languages)[number],
  secrets: Secrecy,
): Promise<void> {
  const sent = await arrivalsOf(states, language, secrets)
  expect(sent).toHaveLength(states.length)
  states.forEach((state, at) => {
    const last = sent[at]?.at(-1)
    const name = `${state.operation.id} by ${state.lane} in ${language}`
    expect(last, name).toBeDefined()
    if (!last) return
    expect(withoutCookie(meaningOf(last), state), name).toEqual(
      withoutCookie(plannedMeaning(state), state),
    )
  })
}

describe('the code makes exactly the request of the form', () => {
  test('every operation of the API is among them', () => {
    expect(operations.length).toBeGreaterThan(12)
    expect(codeForms.map(({ id }) => id)).toEqual(['http', ...languages])
  })

  for (const language of languages) {
    for (const secrets of ['hidden', 'open'] as const) {
      test(`in ${language}, for every operation and lane, with secrets ${secrets}`, async () => {
        const states = operations.flatMap((operation) =>
          lanes.map(({ id }) => stateOf(operation, { lane: id })),
        )
        await expectSameRequests(states, language, secrets)
      })
    }

    test(`in ${language}, whatever is typed`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyState(), { minLength: 25, maxLength: 25 }), (states) =>
          expectSameRequests(states, language, 'open'),
        ),
        { numRuns: 4 },
      )
    })
  }
})

describe('no secret stands in code', () => {
  test('of any operation, lane and notation, unless it is asked for', () => {
    const place = { origin, account }
    for (const operation of operations) {
      for (const { id: lane } of lanes) {
        for (const { id } of codeForms) {
          const state = stateOf(operation, { lane, moreHeaders: 'authorization: Bearer typed-one' })
          const code = codeOf(state, id, { place, secrets: 'hidden' })
          const secrets = [account.password, 'aB3dE6gH9jK2', 'typed-one', environment.BARBELL_TOKEN]
          for (const secret of secrets) expect(code).not.toContain(secret)
        }
      }
    }
  })

  test('a predicate opens one and leaves the others', () => {
    const stats = operations.find(({ id }) => id === 'GET /api/v1/stats')
    if (!stats) throw new TypeError('the API has no stats')
    const state = stateOf(stats, { moreHeaders: 'authorization: Bearer typed-one' })
    const code = codeOf(state, 'python', {
      place: { origin, account },
      secrets: ({ variable }) => variable === 'BARBELL_TOKEN',
    })
    expect(code).toContain('"Bearer " + "typed-one"')
    expect(code).toContain('os.environ["BARBELL_API_KEY"]')
  })
})

describe('code reads as a person would write it', () => {
  function codeFor(id: string, form: CodeForm): string {
    const operation = operations.find((one) => one.id === id)
    if (!operation) throw new TypeError(`no operation ${id}`)
    const place = { origin: 'https://docs.example', account: null }
    return codeOf(stateOf(operation), form, { place, secrets: 'hidden' })
  }

  test('in Python, a session signs in before it calls the internal API', () => {
    expect(codeFor('GET /internal/v1/batches/{id}', 'python')).toMatchInlineSnapshot(`
      "import os

      import requests

      # A session keeps the cookie that the token comes in.
      session = requests.Session()
      login = session.post(
          "https://docs.example/auth/v1/token",
          data={
              "username": os.environ["BARBELL_USERNAME"],
              "password": os.environ["BARBELL_PASSWORD"],
          },
      )
      login.raise_for_status()

      response = session.get("https://docs.example/internal/v1/batches/batch_001")
      print(response.status_code, response.reason)
      print(response.text)"
    `)
  })

  test('in JavaScript, the browser is told what to do with its cookies', () => {
    expect(codeFor('GET /api/v1/stats', 'javascript')).toMatchInlineSnapshot(`
      "// A browser leaves its cookies out of this request.
      const response = await fetch('https://docs.example/api/v1/stats', {
        headers: { 'x-api-auth': process.env.BARBELL_API_KEY },
        credentials: 'omit',
      })
      console.log(response.status, response.statusText)
      console.log(await response.text())"
    `)
  })

  test('in curl, each part has its line', () => {
    expect(codeFor('POST /auth/v1/register', 'curl')).toMatchInlineSnapshot(`
      "curl --include \\
        --header 'content-type: application/json' \\
        --data-raw '{"username":"myUsername","password":"'"$BARBELL_PASSWORD"'"}' \\
        'https://docs.example/auth/v1/register'"
    `)
  })
})

/** Any operation of the API with any values, any key and headers of any kind that a browser may send. */
function anyState(): fc.Arbitrary<RequestState> {
  const awkward = fc.constantFrom(
    "it's",
    'a"b',
    'a\\b',
    '$HOME `id`',
    '@file',
    'ü💡',
    '~*+ %2F',
    '\n',
  )
  const value = fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 12 }))
  const latin1 = fc.string({
    unit: fc.constantFrom('a', 'é', '"', "'", '\\', 'ÿ', ' ', '$', '`'),
    maxLength: 8,
  })
  return fc
    .record({
      operation: fc.nat().map((at) => operations[at % operations.length] as Operation),
      lane: fc.constantFrom(...lanes.map(({ id }) => id)),
      values: fc.array(value, { minLength: 12, maxLength: 12 }),
      header: latin1.map((text) => text.trim()),
      key: latin1.map((text) => text.replaceAll(' ', '')),
    })
    .map(({ operation, lane, values, header, key }) => {
      const typed = operation.fields.map(({ id, place, choices }, at) => {
        const text = (values[at] ?? '').replaceAll('\0', '')
        if (choices.length > 0) return [id, choices[0] ?? '']
        if (place === 'header') return [id, 'program']
        // The form stops these: a browser would shorten the path.
        return [id, place === 'path' && /^\.{0,2}$/.test(text) ? 'part' : text]
      })
      return stateOf(operation, {
        lane,
        values: Object.fromEntries(typed) as Record<string, string>,
        key: { username: 'mia', secret: key },
        moreHeaders: `x-note: ${header}\nX-Note: again`,
      })
    })
}
