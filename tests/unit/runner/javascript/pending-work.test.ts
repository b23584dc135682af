import { expect, test } from 'vitest'
import { PendingWork, countBodyReaders, countedTimers } from '#runner/javascript/pending-work.ts'

async function logOf(start: (pending: PendingWork, log: string[]) => void): Promise<string[]> {
  const pending = new PendingWork()
  const log: string[] = []
  start(pending, log)
  await pending.idle()
  return log
}

test('nothing to wait for ends at once', async () => {
  expect(await logOf(() => undefined)).toEqual([])
})

test('a timer is waited for, and what it starts, too', async () => {
  const log = await logOf((pending, lines) => {
    const { setTimeout } = countedTimers(pending)
    setTimeout(() => setTimeout(() => lines.push('inner'), 5), 5)
  })
  expect(log).toEqual(['inner'])
})

test('a cleared timer is not', async () => {
  const log = await logOf((pending, lines) => {
    const { setTimeout, clearTimeout } = countedTimers(pending)
    clearTimeout(setTimeout(() => lines.push('never'), 1_000_000))
    clearTimeout(undefined)
  })
  expect(log).toEqual([])
})

test('an interval is waited for until it is cleared', async () => {
  const log = await logOf((pending, lines) => {
    const { setInterval, clearInterval } = countedTimers(pending)
    const timer = setInterval(() => {
      if (lines.push('tick') === 3) clearInterval(timer)
    }, 1)
  })
  expect(log).toEqual(['tick', 'tick', 'tick'])
})

test('arguments reach a timer', async () => {
  const log = await logOf((pending, lines) => {
    countedTimers(pending).setTimeout((text: string) => lines.push(text), 1, 'given')
  })
  expect(log).toEqual(['given'])
})

test('a body that is being read is waited for, and so is what comes of it', async () => {
  class Body {
    json(): Promise<string> {
      return new Promise((resolve) => setTimeout(() => resolve('body'), 10))
    }
  }
  const log = await logOf((pending, lines) => {
    countBodyReaders(pending, Body.prototype)
    void new Body().json().then((text) => lines.push(text))
  })
  expect(log).toEqual(['body'])
})

test('a rejection counts as an end', async () => {
  const log = await logOf((pending, lines) => {
    pending.track(Promise.reject(new Error('x'))).catch(() => lines.push('caught'))
  })
  expect(log).toEqual(['caught'])
})
