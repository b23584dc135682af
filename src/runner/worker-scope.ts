import { OutputAllowance, isAnswerMessage, isRunMessage, limits } from './contract.ts'
import type {
  FromWorker,
  OutputStream,
  RunEvent,
  RunMessage,
  SampleError,
  ShownValue,
} from './contract.ts'

/** How a program ended, as its worker knows it. */
export interface ProgramEnd {
  error: SampleError | null
  /** True when nothing of the program is left behind. */
  reusable: boolean
}

/** Runs one program to its end; called for one run at a time. */
export type RunProgram = (message: RunMessage, outlet: Outlet) => Promise<ProgramEnd>

/** The part of `DedicatedWorkerGlobalScope` that a runner needs. */
interface WorkerScope {
  postMessage: (message: FromWorker) => void
  addEventListener: (
    type: 'message',
    listener: (event: MessageEvent<unknown>) => void,
    options?: { signal: AbortSignal },
  ) => void
}

const scope = globalThis as unknown as WorkerScope

// Bound before any program runs: a program cannot put its own function in the way of the contract.
const post = scope.postMessage.bind(globalThis)
const listen = scope.addEventListener.bind(globalThis)

/** Answers the page's run messages with events and one result each. */
export function serveRuns(runProgram: RunProgram): void {
  listen('message', ({ data }) => {
    if (isRunMessage(data)) void serveRun(data, runProgram)
  })
}

async function serveRun(message: RunMessage, runProgram: RunProgram): Promise<void> {
  const outlet = new Outlet(message.runId)
  const { error, reusable } = await runProgram(message, outlet)
  outlet.flush()
  const { runId } = message
  post({ kind: 'result', runId, error, reusable, durationMs: outlet.elapsedMs() })
}

/**
 * Shows a question to the reader. It waits in the queue of messages, so the program must let the worker turn:
 * await it, or have Python suspended.
 * @returns the line; null when there is none
 */
export function askReader(
  { runId }: RunMessage,
  outlet: Outlet,
  prompt: string,
): Promise<string | null> {
  return new Promise((resolve) => {
    const heard = new AbortController()
    listen(
      'message',
      ({ data }) => {
        if (!isAnswerMessage(data) || data.runId !== runId) return
        heard.abort()
        resolve(data.text)
      },
      { signal: heard.signal },
    )
    outlet.tell({ kind: 'question', prompt: prompt.slice(0, limits.questionCharacters) })
  })
}

// From this many pieces of printed text on, short ones are gathered: a flood must not drown the page.
const piecesSentAtOnce = 2_000
const gatheredCharacters = 4 * 1024

/** Where a program's events leave for the page. */
export class Outlet {
  readonly #runId: string
  readonly #allowance = new OutputAllowance()
  #startedAtMs = performance.now()
  #pieces = 0
  #values = 0
  #gathered: { stream: OutputStream; text: string } | null = null
  #cut = false

  constructor(runId: string) {
    this.#runId = runId
  }

  /** Says that the program's first line runs now. */
  started(): void {
    this.#startedAtMs = performance.now()
    this.tell({ kind: 'started' })
  }

  elapsedMs(): number {
    return performance.now() - this.#startedAtMs
  }

  /** Prints, up to the allowance of a run. */
  print(stream: OutputStream, text: string): void {
    if (this.#cut) return
    const taken = this.#allowance.take(text)
    this.#gather(stream, taken.text)
    if (!taken.cut) return
    this.#cut = true
    this.tell({ kind: 'output-cut' })
  }

  /** Sends an object of what was printed last, up to the allowance of a run. */
  show(makeTree: () => ShownValue | undefined): void {
    if (this.#cut || this.#values >= limits.values) return
    const value = makeTree()
    if (!value) return
    this.#values += 1
    this.tell({ kind: 'value', value })
  }

  /** Sends an event, after everything that was printed before it. */
  tell(event: RunEvent): void {
    this.flush()
    post({ runId: this.#runId, ...event })
  }

  /** Sends what is gathered. */
  flush(): void {
    const gathered = this.#gathered
    this.#gathered = null
    if (gathered?.text) post({ runId: this.#runId, kind: 'output', ...gathered })
  }

  #gather(stream: OutputStream, text: string): void {
    if (this.#gathered?.stream !== stream) this.flush()
    const gathered = (this.#gathered?.text ?? '') + text
    this.#gathered = { stream, text: gathered }
    this.#pieces += 1
    if (this.#pieces <= piecesSentAtOnce || gathered.length >= gatheredCharacters) this.flush()
  }
}

/**
 * Takes away the ways out of a worker that a sample has no use for. The browser refuses them all the same, by
 * the policy that the worker's script came with; this narrows what a hole in it could reach, and keeps the
 * budget of a run true. Call it before a stranger's code runs, and after the runner has kept what it needs.
 * @param more names of further globals to take away
 */
export function closeSideDoors(...more: string[]): void {
  for (const name of [...sideDoors, ...more]) removeEverywhere(globalThis, name)
  for (const name of ['storage', 'storageBuckets', 'serviceWorker', 'locks']) {
    removeEverywhere(navigator, name)
  }
}

const sideDoors = [
  'Worker',
  'SharedWorker',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'EventSource',
  'WebTransport',
  'BroadcastChannel',
  'RTCPeerConnection',
  'indexedDB',
  'caches',
  'cookieStore',
  'importScripts',
  'postMessage',
  'close',
]

function removeEverywhere(object: object, name: string): void {
  for (let owner: object | null = object; owner; owner = Reflect.getPrototypeOf(owner)) {
    Reflect.deleteProperty(owner, name)
  }
}
