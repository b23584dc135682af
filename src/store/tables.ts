import type { AccountRecord, KeyRecord, SessionRecord, SigningKeyRecord } from './store.ts'
import { Table } from './table.ts'

/** Everything that the embedded store keeps, except the audit log. */
export interface Tables {
  accounts: Table<AccountRecord, 'canonicalName' | 'seedDigest'>
  keys: Table<KeyRecord, 'accountId' | 'digest' | 'successorId'>
  sessions: Table<SessionRecord, 'accountId'>
  signingKeys: Table<SigningKeyRecord>
  /** How often they were written. The audit log says with each event which write it belongs to. */
  readonly writes: number
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
    writes: 0,
  }
}

/** Tables with the same rows for the next write, to be changed without anybody seeing it. */
export function forkTables(tables: Tables): Tables {
  return {
    accounts: tables.accounts.fork(),
    keys: tables.keys.fork(),
    sessions: tables.sessions.fork(),
    signingKeys: tables.signingKeys.fork(),
    writes: tables.writes + 1,
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

/** Makes what was changed in a fork the content of its origin. The fork takes the origin's place. */
export function settleTables(fork: Tables): void {
  fork.accounts.settle()
  fork.keys.settle()
  fork.sessions.settle()
  fork.signingKeys.settle()
}
