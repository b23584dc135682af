import { isActiveKey, type KeyRecord } from '#store/store.ts'
import { auditEvent, operator } from './audit.ts'
import { accountNamed, type OperatorParts } from './operator-accounts.ts'
import { type Given, type OperatorKey, OperatorRefused, type Result } from './operator-actions.ts'

/** The valid keys of an account, in the order of their making. */
export async function listKeys(
  parts: OperatorParts,
  { username }: Given<'key list'>,
): Promise<Result<'key list'>> {
  const account = await accountNamed(parts, username)
  const nowMs = parts.clock.nowMs()
  const keys = await parts.store.keysOf(account.id)
  return { keys: keys.filter((key) => isActiveKey(key, nowMs)).map(operatorKeyOf) }
}

/** Ends a key of an account at once. */
export async function revokeKey(
  parts: OperatorParts,
  { username, keyId }: Given<'key revoke'>,
): Promise<Result<'key revoke'>> {
  const { id: accountId } = await accountNamed(parts, username)
  const event = auditEvent(parts, operator, { action: 'key_revoked', accountId, subjectId: keyId })
  const target = { accountId, keyId, nowMs: parts.clock.nowMs() }
  if (await parts.store.revokeKey(target, event)) return { accountId, keyId }
  throw new OperatorRefused(
    'no such key',
    'The account has no valid key of this id: "key list NAME" tells which it has.',
  )
}

function operatorKeyOf(record: KeyRecord): OperatorKey {
  const { id, label, hint, createdAtMs, expiresAtMs, lastUsedAtMs } = record
  return { id, label, hint, createdAtMs, expiresAtMs, lastUsedAtMs }
}
