import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { findPythonWithRequests } from '../../../support/tools.ts'
import { recordedCookie } from './recording-server.ts'

/** Between two programs of one batch, so that their requests can be told apart. */
export const boundary = '/between-programs'

/** Runs programs one after another, with this environment and a request for {@link boundary} after each. */
export interface Batch {
  programs: readonly string[]
  environment: Readonly<Record<string, string>>
  origin: string
}

const runBatchInPython = `
import json, os, sys, urllib.request
batch = json.load(sys.stdin)
os.environ.update(batch["environment"])
for program in batch["programs"]:
    exec(compile(program, "program", "exec"), {})
    urllib.request.urlopen(batch["origin"] + "${boundary}").read()
`

/** CPython with the real \`requests\`. */
export async function runPython(batch: Batch): Promise<void> {
  const python = findPythonWithRequests()
  if (!python) throw new Error('No Python has the real `requests`: pip install requests.')
  await run(python, ['-c', runBatchInPython], { input: JSON.stringify(batch) })
}

/** bash with the real curl. */
export async function runCurl({ programs, environment, origin }: Batch): Promise<void> {
  const script = programs.map((program) => `${program}\ncurl -s ${origin}${boundary}`).join('\n')
  await run('bash', ['-e'], { input: script, environment })
}

/** Node's own \`fetch\`, with the cookie that a browser would have by now and would send where it may. */
export async function runJavaScript({ programs, environment, origin }: Batch): Promise<void> {
  const browserFetch = (url: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (init.credentials === 'same-origin') headers.set('cookie', recordedCookie)
    return fetch(url, { ...init, headers })
  }
  for (const program of programs) {
    const start = compile(program)
    await start(browserFetch, { env: environment }, { log: () => undefined })
    await fetch(origin + boundary)
  }
}

type Program = (
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  process: { env: Readonly<Record<string, string>> },
  console: { log: () => void },
) => Promise<void>

const AsyncFunction = (async () => Promise.resolve()).constructor as new (
  ...parts: string[]
) => Program

function compile(program: string): Program {
  return new AsyncFunction('fetch', 'process', 'console', program)
}

async function run(
  command: string,
  parameters: readonly string[],
  { input, environment }: { input: string; environment?: Readonly<Record<string, string>> },
): Promise<void> {
  const child = spawn(command, parameters, {
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...environment },
  })
  child.stdin.end(input)
  child.stdout.resume()
  const complaint = text(child.stderr)
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}: ${await complaint}`)
}
