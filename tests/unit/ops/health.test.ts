import { expect, test } from 'vitest'
import { createHealth } from '#ops/health.ts'
import { clockAt } from '../../support/clock.ts'

const noon = '2026-03-01T12:00:00Z'

test('F12: a store that answers makes the server ready, one that fails does not', async () => {
  const clock = clockAt(noon)
  const up = createHealth({ ping: () => Promise.resolve(), clock })
  const down = createHealth({ ping: () => Promise.reject(new Error('gone')), clock })
  expect(await up.unreadyBecause()).toBeNull()
  expect(await down.unreadyBecause()).toBe('store_unavailable')
})

test('F11: a server that drains is not ready, whatever its store says', async () => {
  const health = createHealth({ ping: () => Promise.resolve(), clock: clockAt(noon) })
  health.startDraining()
  expect(health.isDraining()).toBe(true)
  expect(await health.unreadyBecause()).toBe('draining')
})

test('the store is asked once a second, however often readiness is', async () => {
  const clock = clockAt(noon)
  let asked = 0
  const health = createHealth({
    clock,
    ping() {
      asked += 1
      return Promise.resolve()
    },
  })
  await Promise.all(Array.from({ length: 50 }, () => health.unreadyBecause()))
  expect(asked).toBe(1)
  clock.pass(1)
  await health.unreadyBecause()
  expect(asked).toBe(2)
})

test('F9: a store that never answers counts as gone', async () => {
  const health = createHealth({ ping: () => new Promise(() => undefined), clock: clockAt(noon) })
  expect(await health.unreadyBecause()).toBe('store_unavailable')
})
