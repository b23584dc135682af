import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import type { Clock } from '#auth/clock.ts'
import type { LimitDecision } from '#auth/limiter.ts'
import type { LimitName, LimitRule } from '#auth/limits.ts'
import { Refusal } from '#auth/refusal.ts'
import { changeRows, queryRows } from './postgres-pool.ts'
import { StoreUnavailable } from './store.ts'

/** Calls of one key under one limit. */
export interface CountedCalls {
  /** The name of the limit. */
  name: string
  key: string
  calls: number
  /** How long the window still goes on that these calls began, if no other is running. */
  windowMs: number
}

/** How a key stands under a limit: calls of its window by every node, and how long the window still goes on. */
export interface WindowState {
  calls: number
  msLeft: number
}

/** The counts that all nodes share. Every method rejects with `store_unavailable` when there is no database. */
export interface LimitCounts {
  /** Adds calls, in one statement. @returns how each entry stands after it, in the order of the entries */
  add(entries: readonly CountedCalls[]): Promise<WindowState[]>
  /** @returns null where no window runs */
  read(name: string, key: string): Promise<WindowState | null>
  remove(name: string, key: string): Promise<void>
  /** Removes the windows that are over. */
  removeEnded(): Promise<void>
}

/** What a way of counting is made of. */
export interface CounterParts {
  counts: LimitCounts
  rules: Readonly<Record<LimitName, LimitRule>>
  clock: Clock
  /** Keys that are remembered in this process at a time; the oldest go first. */
  maxKeys: number
}

/** Any number that all servers of ours agree on. */
const creationLock = 0x62_61_72_6c // "barl"

// Logged, unlike most counters: a database that crashes must not give an attacker a new start.
// Several statements sent as one are one transaction, whose end lets go of the lock.
const creation = `
  SELECT pg_advisory_xact_lock(${creationLock});
  CREATE TABLE IF NOT EXISTS barbell.limit_counts (
    digest text COLLATE "C" PRIMARY KEY,
    calls bigint NOT NULL,
    ends_at timestamptz NOT NULL
  ) WITH (fillfactor = 70)`

// In the order of their digests, so that two nodes never hold rows that the other waits for. Time is the
// database's alone: the clocks of the nodes may differ.
const addition = `
  INSERT INTO barbell.limit_counts AS kept (digest, calls, ends_at)
  SELECT digest, calls, now() + make_interval(secs => seconds)
  FROM unnest($1::text[], $2::int[], $3::float8[]) AS given (digest, calls, seconds)
  ORDER BY digest
  ON CONFLICT (digest) DO UPDATE SET
    calls = CASE WHEN kept.ends_at <= now() THEN excluded.calls ELSE kept.calls + excluded.calls END,
    ends_at = CASE WHEN kept.ends_at <= now() THEN excluded.ends_at ELSE kept.ends_at END
  RETURNING digest, calls::float8 AS calls, extract(epoch FROM ends_at - now())::float8 * 1000 AS "msLeft"`

const reading = `
  SELECT calls::float8 AS calls, extract(epoch FROM ends_at - now())::float8 * 1000 AS "msLeft"
  FROM barbell.limit_counts WHERE digest = $1 AND ends_at > now()`

const removal = 'DELETE FROM barbell.limit_counts WHERE digest = $1'

// Passes over rows that are being counted in: a sweep waits for nobody, so that nobody waits for each other.
const sweeping = `
  DELETE FROM barbell.limit_counts WHERE digest IN (
    SELECT digest FROM barbell.limit_counts WHERE ends_at <= now() FOR UPDATE SKIP LOCKED)`

/**
 * Opens the counts of a database that the store has been opened on; makes their table if it is not there.
 */
export async function openLimitCounts(pool: Pool): Promise<LimitCounts> {
  await queryRows(pool, creation)
  return {
    async add(entries) {
      const digests = entries.map(({ name, key }) => digestOf(name, key))
      const calls = entries.map((entry) => String(entry.calls))
      const seconds = entries.map((entry) => String(entry.windowMs / 1000))
      const rows = await orRefused(
        queryRows<WindowState & { digest: string }>(pool, addition, [digests, calls, seconds]),
      )
      const states = new Map(rows.map((row) => [row.digest, row]))
      return digests.map((digest) => states.get(digest) ?? missing(digest))
    },
    async read(name, key) {
      const rows = await orRefused(queryRows<WindowState>(pool, reading, [digestOf(name, key)]))
      return rows[0] ?? null
    },
    async remove(name, key) {
      await orRefused(changeRows(pool, removal, [digestOf(name, key)]))
    },
    async removeEnded() {
      await orRefused(changeRows(pool, sweeping))
    },
  }
}

/** How a key stands, as callers want to know it. */
export function decisionOf(
  name: LimitName,
  { limit, windowSeconds }: LimitRule,
  { calls, msLeft, allowed }: WindowState & { allowed: boolean },
): LimitDecision {
  return {
    name,
    limit,
    remaining: Math.max(0, limit - calls),
    windowSeconds,
    retryAfterSeconds: Math.max(0, Math.ceil(msLeft / 1000)),
    allowed,
  }
}

/** What stands in the table for a key. A key may be what somebody typed as a name: a password, by mistake. */
function digestOf(name: string, key: string): string {
  return createHash('sha256').update(`${name}:${key}`).digest('base64url')
}

/** A call that cannot be counted is refused: the edge asks the limiter itself, without the domain in between. */
async function orRefused<Result>(query: Promise<Result>): Promise<Result> {
  try {
    return await query
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    throw new Refusal('store_unavailable', { because: error.message })
  }
}

function missing(digest: string): never {
  throw new TypeError(`the database did not say how ${digest} stands`)
}
