import { EventEmitter } from 'node:events'

/** A process that answers requests, as its primary sees it. */
export interface WorkerProcess extends Pick<EventEmitter, 'on'> {
  readonly id: number
  readonly process: { readonly pid?: number | undefined }
  send(message: unknown): unknown
  kill(signal: 'SIGKILL'): void
}

/** What a primary takes from the world. */
export interface WorkersOutside {
  /** Starts a worker: `cluster.fork`. */
  fork: () => WorkerProcess
  signals: Pick<EventEmitter, 'on'>
  log: Record<'info' | 'warn' | 'error', (facts: object, text: string) => void>
  /** Called once, when the first worker takes requests. */
  onReady: () => void
  exit: (code: 0 | 1) => void
  nowMs: () => number
}

/** In force where nothing else is said. */
export const workerLimits = {
  /** Before the first new start; each one that follows without a calm stretch waits twice as long. */
  firstWaitMs: 250,
  longestWaitMs: 30_000,
  /** A worker that lived this long was not broken: the waiting starts anew. */
  calmMs: 60_000,
  /** How long workers may take to end: longer than they give their own requests. */
  drainMs: 15_000,
}

/** What the primary tells a worker that is to end in good order. */
const drainMessage = 'drain'

/**
 * Keeps `count` workers running, and does nothing else: it opens no store and reads no request. A worker that
 * ended is started again, later each time. If the first ones end before any of them is ready, so does
 * everything: what they lack will not come by itself. SIGTERM and SIGINT drain the workers and end with 0 if
 * all of them did; a second signal, or time that is up, ends them at once and exits with 1.
 */
export function runWorkers(
  count: number,
  outside: WorkersOutside,
  limits: typeof workerLimits = workerLimits,
): void {
  new Primary(outside, limits).start(count)
}

class Primary {
  readonly #outside: WorkersOutside
  readonly #limits: typeof workerLimits
  readonly #running = new Map<WorkerProcess, { startedAtMs: number }>()
  readonly #restarts = new Set<NodeJS.Timeout>()
  #waitMs: number
  #wasReady = false
  #stopping: { code: 0 | 1; cut: NodeJS.Timeout } | undefined

  constructor(outside: WorkersOutside, limits: typeof workerLimits) {
    this.#outside = outside
    this.#limits = limits
    this.#waitMs = limits.firstWaitMs
  }

  start(count: number): void {
    for (const signal of ['SIGTERM', 'SIGINT']) {
      this.#outside.signals.on(signal, () => this.#onSignal(signal))
    }
    for (let started = 0; started < count; started += 1) this.#startOne()
  }

  #startOne(): void {
    const { fork, log, nowMs } = this.#outside
    const worker = fork()
    const { id } = worker
    this.#running.set(worker, { startedAtMs: nowMs() })
    log.info({ worker: id, pid: worker.process.pid }, 'a worker was started')
    worker.on('listening', () => {
      log.info({ worker: id }, 'a worker takes requests')
      if (!this.#wasReady) this.#outside.onReady()
      this.#wasReady = true
    })
    worker.on('exit', (code: number | null, signal: string | null) => {
      this.#onExit(worker, { code, signal })
    })
    // A message to a worker that has just died comes back as an error; its exit says all that there is to say.
    worker.on('error', (error: Error) => {
      log.warn({ worker: id, reason: error.message }, 'a worker cannot be reached')
    })
  }

  #onExit(worker: WorkerProcess, end: { code: number | null; signal: string | null }): void {
    const { log, nowMs } = this.#outside
    const startedAtMs = this.#running.get(worker)?.startedAtMs ?? nowMs()
    this.#running.delete(worker)
    const facts = { worker: worker.id, ...end }
    if (this.#stopping !== undefined) {
      log.info(facts, 'a worker ended')
      if (end.code !== 0) this.#stopping.code = 1
      this.#endIfAlone()
      return
    }
    if (!this.#wasReady) {
      log.error(facts, 'a worker ended before any was ready: none is started again')
      this.#stop(1)
      return
    }
    if (nowMs() - startedAtMs >= this.#limits.calmMs) this.#waitMs = this.#limits.firstWaitMs
    log.error({ ...facts, startsInMs: this.#waitMs }, 'a worker ended')
    this.#startLater()
  }

  #startLater(): void {
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      this.#startOne()
    }, this.#waitMs)
    this.#restarts.add(timer)
    this.#waitMs = Math.min(this.#limits.longestWaitMs, this.#waitMs * 2)
  }

  #onSignal(signal: string): void {
    this.#outside.log.info({ signal }, 'a signal came')
    if (this.#stopping === undefined) this.#stop(0)
    else this.#cut()
  }

  #stop(code: 0 | 1): void {
    for (const timer of this.#restarts) clearTimeout(timer)
    this.#stopping = { code, cut: setTimeout(() => this.#cut(), this.#limits.drainMs) }
    for (const worker of this.#running.keys()) worker.send(drainMessage)
    this.#endIfAlone()
  }

  #cut(): void {
    this.#outside.log.warn({ workers: this.#running.size }, 'workers are ended at once')
    if (this.#stopping !== undefined) this.#stopping.code = 1
    for (const worker of this.#running.keys()) worker.kill('SIGKILL')
  }

  #endIfAlone(): void {
    if (this.#stopping === undefined || this.#running.size > 0) return
    clearTimeout(this.#stopping.cut)
    this.#outside.exit(this.#stopping.code)
  }
}

/**
 * Gives a worker the signals that it obeys: only its primary's. Those of the terminal and of systemd reach the
 * whole group, and two of them would end a worker in the middle of its requests.
 * @param options.exit called if the primary wants an end before anybody listens for it
 */
export function signalsOfPrimary(
  worker: Pick<EventEmitter, 'on'>,
  options: { ownSignals: Pick<EventEmitter, 'on'>; exit: (code: 0) => void },
): Pick<EventEmitter, 'on'> {
  for (const signal of ['SIGTERM', 'SIGINT']) options.ownSignals.on(signal, () => undefined)
  const obeyed = new EventEmitter()
  worker.on('message', (message: unknown) => {
    if (message === drainMessage && !obeyed.emit('SIGTERM')) options.exit(0)
  })
  return obeyed
}
