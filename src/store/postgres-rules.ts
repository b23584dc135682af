import type { ClientBase } from 'pg'
import { changeRows, type Queryable, queryRows } from './postgres-pool.ts'
import { recordTables } from './postgres-tables.ts'
import { endedKeyKeptMs, type SigningKeyRecord, type Swept } from './store.ts'

/** The SQL of `isActiveKey`. @param now the parameter with the moment, such as `$3` */
export function isActive(now: string): string {
  return `revoked_at_ms IS NULL AND (expires_at_ms IS NULL OR ${now}::bigint < expires_at_ms)`
}

/**
 * Keeps an account from being changed by others until the transaction ends: what is counted of it stays so.
 * @returns false if it is gone
 */
export async function lockAccount(client: ClientBase, accountId: string): Promise<boolean> {
  const text = 'SELECT 1 FROM barbell.accounts WHERE id = $1 FOR NO KEY UPDATE'
  return (await queryRows(client, text, [accountId])).length > 0
}

/**
 * Keeps an account and its password as they are until the transaction ends.
 * @returns false if it is gone or closed, or its password has been changed since somebody gave it
 */
export async function holdUnchangedAccount(
  client: ClientBase,
  known: { accountId: string; passwordVersion: number },
): Promise<boolean> {
  const text = `SELECT 1 FROM barbell.accounts
    WHERE id = $1 AND password_version = $2 AND disabled_at_ms IS NULL FOR SHARE`
  return (await queryRows(client, text, [known.accountId, known.passwordVersion])).length > 0
}

/** Ends every session of an account but one. @returns how many went on until now */
export async function endSessionsBut(
  client: ClientBase,
  kept: { accountId: string; sessionId: string; nowMs: number },
): Promise<number> {
  const text = `
    WITH ended AS (
      DELETE FROM barbell.sessions WHERE account_id = $1 AND id <> $2 RETURNING expires_at_ms
    )
    SELECT count(*)::int AS count FROM ended WHERE $3::bigint < expires_at_ms`
  const parameters = [kept.accountId, kept.sessionId, kept.nowMs]
  const [row] = await queryRows<{ count: number }>(client, text, parameters)
  return row?.count ?? 0
}

/** Ends every key of an account that may still be used. */
export async function revokeAllKeys(
  client: ClientBase,
  of: { accountId: string; nowMs: number },
): Promise<void> {
  const text = `UPDATE barbell.keys SET revoked_at_ms = $2 WHERE account_id = $1 AND ${isActive('$2')}`
  await changeRows(client, text, [of.accountId, of.nowMs])
}

/** How many places of an account are taken. */
export async function countKeys(
  client: ClientBase,
  of: { accountId: string; nowMs: number },
): Promise<number> {
  const text = `
    SELECT count(*)::int AS count FROM barbell.keys
    WHERE account_id = $1 AND successor_id IS NULL AND ${isActive('$2')}`
  const [row] = await queryRows<{ count: number }>(client, text, [of.accountId, of.nowMs])
  return row?.count ?? 0
}

/** Keeps others from changing signing keys until the transaction ends. Everybody may read them. */
export async function lockSigningKeys(client: ClientBase): Promise<void> {
  await changeRows(client, 'LOCK TABLE barbell.signing_keys IN SHARE ROW EXCLUSIVE MODE')
}

/** By the order in which they took over, whatever the clock said then: the one without an end signs. */
export async function signingKeysNewestFirst(on: Queryable): Promise<SigningKeyRecord[]> {
  return await recordTables.signingKeys.all(on, 'ORDER BY ends_at_ms DESC NULLS FIRST, seq DESC')
}

const sweptAtOnce = 1000 // few enough for one statement's time limit

/** What another server is sweeping or changing at the moment is passed over: the next sweep takes it. */
const upTo = `LIMIT ${sweptAtOnce} FOR UPDATE SKIP LOCKED`

const sweeps = {
  accounts: `
    WITH ended AS (SELECT id FROM barbell.accounts WHERE expires_at_ms <= $1 ${upTo}),
      keys AS (DELETE FROM barbell.keys WHERE account_id IN (SELECT id FROM ended) RETURNING 1),
      sessions AS (DELETE FROM barbell.sessions WHERE account_id IN (SELECT id FROM ended) RETURNING 1),
      accounts AS (DELETE FROM barbell.accounts WHERE id IN (SELECT id FROM ended) RETURNING 1)`,
  sessions: `
    WITH accounts AS (SELECT WHERE false), keys AS (SELECT WHERE false), sessions AS (
      DELETE FROM barbell.sessions WHERE id IN (
        SELECT id FROM barbell.sessions WHERE expires_at_ms <= $1 ${upTo}) RETURNING 1)`,
  keys: `
    WITH accounts AS (SELECT WHERE false), sessions AS (SELECT WHERE false), keys AS (
      DELETE FROM barbell.keys WHERE id IN (
        SELECT id FROM barbell.keys
        WHERE LEAST(revoked_at_ms, expires_at_ms) <= $1 - ${endedKeyKeptMs}::bigint ${upTo}) RETURNING 1)`,
}

const counts = `
  SELECT (SELECT count(*) FROM accounts)::int AS accounts, (SELECT count(*) FROM keys)::int AS keys,
    (SELECT count(*) FROM sessions)::int AS sessions`

/** Removes what has ended, as `Store.deleteExpired` says, in pieces of which each is stored whole. */
export async function sweep(on: Queryable, nowMs: number): Promise<Swept> {
  const total: Swept = { accounts: 0, keys: 0, sessions: 0 }
  for (const kind of ['accounts', 'sessions', 'keys'] as const) {
    let piece: Swept
    do {
      piece = await sweepPiece(on, `${sweeps[kind]} ${counts}`, nowMs)
      for (const table of ['accounts', 'keys', 'sessions'] as const) total[table] += piece[table]
    } while (piece[kind] === sweptAtOnce)
  }
  await changeRows(on, 'DELETE FROM barbell.signing_keys WHERE ends_at_ms <= $1', [nowMs])
  return total
}

async function sweepPiece(on: Queryable, text: string, nowMs: number): Promise<Swept> {
  const [row] = await queryRows<Swept>(on, text, [nowMs])
  if (row === undefined) throw new TypeError('a sweep tells what it removed')
  return row
}
