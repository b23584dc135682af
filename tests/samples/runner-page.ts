import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type JSHandle, type Page, chromium } from 'playwright'
import type { FromWorker, Language, RunMessage } from '#runner/contract.ts'
import { limits } from '#runner/contract.ts'
import { environmentOf, fillIn } from '#runner/reader.ts'
import type { Reader } from '#runner/reader.ts'
import { findChromium } from '../support/tools.ts'
import type { ProgramEnd } from './outside-program.ts'

/** A page of the site in Chromium that runs samples as a reader's page does: in the built workers, by their contract. */
export interface RunnerPage {
  /** Runs one program at a time, with no cookie from the one before. */
  run(language: Language, code: string): Promise<ProgramEnd>
  close(): Promise<void>
}

const builtRunner = fileURLToPath(new URL('../../dist/client/runner/', import.meta.url))
/** A page whose policy lets it open workers; all pages of the guide do. */
const pagePath = '/docs/introduction'
const browserFlags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']

/** Opens Chromium on the site. @param reader whom the samples act as */
export async function openRunnerPage(url: string, reader: Reader): Promise<RunnerPage> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('No Chromium was found.')
  const browser = await chromium.launch({
    executablePath,
    args: browserFlags,
    handleSIGINT: false, // Ctrl+C ends a watch; what was started is closed in order
  })
  try {
    const page = await (await browser.newContext()).newPage()
    await page.goto(url + pagePath)
    return runnerIn({ browser, page, url, reader })
  } catch (error) {
    await browser.close()
    throw error
  }
}

interface Place {
  readonly browser: Browser
  readonly page: Page
  readonly url: string
  readonly reader: Reader
}

function runnerIn({ browser, page, url, reader }: Place): RunnerPage {
  const scripts = workerScripts()
  const idle = new Map<Language, JSHandle<Worker>>()
  return {
    async run(language, code) {
      await page.context().clearCookies()
      const worker = idle.get(language) ?? (await openWorker(page, scripts[language]))
      idle.delete(language)
      const said = await speak(page, worker, {
        kind: 'run',
        runId: crypto.randomUUID(),
        code: fillIn(code, reader, url),
        shownCode: code,
        environment: environmentOf(reader, url),
        origin: url,
      })
      if (isReusable(said)) idle.set(language, worker)
      else await worker.evaluate((each) => each.terminate())
      return endOf(said)
    },
    close: () => browser.close(),
  }
}

/** The workers' scripts have names with a digest; only Python's knows of Pyodide. */
function workerScripts(): Record<Language, string> {
  const scripts = globSync('worker-*.js', { cwd: builtRunner })
  const isPython = (name: string) =>
    readFileSync(join(builtRunner, name), 'utf8').includes('pyodide')
  const [python, javascript] = [scripts.find(isPython), scripts.find((name) => !isPython(name))]
  if (python && javascript)
    return { python: `/runner/${python}`, javascript: `/runner/${javascript}` }
  throw new Error('The built site has no runner. Build it: npm run build')
}

/** Opens a worker as a page does that has its own code for it: the policy wants a text that somebody has vouched for. */
function openWorker(page: Page, script: string): Promise<JSHandle<Worker>> {
  return page.evaluateHandle((path) => {
    const { trustedTypes } = window as unknown as { trustedTypes: Trust }
    if (trustedTypes.defaultPolicy === null) {
      trustedTypes.createPolicy('default', { createScriptURL: (url) => url })
    }
    return new Worker(path, { type: 'module' })
  }, script)
}

/** What Chromium has of the Trusted Types, as far as it is used here. */
interface Trust {
  defaultPolicy: object | null
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): void
}

/** Sends a run to a worker. @returns all that it says until the run has ended */
function speak(page: Page, worker: JSHandle<Worker>, message: RunMessage): Promise<FromWorker[]> {
  const limitMs = limits.loadMs
  return page.evaluate(
    ([to, run, ms]) =>
      new Promise<FromWorker[]>((resolve) => {
        const said: FromWorker[] = []
        const over = new AbortController()
        const end = (): void => {
          clearTimeout(timer)
          over.abort()
          resolve(said)
        }
        const timer = setTimeout(end, ms)
        const { signal } = over
        to.addEventListener('error', end, { signal })
        to.addEventListener(
          'message',
          ({ data }: MessageEvent<FromWorker>) => {
            said.push(data)
            if (data.kind === 'result') end()
          },
          { signal },
        )
        to.postMessage(run)
      }),
    [worker, message, limitMs] as const,
  )
}

const resultOf = (said: readonly FromWorker[]) => said.find(({ kind }) => kind === 'result')

function isReusable(said: readonly FromWorker[]): boolean {
  const result = resultOf(said)
  return result?.kind === 'result' && result.reusable
}

function endOf(said: readonly FromWorker[]): ProgramEnd {
  const text = said.map((each) => (each.kind === 'output' ? each.text : '')).join('')
  const result = resultOf(said)
  if (result?.kind !== 'result') {
    return {
      text,
      error: { message: 'The runner broke, or did not come to an end.', line: null },
      lines: [],
    }
  }
  const { error } = result
  return {
    text,
    error: error && { message: `${error.name}: ${error.message}`, line: error.line },
    lines: [],
  }
}
