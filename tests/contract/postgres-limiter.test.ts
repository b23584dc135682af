import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { LimitDecision } from '#auth/limiter.ts'
import { type LimitName, limits } from '#auth/limits.ts'
import { mostAhead } from '#store/calls-ahead.ts'
import { openLimitCounts } from '#store/limit-counts.ts'
import { migratePostgres } from '#store/postgres-migrations.ts'
import { openPostgresLimiter, type PostgresLimiter } from '#store/postgres-limiter.ts'
import { openPostgresPool } from '#store/postgres-pool.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'

let postgres: TestPostgres
let databaseUrl: string

beforeAll(async () => {
  postgres = await startPostgres()
  databaseUrl = await migratedDatabase(postgres)
}, 60_000)
afterAll(() => postgres.close())

const exactLimits = Object.keys(limits).filter((name) => !name.startsWith('api_')) as LimitName[]
const neverReset = exactLimits.filter((name) => !name.startsWith('login_account'))

/** A limiter of a node of its own, with every limit at `limit` calls. */
async function openNode(
  limit: number,
  options: { windowSeconds?: number; clockAheadMs?: number; url?: string } = {},
): Promise<{ limiter: PostgresLimiter; pool: Pool }> {
  const { windowSeconds = 60, clockAheadMs = 0, url = databaseUrl } = options
  const pool = openPostgresPool({ url, onError: () => undefined })
  const rule = { limit, windowSeconds }
  const names = Object.keys(limits) as LimitName[]
  const limiter = await openPostgresLimiter({
    pool,
    rules: Object.fromEntries(names.map((name) => [name, rule])) as Record<LimitName, typeof rule>,
    clock: { nowMs: () => Date.now() + clockAheadMs },
  })
  onTestFinished(async () => {
    await limiter.close()
    await pool.end()
  })
  return { limiter, pool }
}

async function migratedDatabase(server: TestPostgres): Promise<string> {
  const url = await server.createDatabase()
  await migratePostgres(url)
  return url
}

let lastKey = 0
function newKey(): string {
  lastKey += 1
  return `key-${lastKey}`
}

function allowedOf(decisions: readonly LimitDecision[]): number {
  return decisions.filter(({ allowed }) => allowed).length
}

describe.each(Object.keys(limits) as LimitName[])('%s', (name) => {
  test('as many calls as the limit says are allowed, and each says what remains', async () => {
    const { limiter } = await openNode(2)
    const key = newKey()
    expect(await limiter.consume(name, key)).toEqual({
      name,
      limit: 2,
      remaining: 1,
      windowSeconds: 60,
      retryAfterSeconds: 60,
      allowed: true,
    })
    expect(await limiter.consume(name, key)).toMatchObject({ allowed: true, remaining: 0 })
    expect(await limiter.consume(name, key)).toMatchObject({ allowed: false, remaining: 0 })
    expect(await limiter.peek(name, key)).toMatchObject({ allowed: false, remaining: 0 })
    expect(await limiter.consume(name, newKey())).toMatchObject({ allowed: true, remaining: 1 })
  })

  test('R7: a call succeeds after the time that was stated, whatever was refused in between', async () => {
    const { limiter } = await openNode(1, { windowSeconds: 1 })
    const key = newKey()
    await limiter.consume(name, key)
    const refused = await limiter.consume(name, key)
    expect(refused).toMatchObject({ allowed: false, retryAfterSeconds: 1 })
    for (let call = 0; call < 10; call += 1) {
      await limiter.consume(name, key)
      await sleep(50)
    }
    await sleep(600)
    expect(await limiter.consume(name, key)).toMatchObject({ allowed: true })
  })

  test('a reset starts the count anew, and is known on the other nodes as well', async () => {
    const [here, there] = [await openNode(1), await openNode(1)]
    const key = newKey()
    await here.limiter.consume(name, key)
    await here.limiter.reset(name, key)
    expect(await there.limiter.consume(name, key)).toMatchObject({ allowed: true })
  })
})

describe('R10: several nodes share their counts', () => {
  test.each(exactLimits)(
    'R3: %s: of 90 simultaneous calls on three nodes 10 pass',
    async (name) => {
      const nodes = await Promise.all([openNode(10), openNode(10), openNode(10)])
      const key = newKey()
      const calls = nodes.flatMap(({ limiter }) =>
        Array.from({ length: 30 }, async () => limiter.consume(name, key)),
      )
      expect(allowedOf(await Promise.all(calls))).toBe(10)
    },
  )

  test.each<LimitName>(['api_key', 'api_address'])(
    '%s: each node lets through at most a tenth of the limit more',
    async (name) => {
      const nodes = await Promise.all([openNode(100), openNode(100), openNode(100)])
      const key = newKey()
      const calls = nodes.map(async ({ limiter }) => {
        const decisions: LimitDecision[] = []
        for (let call = 0; call < 120; call += 1) {
          decisions.push(await limiter.consume(name, key))
          if (call % 10 === 0) await sleep(20)
        }
        return allowedOf(decisions)
      })
      const allowed = (await Promise.all(calls)).reduce((sum, count) => sum + count, 0)
      expect(allowed).toBeGreaterThanOrEqual(100)
      expect(allowed).toBeLessThanOrEqual(100 + 3 * mostAhead(100))
    },
  )

  test('a node that starts anew goes on where it was', async () => {
    const key = newKey()
    const before = await openNode(3)
    await before.limiter.consume('login_account_day', key)
    await before.limiter.consume('api_key', key)
    await before.limiter.close()
    const after = await openNode(3)
    expect(await after.limiter.consume('login_account_day', key)).toMatchObject({ remaining: 1 })
    await after.limiter.consume('api_key', key)
    await vi.waitFor(async () => {
      expect(await after.limiter.peek('api_key', key)).toMatchObject({ remaining: 1 })
    })
  })

  test('F10: clocks that differ by a minute make no difference', async () => {
    const [slow, fast] = [
      await openNode(2, { clockAheadMs: -60_000 }),
      await openNode(2, { clockAheadMs: 60_000 }),
    ]
    const key = newKey()
    await slow.limiter.consume('login_account', key)
    await fast.limiter.consume('login_account', key)
    for (const { limiter } of [slow, fast]) {
      const decision = await limiter.consume('login_account', key)
      expect(decision.allowed).toBe(false)
      expect(decision.retryAfterSeconds).toBeGreaterThan(50)
      expect(decision.retryAfterSeconds).toBeLessThanOrEqual(60)
    }
  })

  test('F10: nodes that open a new database at once agree', async () => {
    const url = await migratedDatabase(postgres)
    const nodes = await Promise.all(Array.from({ length: 5 }, () => openNode(10, { url })))
    const decisions = await Promise.all(
      nodes.map(async ({ limiter }) => limiter.consume('login_global', 'all')),
    )
    expect(decisions.map(({ remaining }) => remaining).sort()).toEqual([5, 6, 7, 8, 9])
  })
})

describe('what a request costs the database', () => {
  test.each<LimitName>(['api_key', 'api_address'])(
    '%s: 1,000 calls, hardly a statement',
    async (name) => {
      const { limiter, pool } = await openNode(100_000)
      const statements = vi.spyOn(pool, 'query')
      const since = performance.now()
      for (let call = 0; call < 1000; call += 1) await limiter.consume(name, `k${call % 50}`)
      const quarters = Math.ceil((performance.now() - since) / 250)
      expect(statements.mock.calls.length).toBeLessThanOrEqual(quarters)
    },
  )

  test('a look at the refused keys of an address costs nothing', async () => {
    const { limiter, pool } = await openNode(3)
    const statements = vi.spyOn(pool, 'query')
    for (let call = 0; call < 100; call += 1) await limiter.peek('key_failures_address', 'a')
    expect(statements).not.toHaveBeenCalled()
  })

  test.each(neverReset)('%s: once used up, a key is refused without asking', async (name) => {
    const { limiter, pool } = await openNode(1)
    const key = newKey()
    await limiter.consume(name, key)
    const statements = vi.spyOn(pool, 'query')
    for (let call = 0; call < 100; call += 1) {
      expect((await limiter.consume(name, key)).allowed).toBe(false)
    }
    expect(statements).not.toHaveBeenCalled()
  })

  test('R8: refused keys that another node counted are known after one more', async () => {
    const [here, there] = [await openNode(5), await openNode(5)]
    const key = newKey()
    for (let call = 0; call < 5; call += 1) await here.limiter.consume('key_failures_address', key)
    expect(await there.limiter.consume('key_failures_address', key)).toMatchObject({
      allowed: false,
    })
    expect(await there.limiter.peek('key_failures_address', key)).toMatchObject({ allowed: false })
  })
})

test('R9: windows that are over are removed, those that run stay', async () => {
  const { limiter, pool } = await openNode(5, { windowSeconds: 1 })
  const long = await openNode(5)
  await limiter.consume('login_global', newKey())
  const kept = newKey()
  await long.limiter.consume('login_global', kept)
  await sleep(1100)
  await (await openLimitCounts(pool)).removeEnded()
  const { rows } = await pool.query<{ over: string }>(
    'SELECT count(*) AS over FROM barbell.limit_counts WHERE ends_at <= now()',
  )
  expect(rows).toEqual([{ over: '0' }])
  expect(await long.limiter.peek('login_account', kept)).toMatchObject({ remaining: 5 })
  expect(await long.limiter.consume('login_global', kept)).toMatchObject({ remaining: 3 })
})

test('L1: what was typed as a name does not stand in the database', async () => {
  const { limiter, pool } = await openNode(5)
  await limiter.consume('login_account', 'canary-typed-as-name')
  const { rows } = await pool.query<{ line: string }>(
    'SELECT limit_counts::text AS line FROM barbell.limit_counts',
  )
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.filter(({ line }) => line.includes('canary'))).toEqual([])
})

test.each<LimitName>(['login_account', 'register_address', 'api_key'])(
  'F9: %s: without the database a call is refused, in time, and counted again when it is back',
  async (name) => {
    const own = await startPostgres()
    onTestFinished(() => own.close())
    const { limiter } = await openNode(10, { url: await migratedDatabase(own) })
    const key = newKey()
    await limiter.consume(name, key)
    own.pause()
    const since = performance.now()
    // A call that is counted ahead may pass until it is known that nobody counts.
    await vi.waitFor(
      async () => {
        await expect(limiter.consume(name, key)).rejects.toMatchObject({
          code: 'store_unavailable',
        })
      },
      { timeout: 5000 },
    )
    expect(performance.now() - since).toBeLessThan(5000)
    own.resume()
    await vi.waitFor(() => limiter.consume(name, key), { timeout: 10_000 })
  },
  40_000,
)
