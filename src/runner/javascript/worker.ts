import type { RunMessage, SampleError } from '../contract.ts'
import { TransferBudget } from '../transfer-budget.ts'
import { closeSideDoors, serveRuns } from '../worker-scope.ts'
import type { Outlet, ProgramEnd } from '../worker-scope.ts'
import { compile, locateSyntaxError, toSampleError } from './compile.ts'
import { createConsole } from './console.ts'
import { PendingWork, countBodyReaders, countedTimers } from './pending-work.ts'
import { recordedFetch } from './recorded-fetch.ts'

serveRuns(runJavaScript)

// A program that throws at once at a bad status leaves a body unread; the reader wants to see it all the same.
const lateBodiesMs = 1_000

async function runJavaScript(message: RunMessage, outlet: Outlet): Promise<ProgramEnd> {
  const pending = new PendingWork()
  const recordings = new PendingWork()
  furnish(message, outlet, { pending, recordings })
  closeSideDoors()
  const error = await runToEnd(message.code, outlet, pending)
  await Promise.race([recordings.idle(), afterMs(lateBodiesMs)])
  return { error, reusable: false }
}

function afterMs(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

/** Gives the program its globals. */
function furnish(
  message: RunMessage,
  outlet: Outlet,
  { pending, recordings }: { pending: PendingWork; recordings: PendingWork },
): void {
  const environment: Record<string, string> = { ...message.environment }
  Object.assign(globalThis, {
    ...countedTimers(pending),
    console: createConsole(
      (stream, text) => outlet.print(stream, text),
      (makeTree) => outlet.show(makeTree),
    ),
    process: { env: environment, argv: ['node', 'sample.js'], platform: 'browser' },
    fetch: recordedFetch({
      fetch: globalThis.fetch.bind(globalThis),
      origin: message.origin,
      budget: new TransferBudget(),
      pending,
      recordings,
      onExchange: (exchange) => outlet.tell({ kind: 'exchange', exchange }),
    }),
  })
  countBodyReaders(pending, Response.prototype)
}

async function runToEnd(
  code: string,
  outlet: Outlet,
  pending: PendingWork,
): Promise<SampleError | null> {
  let program
  try {
    program = compile(code)
  } catch (error) {
    outlet.started()
    return error instanceof SyntaxError ? locateSyntaxError(code, error) : toSampleError(error)
  }
  const uncaught = firstUncaught()
  outlet.started()
  const ended = program().then(() => pending.idle())
  return Promise.race([uncaught, ended.then(() => null, toSampleError)])
}

/** The first error that nobody catches ends a program, wherever it was thrown: in a timer, in a lost promise. */
function firstUncaught(): Promise<SampleError> {
  return new Promise((resolve) => {
    globalThis.addEventListener('error', (event) => {
      event.preventDefault()
      resolve(toSampleError(event.error ?? event.message))
    })
    globalThis.addEventListener('unhandledrejection', (event) => {
      event.preventDefault()
      resolve(toSampleError(event.reason))
    })
  })
}
