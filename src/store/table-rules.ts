import {
  type AccountRecord,
  endedKeyKeptMs,
  isActiveKey,
  type KeyRecord,
  type SessionRecord,
  type SigningKeyRecord,
  type Swept,
} from './store.ts'
import type { Tables } from './tables.ts'

/** The key, if it is this account's and may still be used. */
export function activeKeyOf(
  tables: Tables,
  target: { accountId: string; keyId: string; nowMs: number },
): KeyRecord | null {
  const key = tables.keys.get(target.keyId)
  return key?.accountId === target.accountId && isActiveKey(key, target.nowMs) ? key : null
}

/** The account, unless it is gone or its password has been changed since somebody gave it. */
export function unchangedAccount(
  tables: Tables,
  known: { accountId: string; passwordVersion: number },
): AccountRecord | null {
  const account = tables.accounts.get(known.accountId)
  return account?.passwordVersion === known.passwordVersion ? account : null
}

/** The sandbox account, as long as it lives. */
export function livingSandboxOf(
  tables: Tables,
  target: { accountId: string; nowMs: number },
): AccountRecord | null {
  const account = tables.accounts.get(target.accountId)
  if (account?.kind !== 'sandbox' || account.disabledAtMs !== null) return null
  const hasEnded = account.expiresAtMs !== null && account.expiresAtMs <= target.nowMs
  return hasEnded ? null : account
}

/** The session, if it is this account's. */
export function sessionOf(
  tables: Tables,
  target: { accountId: string; sessionId: string },
): SessionRecord | null {
  const session = tables.sessions.get(target.sessionId)
  return session?.accountId === target.accountId ? session : null
}

/** Ends every session of an account but one. @returns how many went on until now */
export function endSessionsBut(
  tables: Tables,
  kept: { accountId: string; sessionId: string; nowMs: number },
): number {
  const others = tables.sessions
    .where('accountId', kept.accountId)
    .filter(({ id }) => id !== kept.sessionId)
  for (const { id } of others) tables.sessions.remove(id)
  return others.filter(({ expiresAtMs }) => kept.nowMs < expiresAtMs).length
}

/** Ends every session of an account. */
export function endAllSessions(tables: Tables, accountId: string): void {
  for (const { id } of tables.sessions.where('accountId', accountId)) tables.sessions.remove(id)
}

/** Ends every key of an account that may still be used. */
export function revokeAllKeys(tables: Tables, of: { accountId: string; nowMs: number }): void {
  for (const key of tables.keys.where('accountId', of.accountId)) {
    if (isActiveKey(key, of.nowMs)) tables.keys.put({ ...key, revokedAtMs: of.nowMs })
  }
}

/** Signing keys by the order of their making, whatever the clock said then. */
export function newestFirst(tables: Tables): SigningKeyRecord[] {
  return [...tables.signingKeys.rows()].reverse()
}

/** Removes what has ended, as `Store.deleteExpired` says. */
export function sweep(tables: Tables, nowMs: number): Swept {
  const ended = (at: number | null): boolean => at !== null && at <= nowMs
  const before = sizes(tables)
  for (const account of [...tables.accounts.rows()]) {
    if (ended(account.expiresAtMs)) removeAccount(tables, account.id)
  }
  for (const session of [...tables.sessions.rows()]) {
    if (ended(session.expiresAtMs)) tables.sessions.remove(session.id)
  }
  for (const key of [...tables.signingKeys.rows()]) {
    if (ended(key.endsAtMs)) tables.signingKeys.remove(key.id)
  }
  for (const key of [...tables.keys.rows()]) {
    const endedAtMs = Math.min(key.revokedAtMs ?? Infinity, key.expiresAtMs ?? Infinity)
    if (endedAtMs + endedKeyKeptMs <= nowMs) tables.keys.remove(key.id)
  }
  const after = sizes(tables)
  return {
    accounts: before.accounts - after.accounts,
    keys: before.keys - after.keys,
    sessions: before.sessions - after.sessions,
  }
}

/** Removes an account with everything of its. */
export function removeAccount(tables: Tables, id: string): void {
  tables.accounts.remove(id)
  for (const key of tables.keys.where('accountId', id)) tables.keys.remove(key.id)
  endAllSessions(tables, id)
}

function sizes(tables: Tables): Swept {
  return { accounts: tables.accounts.size, keys: tables.keys.size, sessions: tables.sessions.size }
}
