import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RunClock } from '#runner/run-clock.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function setUp() {
  const over: string[] = []
  const clock = new RunClock({
    run: [100, () => over.push('run')],
    answer: [1000, () => over.push('answer')],
  })
  return { clock, over }
}

test('an allowance goes on from where it stood', () => {
  const { clock, over } = setUp()
  clock.count('run')
  vi.advanceTimersByTime(60)
  clock.count('answer')
  vi.advanceTimersByTime(900)
  clock.count('run')
  vi.advanceTimersByTime(39)
  expect(over).toEqual([])
  vi.advanceTimersByTime(1)
  expect(over).toEqual(['run'])
})

test('one that is used up in pieces is over', () => {
  const { clock, over } = setUp()
  for (let piece = 0; piece < 2; piece += 1) {
    clock.count('answer')
    vi.advanceTimersByTime(499)
    clock.count('run')
    vi.advanceTimersByTime(1)
  }
  clock.count('answer')
  vi.advanceTimersByTime(2)
  expect(over).toEqual(['answer'])
})

test('stopped, it counts nothing', () => {
  const { clock, over } = setUp()
  clock.count('run')
  clock.stop()
  vi.advanceTimersByTime(10_000)
  expect(over).toEqual([])
})
