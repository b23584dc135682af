import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { Meters } from '#ops/meters.ts'
import { watchPool } from '#ops/pool-meter.ts'

function startPool() {
  const meters = new Meters({ passwordThreads: 1, nowMs: () => 0 })
  const counts = { totalCount: 3, idleCount: 2, waitingCount: 1 }
  const pool = Object.assign(new EventEmitter(), counts)
  watchPool(pool, meters)
  return { pool, meters }
}

test('a connection counts from the moment it is taken until it is given back', () => {
  const { pool, meters } = startPool()
  const [one, other] = [{}, {}]
  pool.emit('acquire', one)
  pool.emit('acquire', other)
  expect(meters.store.query.count).toBe(0)
  pool.emit('release', undefined, one)
  pool.emit('release', new Error('it broke'), other)
  expect(meters.store.query.count).toBe(2)
  expect(meters.store.query.sum).toBeGreaterThanOrEqual(0)
})

test('the pool is described as it is when it is asked', () => {
  const { pool, meters } = startPool()
  expect(meters.pool?.()).toEqual({ open: 3, idle: 2, waiting: 1 })
  pool.waitingCount = 9
  expect(meters.pool?.()).toEqual({ open: 3, idle: 2, waiting: 9 })
})
