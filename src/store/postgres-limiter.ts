import type { Pool } from 'pg'
import type { Clock } from '#auth/clock.ts'
import type { Limiter } from '#auth/limiter.ts'
import type { LimitName, LimitRule } from '#auth/limits.ts'
import { CallsAhead } from './calls-ahead.ts'
import { CallsOneByOne } from './calls-one-by-one.ts'
import { openLimitCounts } from './limit-counts.ts'

/** A limiter that has a database to let go of. */
export interface PostgresLimiter extends Limiter {
  /** Tells the database of the calls that are counted only here. */
  close(): Promise<void>
}

/**
 * How calls are counted.
 *
 * - `each`: in the database, one by one.
 * - `until_used_up`: the same, but a node that has learnt that a key is used up asks no more until its window
 *   ends. Nothing resets these limits.
 * - `ahead`: those that every request comes by, settled four times a second.
 */
type Way = 'each' | 'until_used_up' | 'ahead'

const ways: Readonly<Record<LimitName, Way>> = {
  login_account: 'each',
  login_account_day: 'each',
  login_address: 'until_used_up',
  login_global: 'until_used_up',
  register_address: 'until_used_up',
  sandbox_address: 'until_used_up',
  sandbox_global: 'until_used_up',
  key_failures_address: 'until_used_up',
  api_key: 'ahead',
  api_address: 'ahead',
}

const keysPerLimit = 50_000 // some 10 MB
const sweepEveryMs = 5 * 60 * 1000 // five minutes

/**
 * Counts for all nodes that share a PostgreSQL database.
 * @param options.pool of a database that the store has been opened on; stays open when the limiter is closed
 * @param options.maxKeysPerLimit how many keys each limit remembers in this process, 50,000 by default
 */
export async function openPostgresLimiter(options: {
  pool: Pool
  rules: Readonly<Record<LimitName, LimitRule>>
  clock: Clock
  maxKeysPerLimit?: number
}): Promise<PostgresLimiter> {
  const { pool, rules, clock, maxKeysPerLimit = keysPerLimit } = options
  const counts = await openLimitCounts(pool)
  const parts = { counts, rules, clock, maxKeys: maxKeysPerLimit }
  const ahead = new CallsAhead({ ...parts, maxKeys: 2 * maxKeysPerLimit })
  const counters = {
    each: new CallsOneByOne(parts),
    until_used_up: new CallsOneByOne(parts, { remembersUsedUp: true }),
    ahead,
  } satisfies Record<Way, Limiter>
  const sweep = setInterval(() => {
    // What is over counts for nothing, so that a sweep can be missed.
    counts.removeEnded().catch(() => undefined)
  }, sweepEveryMs).unref()
  return {
    consume: (name, key) => counters[ways[name]].consume(name, key),
    peek: (name, key) => counters[ways[name]].peek(name, key),
    reset: (name, key) => counters[ways[name]].reset(name, key),
    async close() {
      clearInterval(sweep)
      await ahead.settle().catch(() => undefined) // without a database nobody could learn of it anyway
    },
  }
}
