import { changeRows, type Queryable, queryRows } from './postgres-pool.ts'
import { usageKeptMs, type UsageRecord, type UsageStore } from './store.ts'

const recordsPerStatement = 2000

/** A row as `pg` gives it: a bigint is a text. */
interface Row {
  keyId: string
  hourMs: string
  accepted: string
  refused: string
  limited: string
  failed: string
}

/** Calls in the database. Every node adds its own; accounts that are gone have taken theirs with them. */
export function postgresUsage(database: Queryable): UsageStore {
  return {
    async addUsage(records) {
      for (let from = 0; from < records.length; from += recordsPerStatement) {
        const rows = records.slice(from, from + recordsPerStatement).map(rowOf)
        await changeRows(database, added, [JSON.stringify(rows)])
      }
    },
    async usageOf(accountId, sinceMs) {
      const rows = await queryRows<Row>(database, read, [accountId, sinceMs])
      return rows.map((row) => recordOf(row, accountId))
    },
    async sweepUsage(nowMs) {
      const text = 'DELETE FROM barbell.usage WHERE hour_ms <= $1'
      await changeRows(database, text, [nowMs - usageKeptMs])
    },
  }
}

function rowOf({ accountId, keyId, hourMs, counts }: UsageRecord): object {
  return { account_id: accountId, key_id: keyId ?? '', hour_ms: hourMs, ...counts }
}

function recordOf({ keyId, hourMs, ...counts }: Row, accountId: string): UsageRecord {
  const { accepted, refused, limited, failed } = counts
  return {
    accountId,
    keyId: keyId === '' ? null : keyId,
    hourMs: Number(hourMs),
    counts: {
      accepted: Number(accepted),
      refused: Number(refused),
      limited: Number(limited),
      failed: Number(failed),
    },
  }
}

const read = `
  SELECT key_id AS "keyId", hour_ms AS "hourMs", accepted, refused, limited, failed
  FROM barbell.usage WHERE account_id = $1 AND hour_ms >= $2 ORDER BY hour_ms, key_id`

// In the order of the primary key, so that two nodes never wait for each other. What was counted for an account that
// is gone by now is left out.
const added = `
  INSERT INTO barbell.usage
  SELECT given.account_id, given.key_id, given.hour_ms,
    sum(given.accepted), sum(given.refused), sum(given.limited), sum(given.failed)
  FROM json_to_recordset($1::json) AS given (
    account_id text, key_id text, hour_ms bigint,
    accepted bigint, refused bigint, limited bigint, failed bigint
  )
  JOIN barbell.accounts ON accounts.id = given.account_id
  GROUP BY 1, 2, 3
  ORDER BY given.account_id COLLATE "C", given.hour_ms, given.key_id COLLATE "C"
  ON CONFLICT (account_id, hour_ms, key_id) DO UPDATE SET
    accepted = usage.accepted + EXCLUDED.accepted,
    refused = usage.refused + EXCLUDED.refused,
    limited = usage.limited + EXCLUDED.limited,
    failed = usage.failed + EXCLUDED.failed`
