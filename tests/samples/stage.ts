import { limits } from '#auth/limits.ts'
import { environmentOf, fillIn } from '#runner/reader.ts'
import type { Language } from '#runner/contract.ts'
import type { Reader } from '#runner/reader.ts'
import { startBuiltServer } from '../support/built-server.ts'
import { type SandboxReader, sandboxed } from '../support/readers.ts'
import { normalText } from './normal-text.ts'
import { type OutsideLanguage, type ProgramEnd, runOutside } from './outside-program.ts'
import {
  type AnswerInPlace,
  type RecordingProxy,
  type SeenExchange,
  openRecordingProxy,
} from './recording-proxy.ts'
import { openRunnerPage } from './runner-page.ts'
import type { SampleExchange, SampleRun } from './sample-run.ts'
import { Turns } from './turns.ts'

/** Where samples run: the built server, its accounts, a page in Chromium, and a proxy that sees every request. */
export interface Stage {
  /** Runs a program as a process of this machine, several at a time. */
  runOutside(language: OutsideLanguage, code: string): Promise<SampleRun>
  /** Runs a program in the runner, one at a time. */
  runInside(language: Language, code: string): Promise<SampleRun>
  close(): Promise<void>
}

const outsideLanes = 3

/** Samples sign in more often than a reader may. What they show of the limits of the API is as a reader sees it. */
const raisedLimits = Object.entries(limits)
  .filter(([name]) => !name.startsWith('api_'))
  .map(([name, { windowSeconds }]) => `${name}=1000000/${windowSeconds}`)
  .join(',')
const placeOf = { python: 'CPython', javascript: 'Node', bash: 'bash' } as const

/** One account with its own way to the server: what passes there is of the one program that runs in this lane. */
interface Lane {
  readonly proxy: RecordingProxy
  readonly reader: SandboxReader
}

/** Starts all of it. @param answerInPlace answers what the server does not know */
export async function openStage(answerInPlace?: AnswerInPlace): Promise<Stage> {
  const destination = { serverUrl: '', publicUrl: '' }
  // The browser's proxy is the public address of the server: a page may call no other origin.
  const front = await openRecordingProxy(() => destination, answerInPlace)
  const server = await startBuiltServer({
    BARBELL_URL: front.url,
    BARBELL_LIMITS: raisedLimits,
  })
  Object.assign(destination, { serverUrl: server.url, publicUrl: front.url })
  const proxies = await Promise.all(
    Array.from({ length: outsideLanes }, () =>
      openRecordingProxy(() => destination, answerInPlace),
    ),
  )
  const [inside, ...outside] = await Promise.all([front, ...proxies].map(openLane))
  if (!inside) throw new TypeError('a stage has at least its front')
  // Chromium and Pyodide load while the first programs run outside.
  const page = openRunnerPage(front.url, asReader(inside.reader))
  page.catch(() => undefined) // the first run in it says why
  const insideTurn = new Turns([inside])
  const outsideTurns = new Turns(outside)
  return {
    runInside: (language, code) =>
      insideTurn.take((lane) =>
        observe(lane, code, {
          place: 'the runner',
          origins: [front.url],
          run: async () => (await page).run(language, code),
        }),
      ),
    runOutside: (language, code) =>
      outsideTurns.take((lane) =>
        observe(lane, code, {
          place: placeOf[language],
          origins: [lane.proxy.url, front.url],
          run: () => runAs(lane, language, code),
        }),
      ),
    async close() {
      await (await page.catch(() => undefined))?.close()
      await Promise.all([front, ...proxies].map((proxy) => proxy.close()))
      await server.stop()
    },
  }
}

async function openLane(proxy: RecordingProxy): Promise<Lane> {
  const reader = await sandboxed(proxy.url)
  await proxy.take()
  return { proxy, reader }
}

function asReader({ username, password, apiKey }: SandboxReader): Reader {
  return { kind: 'sandbox', username, password, apiKey, expiresAt: null }
}

function runAs(
  { proxy, reader }: Lane,
  language: OutsideLanguage,
  code: string,
): Promise<ProgramEnd> {
  const acting = asReader(reader)
  return runOutside(language, fillIn(code, acting, proxy.url), environmentOf(acting, proxy.url))
}

interface Observed {
  readonly place: SampleRun['place']
  readonly origins: readonly string[]
  readonly run: () => Promise<ProgramEnd>
}

async function observe(
  { proxy, reader }: Lane,
  code: string,
  { place, origins, run }: Observed,
): Promise<SampleRun> {
  await proxy.take() // what a program that was ended had still under way
  const end = await run()
  const seen = await proxy.take()
  const normal = (text: string) => normalText(text, { reader, origins })
  return {
    place,
    text: normal(end.text),
    error: end.error && { ...end.error, message: normal(end.error.message) },
    exchanges: seen.map((exchange, at): SampleExchange => ({
      ...normalExchange(exchange, normal),
      line: end.lines[at] || lineThatNames(exchange.path, code),
    })),
  }
}

function normalExchange(exchange: SeenExchange, normal: (text: string) => string): SeenExchange {
  return {
    ...exchange,
    path: normal(exchange.path),
    query: exchange.query.map(([name, value]) => [name, normal(value)] as const),
    body: normalBody(exchange, normal),
    answer: normal(exchange.answer),
  }
}

/** In a form the values are escaped: they are found only when they are not. */
function normalBody({ contentType, body }: SeenExchange, normal: (text: string) => string): string {
  if (contentType !== 'application/x-www-form-urlencoded') return normal(body)
  const fields = [...new URLSearchParams(body)].map(([name, value]) => [name, normal(value)])
  return String(new URLSearchParams(fields))
}

/** Where nobody saw which line sent a request: the first that names its path, or the last part of it. */
function lineThatNames(path: string, code: string): number | null {
  const lines = code.split('\n')
  const parts = [path, path.split('/').at(-1) ?? path].filter((part) => part.length > 1)
  const line = parts.map((part) => lines.findIndex((text) => text.includes(part)) + 1)
  return line.find((found) => found > 0) ?? null
}
