import { changeRows, type Queryable, queryRows } from './postgres-pool.ts'
import { type PortableUsage, usageKeptMs, type UsageRecord } from './store.ts'

const recordsPerStatement = 2000

/** A row as `pg` gives it: a bigint is a text. */
interface Row {
  accountId: string
  keyId: string
  hourMs: string
  accepted: string
  refused: string
  limited: string
  failed: string
}

/** Calls in the database. Every node adds its own; accounts that are gone have taken theirs with them. */
export function postgresUsage(database: Queryable): PortableUsage {
  const insert = async (statement: string, records: readonly UsageRecord[]): Promise<void> => {
    for (let from = 0; from < records.length; from += recordsPerStatement) {
      const rows = records.slice(from, from + recordsPerStatement).map(rowOf)
      await changeRows(database, statement, [JSON.stringify(rows)])
    }
  }
  return {
    addUsage: (records) => insert(added, records),
    async usageOf(accountId, sinceMs) {
      const rows = await queryRows<Row>(database, read, [accountId, sinceMs])
      return rows.map(recordOf)
    },
    async sweepUsage(nowMs) {
      const text = 'DELETE FROM barbell.usage WHERE hour_ms <= $1'
      await changeRows(database, text, [nowMs - usageKeptMs])
    },
    async readUsage({ after, limit }) {
      const at = [after?.accountId ?? '', after?.hourMs ?? 0, after?.keyId ?? '', limit]
      return (await queryRows<Row>(database, readPage, at)).map(recordOf)
    },
    writeUsage: (records) => insert(addedIfMissing, records),
  }
}

function rowOf({ accountId, keyId, hourMs, counts }: UsageRecord): object {
  return { account_id: accountId, key_id: keyId ?? '', hour_ms: hourMs, ...counts }
}

function recordOf({ accountId, keyId, hourMs, ...counts }: Row): UsageRecord {
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

const columns = `
  account_id AS "accountId", key_id AS "keyId", hour_ms AS "hourMs", accepted, refused, limited, failed`

const read = `
  SELECT ${columns}
  FROM barbell.usage WHERE account_id = $1 AND hour_ms >= $2 ORDER BY hour_ms, key_id`

const readPage = `
  SELECT ${columns}
  FROM barbell.usage WHERE (account_id, hour_ms, key_id) > ($1, $2::bigint, $3)
  ORDER BY account_id, hour_ms, key_id LIMIT $4`

// In the order of the primary key, so that two nodes never wait for each other. What was counted for an account that
// is gone by now is left out.
const inserted = `
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
  ON CONFLICT (account_id, hour_ms, key_id)`

const added = `${inserted} DO UPDATE SET
    accepted = usage.accepted + EXCLUDED.accepted,
    refused = usage.refused + EXCLUDED.refused,
    limited = usage.limited + EXCLUDED.limited,
    failed = usage.failed + EXCLUDED.failed`

const addedIfMissing = `${inserted} DO NOTHING`
