import { expect, test } from 'vitest'
import { JobMeter } from '#ops/job-meter.ts'

/** A meter with a clock that the test moves, and jobs that end when the test says so. */
function startMeter(threads: number) {
  let nowMs = 0
  const meter = new JobMeter({ threads, bounds: [0.1, 1], nowMs: () => nowMs })
  const add = () => {
    const job = Promise.withResolvers<string>()
    const result = meter.run(() => job.promise)
    return { job, result }
  }
  return { meter, add, pass: (ms: number) => void (nowMs += ms) }
}

test('a job that finds a thread free waits for nothing', async () => {
  const { meter, add, pass } = startMeter(2)
  const [first, second] = [add(), add()]
  expect(meter.waiting).toBe(0)
  pass(50)
  first.job.resolve('one')
  second.job.resolve('two')
  expect(await Promise.all([first.result, second.result])).toEqual(['one', 'two'])
  expect(meter.waits).toMatchObject({ count: 2, sum: 0, counts: [2, 0] })
  expect(meter.durations).toMatchObject({ count: 2, sum: 0.1 })
})

test('a job waits until one before it ends, whatever comes after it', async () => {
  const { meter, add, pass } = startMeter(1)
  const [first, second, third] = [add(), add(), add()]
  expect(meter.waiting).toBe(2)
  pass(500)
  first.job.resolve('one')
  await first.result
  expect(meter.waiting).toBe(1)
  expect(meter.waits).toMatchObject({ count: 2, sum: 0.5 })
  pass(500)
  second.job.resolve('two')
  await second.result
  expect(meter.waiting).toBe(0)
  expect(meter.waits).toMatchObject({ count: 3, sum: 1.5 })
  third.job.resolve('three')
  await third.result
})

test('one that is refused because the queue is full leaves it, and its failure is passed on', async () => {
  const { meter, add } = startMeter(1)
  const running = add()
  const refused = add()
  expect(meter.waiting).toBe(1)
  refused.job.reject(new Error('the queue is full'))
  await expect(refused.result).rejects.toThrow('the queue is full')
  expect(meter.waiting).toBe(0)
  running.job.resolve('one')
  await running.result
  const next = add()
  expect(meter.waiting).toBe(0)
  next.job.resolve('two')
  await next.result
  expect(meter.waits.count).toBe(2)
  expect(meter.durations.count).toBe(2)
})

test('one that failed while it ran makes room', async () => {
  const { meter, add } = startMeter(1)
  const running = add()
  running.job.reject(new Error('the thread ended'))
  await expect(running.result).rejects.toThrow('the thread ended')
  add().job.resolve('next')
  expect(meter.waiting).toBe(0)
})
