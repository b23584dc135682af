import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runWorkers, signalsOfPrimary, type WorkerProcess, workerLimits } from '#ops/workers.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A worker that does what the test says. */
class FakeWorker extends EventEmitter implements WorkerProcess {
  readonly id: number
  readonly process: { pid: number }
  readonly received: unknown[] = []

  constructor(id: number) {
    super()
    this.id = id
    this.process = { pid: 1000 + id }
  }

  send(message: unknown): void {
    this.received.push(message)
  }

  kill(signal: string): void {
    this.received.push(signal)
    this.emit('exit', null, signal)
  }
}

function primaryOf(count: number) {
  const workers: FakeWorker[] = []
  const signals = new EventEmitter()
  const exits: number[] = []
  const lines: string[] = []
  let readyCalls = 0
  const note = (_: object, text: string): void => void lines.push(text)
  runWorkers(count, {
    fork() {
      const worker = new FakeWorker(workers.length + 1)
      workers.push(worker)
      return worker
    },
    signals,
    log: { info: note, warn: note, error: note },
    onReady: () => void (readyCalls += 1),
    exit: (code) => void exits.push(code),
    nowMs: () => Date.now(),
  })
  return { workers, signals, exits, lines, readyCalls: () => readyCalls }
}

/** All workers run and take requests. */
function readyPrimaryOf(count: number) {
  const primary = primaryOf(count)
  for (const worker of primary.workers) worker.emit('listening')
  return primary
}

test('as many workers as were asked for are started, and the first that is ready is told once', () => {
  const { workers, lines, readyCalls } = readyPrimaryOf(3)
  expect(workers).toHaveLength(3)
  expect(readyCalls()).toBe(1)
  expect(lines.filter((text) => text === 'a worker takes requests')).toHaveLength(3)
})

test('a worker that died is started again, later each time, at most 30 s later', () => {
  const { workers } = readyPrimaryOf(2)
  const waits: number[] = []
  for (let death = 0; death < 9; death += 1) {
    const before = workers.length
    workers.at(-1)?.emit('exit', null, 'SIGKILL')
    const diedAtMs = Date.now()
    while (workers.length === before) vi.advanceTimersByTime(10)
    waits.push(Date.now() - diedAtMs)
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test('after a calm minute the waiting starts anew', () => {
  const { workers } = readyPrimaryOf(1)
  workers[0]?.emit('exit', 1, null)
  vi.advanceTimersByTime(workerLimits.firstWaitMs)
  vi.advanceTimersByTime(workerLimits.calmMs)
  workers[1]?.emit('exit', 1, null)
  vi.advanceTimersByTime(workerLimits.firstWaitMs)
  expect(workers).toHaveLength(3)
})

test('if a worker ends before any was ready everything ends, with 1', () => {
  const { workers, exits } = primaryOf(2)
  workers[0]?.emit('exit', 1, null)
  expect(workers[1]?.received).toEqual(['drain'])
  workers[1]?.emit('exit', 0, null)
  expect(exits).toEqual([1])
  vi.runAllTimers()
  expect(workers).toHaveLength(2)
})

test.each(['SIGTERM', 'SIGINT'])('F11: %s drains every worker, and then ends with 0', (signal) => {
  const { workers, signals, exits } = readyPrimaryOf(2)
  signals.emit(signal)
  expect(workers.map(({ received }) => received)).toEqual([['drain'], ['drain']])
  workers[0]?.emit('exit', 0, null)
  expect(exits).toEqual([])
  workers[1]?.emit('exit', 0, null)
  expect(exits).toEqual([0])
  vi.runAllTimers()
  expect(workers).toHaveLength(2)
})

test('F11: a worker that did not end well makes the exit code 1', () => {
  const { workers, signals, exits } = readyPrimaryOf(2)
  signals.emit('SIGTERM')
  workers[0]?.emit('exit', 1, null)
  workers[1]?.emit('exit', 0, null)
  expect(exits).toEqual([1])
})

test('F11: a second signal ends the workers at once, with 1', () => {
  const { workers, signals, exits } = readyPrimaryOf(2)
  signals.emit('SIGTERM')
  signals.emit('SIGINT')
  expect(workers[0]?.received).toEqual(['drain', 'SIGKILL'])
  expect(exits).toEqual([1])
})

test('F11: workers that do not end in time are ended at once, with 1', () => {
  const { signals, exits } = readyPrimaryOf(2)
  signals.emit('SIGTERM')
  vi.advanceTimersByTime(workerLimits.drainMs - 1)
  expect(exits).toEqual([])
  vi.advanceTimersByTime(1)
  expect(exits).toEqual([1])
})

test('F11: a worker that waits for its new start does not start any more', () => {
  const { workers, signals, exits } = readyPrimaryOf(1)
  workers[0]?.emit('exit', 1, null)
  signals.emit('SIGTERM')
  expect(exits).toEqual([0])
  vi.runAllTimers()
  expect(workers).toHaveLength(1)
})

test('a worker obeys its primary and no signal to the whole group', () => {
  const worker = new EventEmitter()
  const ownSignals = new EventEmitter()
  const heard: string[] = []
  const obeyed = signalsOfPrimary(worker, { ownSignals, exit: () => void heard.push('exit') })
  obeyed.on('SIGTERM', () => void heard.push('drain'))
  ownSignals.emit('SIGINT')
  ownSignals.emit('SIGTERM')
  worker.emit('message', { another: 'message' })
  expect(heard).toEqual([])
  expect(ownSignals.listenerCount('SIGINT')).toBe(1) // without a listener Node would end the process
  worker.emit('message', 'drain')
  expect(heard).toEqual(['drain'])
})

test('a worker that is told to end before it is ready ends', () => {
  const worker = new EventEmitter()
  const exits: number[] = []
  signalsOfPrimary(worker, {
    ownSignals: new EventEmitter(),
    exit: (code) => void exits.push(code),
  })
  worker.emit('message', 'drain')
  expect(exits).toEqual([0])
})
