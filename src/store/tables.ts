import type { AccountRecord, KeyRecord, SessionRecord, SigningKeyRecord } from './store.ts'
import { Table } from './table.ts'

/** Everything that the embedded store keeps, except the audit log. */
export interface Tables {
  accounts: Table<AccountRecord, 'canonicalName' | 'seedDigest'>
  keys: Table<KeyRecord, 'accountId' | 'digest' | 'successorId'>
  sessions: Table<SessionRecord, 'accountId'>
  signingKeys: Table<SigningKeyRecord>
}

export function emptyTables(): Tables {
  return {
    accounts: new Table({
      canonicalName: (account) => account.canonicalName,
      seedDigest: (account) => account.seedDigest,
    }),
    keys: new Table({
      accountId: (key) => key.accountId,
      digest: (key) => key.digest,
      successorId: (key) => key.successorId,
    }),
    sessions: new Table({ accountId: (session) => session.accountId }),
    signingKeys: new Table({}),
  }
}

/** Tables with the same rows, to be changed without anybody seeing it. */
export function forkTables(tables: Tables): Tables {
  return {
    accounts: tables.accounts.fork(),
    keys: tables.keys.fork(),
    sessions: tables.sessions.fork(),
    signingKeys: tables.signingKeys.fork(),
  }
}

/** Whether a fork differs from what it was forked from. */
export function areChanged(tables: Tables): boolean {
  return (
    tables.accounts.changed ||
    tables.keys.changed ||
    tables.sessions.changed ||
    tables.signingKeys.changed
  )
}
