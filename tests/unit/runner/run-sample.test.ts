import { describe, expect, test, vi } from 'vitest'
import type { AnswerMessage, FromWorker, RunMessage } from '#runner/contract.ts'
import { limits } from '#runner/contract.ts'
import type { Reader } from '#runner/reader.ts'
import { type RunRequest, createRunner } from '#runner/run-sample.ts'

/** Stands for the browser's Worker: records what it is sent, and says what the test says. */
class ScriptedWorker extends EventTarget {
  readonly received: (RunMessage | AnswerMessage)[] = []
  isTerminated = false

  postMessage(message: RunMessage | AnswerMessage): void {
    this.received.push(message)
  }

  terminate(): void {
    this.isTerminated = true
  }

  say(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: { runId: this.runId, ...message } }))
  }

  end(fields: Partial<Extract<FromWorker, { kind: 'result' }>> = {}): void {
    this.say({ kind: 'result', error: null, durationMs: 5, reusable: false, ...fields })
  }

  get runId(): string {
    return this.received.at(-1)?.runId ?? ''
  }
}

const reader: Reader = {
  kind: 'sandbox',
  username: 'sandbox-1',
  password: 'p',
  apiKey: 'sandbox-1:0123456789abcdef',
  expiresAt: null,
}

function setUp() {
  const workers: ScriptedWorker[] = []
  const events: unknown[] = []
  const startRun = createRunner({
    openWorker: () => {
      const worker = new ScriptedWorker()
      workers.push(worker)
      return worker as unknown as Worker
    },
    origin: () => 'https://docs.example',
  })
  const start = (request: Partial<RunRequest> = {}) =>
    startRun({
      language: 'python',
      code: 'key = "myUsername:myLongKeyGoesHere"',
      reader,
      onEvent: (event) => events.push(event),
      ...request,
    })
  const worker = (at: number): ScriptedWorker => {
    const found = workers[at]
    if (!found) throw new Error(`worker ${at} was not opened`)
    return found
  }
  return { start, worker, workers, events }
}

const exchange = {
  request: { method: 'GET', url: 'https://docs.example/', headers: [], body: null },
  response: null,
  error: 'no answer',
  startedAtMs: 1,
  durationMs: 1,
}

test('the worker gets the filled-in code, what the reader sees, and the environment', () => {
  const { start, worker } = setUp()
  start()
  expect(worker(0).received[0]).toMatchObject({
    kind: 'run',
    code: 'key = "sandbox-1:0123456789abcdef"',
    shownCode: 'key = "myUsername:myLongKeyGoesHere"',
    origin: 'https://docs.example',
    environment: { BARBELL_URL: 'https://docs.example', BARBELL_USERNAME: 'sandbox-1' },
  })
})

test('events pass on, and the result has every exchange in the order of sending', async () => {
  const { start, worker, events } = setUp()
  const run = start()
  worker(0).say({ kind: 'progress', label: 'loading Python', fraction: 0.5 })
  worker(0).say({ kind: 'started' })
  worker(0).say({ kind: 'output', stream: 'stdout', text: 'hi\n' })
  worker(0).say({ kind: 'exchange', exchange: { ...exchange, startedAtMs: 2 } })
  worker(0).say({ kind: 'exchange', exchange })
  worker(0).end()
  const result = await run.finished
  expect(result).toMatchObject({ ok: true, ending: 'done', error: null, durationMs: 5 })
  expect(result.exchanges.map(({ startedAtMs }) => startedAtMs)).toEqual([1, 2])
  expect(events).toHaveLength(5)
})

test('a program that fails is a value', async () => {
  const { start, worker } = setUp()
  const run = start()
  worker(0).end({ error: { name: 'KeyError', message: "'a'", line: 2 } })
  expect(await run.finished).toMatchObject({ ok: false, ending: 'failed', error: { line: 2 } })
})

test('S4: Stop terminates the worker, and the next run gets another', async () => {
  const { start, worker } = setUp()
  const run = start()
  worker(0).say({ kind: 'started' })
  run.stop()
  expect(await run.finished).toMatchObject({ ok: false, ending: 'stopped', error: null })
  expect(worker(0).isTerminated).toBe(true)
  const next = start()
  worker(1).end()
  expect(await next.finished).toMatchObject({ ok: true })
})

test('S6: a message of an ended run, or of another one, is not heard', async () => {
  const { start, worker, events } = setUp()
  const run = start()
  worker(0).say({ kind: 'output', stream: 'stdout', text: 'x', runId: 'another' })
  worker(0).end()
  await run.finished
  worker(0).say({ kind: 'output', stream: 'stdout', text: 'x' })
  worker(0).end({ error: { name: 'E', message: '', line: null } })
  expect(events).toEqual([])
  expect(await run.finished).toMatchObject({ ok: true })
})

test.each([
  ['a message that is none', { kind: 'output', stream: 'html', text: '<b>' }],
  ['an error of the wrong shape', { kind: 'result', error: 'x', durationMs: 1, reusable: true }],
])('S6: %s ends the run', async (_, message) => {
  const { start, worker } = setUp()
  const run = start()
  worker(0).say(message)
  expect(await run.finished).toMatchObject({ ending: 'broken', error: { name: 'RunnerError' } })
  expect(worker(0).isTerminated).toBe(true)
})

test('S5: a flood of messages ends the run, and text beyond the allowance is cut once', async () => {
  const { start, worker, events } = setUp()
  const run = start()
  for (let sent = 0; sent <= limits.messages; sent += 1) {
    worker(0).say({ kind: 'output', stream: 'stdout', text: 'x\n' })
  }
  expect(await run.finished).toMatchObject({ ending: 'broken' })
  expect(events).toHaveLength(limits.outputLines + 1)
  expect(events.at(-1)).toEqual({ kind: 'output-cut' })
})

test('S5: a worker that shows more objects than a run may is ended', async () => {
  const { start, worker } = setUp()
  const run = start()
  const value = { text: '{ a: 1 }', members: [['a', { text: '1', members: [], more: 0 }]], more: 0 }
  for (let sent = 0; sent <= limits.values; sent += 1) worker(0).say({ kind: 'value', value })
  expect(await run.finished).toMatchObject({ ending: 'broken' })
})

test('S9: a worker that reports more requests than a run may send is ended', async () => {
  const { start, worker } = setUp()
  const run = start()
  for (let sent = 0; sent <= limits.requests; sent += 1)
    worker(0).say({ kind: 'exchange', exchange })
  const { ending, exchanges } = await run.finished
  expect([ending, exchanges.length]).toEqual(['broken', limits.requests])
})

test('a worker that cannot load says so', async () => {
  const { start, worker } = setUp()
  const run = start()
  worker(0).dispatchEvent(new Event('error', { cancelable: true }))
  const { error } = await run.finished
  expect(error?.message).toBe('The runner could not be loaded. Are you offline?')
})

describe('S4: the time limit', () => {
  test('counts from the first line, not from the loading', async () => {
    vi.useFakeTimers()
    try {
      const { start, worker } = setUp()
      const run = start({ limitMs: 1000 })
      vi.advanceTimersByTime(60_000)
      worker(0).say({ kind: 'started' })
      vi.advanceTimersByTime(999)
      expect(worker(0).isTerminated).toBe(false)
      vi.advanceTimersByTime(1)
      const { ending, error } = await run.finished
      expect([ending, error?.message]).toEqual([
        'time-limit',
        'The program ran longer than 1 seconds and was ended.',
      ])
      expect(worker(0).isTerminated).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  test('is 30 seconds unless given, and loading may take two minutes', async () => {
    vi.useFakeTimers()
    try {
      const { start, worker } = setUp()
      const loading = start()
      const running = start()
      worker(1).say({ kind: 'started' })
      vi.advanceTimersByTime(limits.loadMs)
      expect((await running.finished).ending).toBe('time-limit')
      expect((await loading.finished).ending).toBe('broken')
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a program that asks', () => {
  function ask(request: Partial<RunRequest> = {}) {
    const setup = setUp()
    const run = setup.start({ canAnswer: true, ...request })
    setup.worker(0).say({ kind: 'started' })
    setup.worker(0).say({ kind: 'question', prompt: 'Name? ' })
    return { ...setup, run, worker: setup.worker(0) }
  }

  test('gets one answer, and only to a question', async () => {
    const { run, worker, events } = ask()
    expect(events.at(-1)).toEqual({ kind: 'question', prompt: 'Name? ' })
    run.answer('Ada')
    run.answer('twice')
    expect(worker.received.slice(1)).toEqual([{ kind: 'answer', runId: worker.runId, text: 'Ada' }])
    worker.end()
    await run.finished
    run.answer('late')
    expect(worker.received).toHaveLength(2)
  })

  test.each([
    ['where nobody can answer', { canAnswer: false }, 1],
    ['twice at once', {}, 2],
  ])('S6: %s ends as a broken run', async (_, request, times) => {
    const { run, worker } = ask(request)
    if (times > 1) worker.say({ kind: 'question', prompt: '' })
    expect((await run.finished).ending).toBe('broken')
  })

  test('S4: loses no time of its own while it waits, and ends when nobody answers', async () => {
    vi.useFakeTimers()
    try {
      const patient = ask({ limitMs: 1000 })
      vi.advanceTimersByTime(limits.answerMs - 1)
      patient.run.answer('')
      vi.advanceTimersByTime(999)
      expect(patient.worker.isTerminated).toBe(false)
      vi.advanceTimersByTime(1)
      expect((await patient.run.finished).error?.message).toMatch(/ran longer than 1 seconds/)

      const silent = ask()
      vi.advanceTimersByTime(limits.answerMs)
      expect((await silent.run.finished).error?.message).toMatch(/waited 5 minutes/)
      expect(silent.worker.isTerminated).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a worker that says it is clean', () => {
  const other: Reader = { ...reader, username: 'sandbox-2' }

  async function finish(setup: ReturnType<typeof setUp>, at: number, as = reader): Promise<void> {
    const run = setup.start({ reader: as })
    setup.worker(at).end({ reusable: true })
    await run.finished
    await Promise.resolve()
  }

  test('runs the next program of the same reader', async () => {
    const setup = setUp()
    await finish(setup, 0)
    await finish(setup, 0)
    expect(setup.workers).toHaveLength(1)
    expect(setup.worker(0).received).toHaveLength(2)
  })

  test('S12: never runs a program of another reader', async () => {
    const setup = setUp()
    await finish(setup, 0)
    await finish(setup, 1, other)
    expect(setup.worker(0).isTerminated).toBe(true)
    expect(setup.worker(1).received).toHaveLength(1)
  })
})
