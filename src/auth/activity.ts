import type { AuditEvent } from '#store/store.ts'
import type { Activity } from './auth.ts'
import type { AuthParts } from './parts.ts'

/** The account's own part of the audit log, newest first. */
export async function recentActivity(
  parts: Pick<AuthParts, 'store'>,
  accountId: string,
  limit: number,
): Promise<Activity[]> {
  return (await parts.store.auditOf(accountId, limit)).map(activityOf)
}

function activityOf({ atMs, action, outcome, address }: AuditEvent): Activity {
  return { atMs, action, ok: outcome === 'done', address }
}
