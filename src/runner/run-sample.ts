import '../trusted-types.ts'
import { OutputAllowance, isFromWorker, limits } from './contract.ts'
import type {
  AnswerMessage,
  Exchange,
  FromWorker,
  Language,
  RunEvent,
  RunMessage,
  SampleError,
  WorkerResult,
} from './contract.ts'
import { environmentOf, fillIn } from './reader.ts'
import type { Reader } from './reader.ts'
import { RunClock } from './run-clock.ts'

/** One language, one line: a folder with a worker that speaks the contract. */
const workers: Record<Language, () => Worker> = {
  javascript: () =>
    new Worker(new URL('./javascript/worker.ts', import.meta.url), { type: 'module' }),
  python: () => new Worker(new URL('./python/worker.ts', import.meta.url), { type: 'module' }),
}

/** How a run came to its end. */
export type RunEnding = 'done' | 'failed' | 'stopped' | 'time-limit' | 'broken'

/** The outcome of a run. A program that fails is a value, not an exception. */
export interface RunResult {
  /** True when the program ran to its end. */
  ok: boolean
  ending: RunEnding
  error: SampleError | null
  /** From the program's first line to its end, without the loading of its language. */
  durationMs: number
  /** In the order in which they were sent. */
  exchanges: Exchange[]
}

/** A program to run. */
export interface RunRequest {
  language: Language
  /** As the reader sees it. */
  code: string
  /** Whom it acts as; null for nobody. */
  reader: Reader | null
  onEvent: (event: RunEvent) => void
  /** Milliseconds that it may run; {@link limits.runMs}, 30 seconds, unless given. */
  limitMs?: number
  /** True when `onEvent` shows questions and their answers come by {@link Run.answer}. */
  canAnswer?: boolean
}

/** A run under way. */
export interface Run {
  /** Ends it at once, in the middle of whatever it does; `finished` resolves with `stopped`. */
  stop(): void
  /** Answers the question that the program waits with; null says that there will be no line. Without one, nothing happens. */
  answer(text: string | null): void
  /** Never rejects. */
  finished: Promise<RunResult>
}

/** What a run needs of the outside. */
export interface RunnerParts {
  openWorker: (language: Language) => Worker
  /** Scheme, host and port of the site, no slash. */
  origin: () => string
}

interface IdleWorker {
  worker: Worker
  owner: string
}

/** Starts a program in a worker of its own. @see startRun */
export function createRunner(parts: RunnerParts): (request: RunRequest) => Run {
  const idle = new Map<Language, IdleWorker>()

  // A worker serves one reader: a program may have left something behind that waits for the next one's secrets.
  function takeWorker(language: Language, owner: string): Worker {
    const waiting = idle.get(language)
    idle.delete(language)
    if (waiting?.owner === owner) return waiting.worker
    waiting?.worker.terminate()
    return parts.openWorker(language)
  }

  function keepWorker(language: Language, owner: string, worker: Worker): void {
    idle.get(language)?.worker.terminate()
    idle.set(language, { worker, owner })
  }

  return (request) => {
    const owner = `${request.reader?.kind ?? 'nobody'}:${request.reader?.username ?? ''}`
    const run = new RunInWorker(takeWorker(request.language, owner), request)
    void run.finished.then(() => {
      if (run.workerReusable) keepWorker(request.language, owner, run.worker)
      else run.worker.terminate()
    })
    run.start(parts.origin())
    return run
  }
}

/**
 * Runs a sample as a reader. Stop and the time limit end the worker, whatever it does; the next run gets
 * another one. What an ended run still says is not heard.
 */
export const startRun = createRunner({
  openWorker: (language) => workers[language](),
  origin: () => location.origin,
})

const brokenMessage = {
  load: 'The runner could not be loaded. Are you offline?',
  crash: 'The program broke the worker that ran it.',
  slow: `The runner was not ready within ${limits.loadMs / 1000} seconds.`,
  message: 'The runner sent something that it must not send, so the run was ended.',
}

class RunInWorker implements Run {
  readonly worker: Worker
  readonly finished: Promise<RunResult>
  workerReusable = false
  readonly #request: RunRequest
  readonly #runId = crypto.randomUUID()
  readonly #exchanges: Exchange[] = []
  readonly #output = new OutputAllowance()
  readonly #over = new AbortController()
  readonly #finish: (result: RunResult) => void
  readonly #clock: RunClock<'loadMs' | 'runMs' | 'answerMs'>
  #isAsking = false
  #startedAtMs: number | null = null
  #messages = 0
  #values = 0
  #cut = false

  constructor(worker: Worker, request: RunRequest) {
    const { promise, resolve } = Promise.withResolvers<RunResult>()
    this.worker = worker
    this.finished = promise
    this.#finish = resolve
    this.#request = request
    const limitMs = request.limitMs ?? limits.runMs
    this.#clock = new RunClock({
      loadMs: [limits.loadMs, () => this.#break('slow')],
      runMs: [limitMs, () => this.#end('time-limit', timeLimitError(limitMs))],
      answerMs: [limits.answerMs, () => this.#end('time-limit', unansweredError)],
    })
  }

  start(origin: string): void {
    const { code, reader } = this.#request
    const { signal } = this.#over
    this.worker.addEventListener('message', (event) => this.#receive(event.data), { signal })
    this.worker.addEventListener('messageerror', () => this.#break('message'), { signal })
    this.worker.addEventListener('error', (event) => this.#workerFailed(event), { signal })
    this.#clock.count('loadMs')
    this.worker.postMessage({
      kind: 'run',
      runId: this.#runId,
      code: fillIn(code, reader, origin),
      shownCode: code,
      environment: environmentOf(reader, origin),
      origin,
      canAnswer: this.#request.canAnswer ?? false,
    } satisfies RunMessage)
  }

  answer(text: string | null): void {
    if (!this.#isAsking || this.#over.signal.aborted) return
    this.#isAsking = false
    this.#clock.count('runMs')
    this.worker.postMessage({ kind: 'answer', runId: this.#runId, text } satisfies AnswerMessage)
  }

  stop(): void {
    this.#end('stopped', null)
  }

  #receive(message: unknown): void {
    this.#messages += 1
    if (!isFromWorker(message) || this.#messages > limits.messages) {
      this.#break('message')
      return
    }
    if (message.runId === this.#runId) this.#act(message)
  }

  #act(message: FromWorker): void {
    switch (message.kind) {
      case 'started':
        this.#programStarted()
        break
      case 'output':
        this.#print(message)
        break
      case 'value':
        this.#show(message)
        break
      case 'output-cut':
        this.#cutOutput()
        break
      case 'exchange':
        this.#addExchange(message.exchange)
        break
      case 'progress':
        this.#tell(message)
        break
      case 'question':
        this.#ask(message)
        break
      case 'result':
        this.#end(message.error ? 'failed' : 'done', message.error, message)
    }
  }

  #programStarted(): void {
    if (this.#startedAtMs !== null) return
    this.#startedAtMs = performance.now()
    this.#clock.count('runMs')
    this.#tell({ kind: 'started' })
  }

  #print({ stream, text }: Extract<RunEvent, { kind: 'output' }>): void {
    const taken = this.#output.take(text)
    if (taken.text) this.#tell({ kind: 'output', stream, text: taken.text })
    if (taken.cut) this.#cutOutput()
  }

  #show({ value }: Extract<RunEvent, { kind: 'value' }>): void {
    this.#values += 1
    if (this.#values > limits.values) this.#break('message')
    else if (!this.#cut) this.#tell({ kind: 'value', value })
  }

  #cutOutput(): void {
    if (this.#cut) return
    this.#cut = true
    this.#tell({ kind: 'output-cut' })
  }

  #addExchange(exchange: Exchange): void {
    if (this.#exchanges.length >= limits.requests) {
      this.#break('message')
      return
    }
    this.#exchanges.push(exchange)
    this.#tell({ kind: 'exchange', exchange })
  }

  #ask({ prompt }: Extract<RunEvent, { kind: 'question' }>): void {
    if (!this.#request.canAnswer || this.#startedAtMs === null || this.#isAsking) {
      this.#break('message')
      return
    }
    this.#isAsking = true
    this.#clock.count('answerMs')
    this.#tell({ kind: 'question', prompt })
  }

  #tell(event: RunEvent): void {
    this.#request.onEvent(event)
  }

  // Errors of the program itself arrive as a result; this is a worker that could not load, or that broke.
  #workerFailed(event: ErrorEvent): void {
    event.preventDefault()
    this.#break(this.#startedAtMs === null ? 'load' : 'crash')
  }

  #break(reason: keyof typeof brokenMessage): void {
    this.#end('broken', { name: 'RunnerError', message: brokenMessage[reason], line: null })
  }

  #end(ending: RunEnding, error: SampleError | null, result?: WorkerResult): void {
    if (this.#over.signal.aborted) return
    this.#over.abort()
    this.#clock.stop()
    this.workerReusable = result?.reusable ?? false
    const ranMs = this.#startedAtMs === null ? 0 : performance.now() - this.#startedAtMs
    this.#finish({
      ok: ending === 'done',
      ending,
      error,
      durationMs: result?.durationMs ?? ranMs,
      exchanges: this.#exchanges.toSorted((a, b) => a.startedAtMs - b.startedAtMs),
    })
  }
}

const unansweredError: SampleError = {
  name: 'TimeLimit',
  message: `The program waited ${limits.answerMs / 60_000} minutes for an answer and was ended.`,
  line: null,
}

function timeLimitError(limitMs: number): SampleError {
  const message = `The program ran longer than ${limitMs / 1000} seconds and was ended.`
  return { name: 'TimeLimit', message, line: null }
}
