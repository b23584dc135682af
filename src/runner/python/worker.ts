/// <reference types="vite/client" />
import type { PyodideInterface, loadPyodide } from 'pyodide'
import type { Exchange, HeaderList, RunMessage, SampleError } from '../contract.ts'
import { TransferBudget } from '../transfer-budget.ts'
import { askReader, closeSideDoors, serveRuns } from '../worker-scope.ts'
import type { Outlet, ProgramEnd } from '../worker-scope.ts'
import sampleRunner from './barbell_sample.py?raw'
import { fetchWithProgress, pyodidePath } from './pyodide-files.ts'
import { snapshotName } from './snapshot-file.ts'
import { sendForPython } from './transport.ts'
import type { TransportAnswer } from './transport.ts'

/** Python's own view of our `requests`, as `./requests/sessions.py` -> text. */
const requestsFiles = import.meta.glob<string>('./requests/*.py', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** What Python calls, for whichever program runs now. */
interface Now {
  message: RunMessage
  outlet: Outlet
  budget: TransferBudget
}

/** `run` of `barbell_sample.py`. */
interface RunSample {
  (code: string, shownCode: string, environment: string): string
  /** The same, able to wait for a promise. */
  callPromising: (code: string, shownCode: string, environment: string) => Promise<string>
}

// JavaScript Promise Integration: where a browser has it, Python can wait for a promise (`asyncio.run`).
const pythonCanWait = 'Suspending' in WebAssembly

let loading: Promise<RunSample> | null = null
let now: Now | null = null
// Kept for the transport; programs find none (closeSideDoors).
const { XMLHttpRequest } = globalThis

serveRuns(async (message, outlet) => {
  now = { message, outlet, budget: new TransferBudget() }
  loading ??= loadPython(outlet)
  const run = await loading
  outlet.started()
  try {
    const words = [message.code, message.shownCode, JSON.stringify(message.environment)] as const
    const end = pythonCanWait ? await run.callPromising(...words) : run(...words)
    return JSON.parse(end) as ProgramEnd
  } catch (error) {
    return { error: brokenPython(error), reusable: false }
  }
})

async function loadPython(outlet: Outlet): Promise<RunSample> {
  const report = (fraction: number): void =>
    outlet.tell({ kind: 'progress', label: 'loading Python', fraction })
  report(0)
  globalThis.fetch = fetchWithProgress(globalThis.fetch.bind(globalThis), inSteps(report))
  const pyodide = await startPyodide()
  closeSideDoors('fetch')
  return prepare(pyodide)
}

async function startPyodide(): Promise<PyodideInterface> {
  const url = new URL('pyodide.mjs', new URL(pyodidePath, globalThis.location.origin))
  const loader = (await import(/* @vite-ignore */ url.href)) as { loadPyodide: typeof loadPyodide }
  return loader.loadPyodide({
    indexURL: new URL('.', url).href,
    _loadSnapshot: loadSnapshot(new URL(snapshotName, url)),
  })
}

async function loadSnapshot(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`)
  return response.arrayBuffer()
}

/** A hundred messages, not one per chunk. */
function inSteps(report: (fraction: number) => void): (fraction: number) => void {
  let reported = 0
  return (fraction) => {
    if (fraction - reported < 0.01 && fraction < 1) return
    reported = fraction
    report(fraction)
  }
}

function prepare(pyodide: PyodideInterface): RunSample {
  pyodide.setStdout({ write: printer('stdout') })
  pyodide.setStderr({ write: printer('stderr') })
  pyodide.registerJsModule('barbell_transport', { send: sendFromPython })
  pyodide.registerJsModule('barbell_reader', { ask: askFromPython })
  const packages = `/lib/python${String(pyodide.runPython(pythonVersion))}/site-packages`
  const disk = pyodide.FS as unknown as PythonDisk
  disk.mkdirTree(`${packages}/requests`)
  for (const [path, text] of Object.entries(requestsFiles)) {
    disk.writeFile(`${packages}/${path.slice('./'.length)}`, text)
  }
  disk.writeFile(`${packages}/barbell_sample.py`, sampleRunner)
  const module = pyodide.pyimport('barbell_sample') as { run: RunSample }
  return module.run
}

/** The part of Emscripten's file system that is needed here. */
interface PythonDisk {
  mkdirTree: (path: string) => void
  writeFile: (path: string, text: string) => void
}

const pythonVersion = 'import sys; f"{sys.version_info[0]}.{sys.version_info[1]}"'

function printer(stream: 'stdout' | 'stderr'): (bytes: Uint8Array) => number {
  const decoder = new TextDecoder()
  return (bytes) => {
    now?.outlet.print(stream, decoder.decode(bytes, { stream: true }))
    return bytes.length
  }
}

interface PythonBytes {
  toJs: () => Uint8Array
}

function sendFromPython(
  method: string,
  url: string,
  headers: string,
  body: PythonBytes | undefined,
  timeoutMs: number,
): TransportAnswer {
  if (!now) throw new TypeError('No program runs.')
  const { outlet, budget, message } = now
  const parts = {
    open: () => new XMLHttpRequest(),
    origin: message.origin,
    budget,
    onExchange: (exchange: Exchange) => outlet.tell({ kind: 'exchange', exchange }),
  }
  const list = JSON.parse(headers) as HeaderList
  return sendForPython(parts, { method, url, headers: list, body: body?.toJs() ?? null, timeoutMs })
}

/** Undefined, which is Python's None, without a line: at once where nobody can answer. */
async function askFromPython(prompt: string): Promise<string | undefined> {
  if (!now?.message.canAnswer) return undefined
  return (await askReader(now.message, now.outlet, prompt)) ?? undefined
}

function brokenPython(error: unknown): SampleError {
  const message = error instanceof Error ? error.message : String(error)
  return { name: 'RunnerError', message: `Python broke: ${message}`, line: null }
}
