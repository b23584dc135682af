import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Clock } from '#auth/clock.ts'
import { limits } from '#auth/limits.ts'
import { Refusal } from '#auth/refusal.ts'
import { CallsAhead, mostAhead } from '#store/calls-ahead.ts'
import type { CountedCalls, LimitCounts, WindowState } from '#store/limit-counts.ts'

const windowSeconds = 60

/** Counts that nodes of a test share; they can be made to fail. */
class SharedCounts implements LimitCounts {
  readonly calls = new Map<string, number>()
  statements = 0
  isDown = false
  takesMs = 1

  async add(entries: readonly CountedCalls[]): Promise<WindowState[]> {
    this.statements += 1
    await sleep(this.takesMs)
    if (this.isDown) throw new Refusal('store_unavailable')
    const keys = new Set(entries.map(({ name, key }) => `${name}:${key}`))
    if (keys.size < entries.length) throw new TypeError('a key is named twice')
    return entries.map(({ name, key, calls }) => {
      const total = (this.calls.get(`${name}:${key}`) ?? 0) + calls
      this.calls.set(`${name}:${key}`, total)
      return { calls: total, msLeft: windowSeconds * 1000 }
    })
  }

  read(): Promise<WindowState | null> {
    return Promise.resolve(null)
  }

  remove(name: string, key: string): Promise<void> {
    this.calls.delete(`${name}:${key}`)
    return Promise.resolve()
  }

  removeEnded(): Promise<void> {
    return Promise.resolve()
  }
}

function nodeOf(
  counts: LimitCounts,
  limit: number,
  options: { maxKeys?: number; clock?: Clock } = {},
): CallsAhead {
  return new CallsAhead({
    counts,
    rules: { ...limits, api_key: { limit, windowSeconds } },
    clock: options.clock ?? { nowMs: () => Date.now() },
    maxKeys: options.maxKeys ?? 1000,
  })
}

async function allowedOf(node: CallsAhead, calls: number): Promise<number> {
  const decisions = await Promise.all(
    Array.from({ length: calls }, () => node.consume('api_key', 'k')),
  )
  return decisions.filter(({ allowed }) => allowed).length
}

test('one node lets through exactly as many calls as the limit says', async () => {
  for (const limit of [1, 2, 9, 10, 11, 100]) {
    expect(await allowedOf(nodeOf(new SharedCounts(), limit), 2 * limit), String(limit)).toBe(limit)
  }
})

test('R10: several nodes let through at most a tenth of the limit more each, however calls fall', async () => {
  const bursts = fc.array(
    fc.record({ node: fc.nat({ max: 2 }), calls: fc.integer({ min: 1, max: 30 }) }),
    { minLength: 5, maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 120 }), bursts, async (limit, burstsOfRun) => {
      const counts = new SharedCounts()
      const nodes = [0, 1, 2].map(() => nodeOf(counts, limit))
      const asked = burstsOfRun.reduce((sum, { calls }) => sum + calls, 0)
      const allowed = await Promise.all(
        burstsOfRun.map(async ({ node, calls }) =>
          allowedOf(nodes[node] ?? nodeOf(counts, 0), calls),
        ),
      )
      const sum = allowed.reduce((total, calls) => total + calls, 0)
      expect(sum).toBeLessThanOrEqual(limit + nodes.length * mostAhead(limit))
      expect(sum).toBeGreaterThanOrEqual(Math.min(asked, limit))
    }),
    { numRuns: 60 },
  )
})

test('a hundred keys that call often cost one statement in a quarter of a second', async () => {
  const counts = new SharedCounts()
  const node = nodeOf(counts, 1000)
  for (let call = 0; call < 50; call += 1) {
    for (let key = 0; key < 100; key += 1) await node.consume('api_key', `k${key}`)
  }
  expect(counts.statements).toBeLessThanOrEqual(1)
  await node.settle()
  expect([...counts.calls.values()]).toEqual(Array.from({ length: 100 }, () => 50))
})

test('calls that come while a slow settling is under way are settled after it, without another call', async () => {
  const counts = new SharedCounts()
  counts.takesMs = 600 // longer than the time between two settlings
  const node = nodeOf(counts, 100)
  await allowedOf(node, 1)
  const underWay = node.settle()
  await allowedOf(node, 2)
  await underWay
  await vi.waitFor(() => expect(counts.calls.get('api_key:k')).toBe(3), { timeout: 3000 })
})

describe('F9: while the counts cannot be reached', () => {
  test('calls are refused as soon as it is known, and none is lost', async () => {
    const counts = new SharedCounts()
    const node = nodeOf(counts, 100)
    expect(await allowedOf(node, 5)).toBe(5)
    counts.isDown = true
    await expect(node.settle()).rejects.toThrow(Refusal)
    await expect(node.consume('api_key', 'k')).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(node.consume('api_key', 'other')).rejects.toThrow(Refusal)
    await expect(node.peek('api_key', 'k')).rejects.toThrow(Refusal)
    counts.isDown = false
    expect(await node.consume('api_key', 'k')).toMatchObject({ allowed: true, remaining: 94 })
    expect(counts.calls.get('api_key:k')).toBe(5)
  })

  test('a window that ends meanwhile is told no more, and the next one counts from the start', async () => {
    const counts = new SharedCounts()
    let nowMs = 0
    const node = nodeOf(counts, 100, { clock: { nowMs: () => nowMs } })
    await allowedOf(node, 5)
    counts.isDown = true
    const underWay = node.settle()
    nowMs = windowSeconds * 1000
    expect(await node.consume('api_key', 'k')).toMatchObject({ allowed: true, remaining: 99 })
    await expect(underWay).rejects.toThrow(Refusal)
    counts.isDown = false
    expect(await node.consume('api_key', 'k')).toMatchObject({ allowed: true, remaining: 98 })
  })

  test('at most a tenth of the limit passes before it is known', async () => {
    const counts = new SharedCounts()
    counts.isDown = true
    const node = nodeOf(counts, 100)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => node.consume('api_key', 'k')),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  })
})

test('R9: keys beyond what is remembered go, the oldest first, and nothing of theirs is lost', async () => {
  const counts = new SharedCounts()
  const node = nodeOf(counts, 10, { maxKeys: 20 })
  await node.consume('api_key', 'first')
  for (let key = 0; key < 200; key += 1) await node.consume('api_key', `k${key}`)
  await node.settle()
  expect(await node.peek('api_key', 'k199')).toMatchObject({ remaining: 9 })
  expect(await node.peek('api_key', 'first')).toMatchObject({ remaining: 10 }) // not known here any more
  await node.consume('api_key', 'first')
  await node.settle()
  expect(await node.peek('api_key', 'first')).toMatchObject({ remaining: 8 })
})

test('a reset starts the count anew', async () => {
  const node = nodeOf(new SharedCounts(), 1)
  await node.consume('api_key', 'k')
  expect(await node.consume('api_key', 'k')).toMatchObject({ allowed: false })
  await node.reset('api_key', 'k')
  expect(await node.consume('api_key', 'k')).toMatchObject({ allowed: true })
})
