import type { AccountRecord, PortableStore } from '#store/store.ts'
import { auditEvent, operator } from './audit.ts'
import type { Clock } from './clock.ts'
import {
  type Given,
  type OperatorAccount,
  OperatorRefused,
  type Result,
} from './operator-actions.ts'
import { hashPassword, passwordProblem, type PasswordParts } from './password.ts'
import { base62, type Random, randomId, randomText } from './random.ts'
import { canonicalName, usernameProblem } from './username.ts'

/** What the operator's rules work with. */
export interface OperatorParts extends PasswordParts {
  store: PortableStore
  clock: Clock
  random: Random
}

const madePasswordLength = 24 // base62: 143 bits

/** The session that goes on when the operator sets a password: none has an empty id. */
const noSession = ''

/** Opens an account, with a random password if none is given. */
export async function addAccount(
  parts: OperatorParts,
  { username, password }: Given<'account add'>,
): Promise<Result<'account add'>> {
  const name = canonicalName(username)
  const problem = usernameProblem(username)
  if (name === null || problem !== null) {
    throw new OperatorRefused('unfit name', `This name cannot be used. ${problem ?? ''}`)
  }
  const chosen = password ?? makePassword(parts.random)
  refuseUnfit(chosen, username)
  const account: AccountRecord = {
    id: randomId(parts.random),
    username,
    canonicalName: name,
    kind: 'own',
    passwordHash: await hashPassword(parts, chosen),
    passwordVersion: 1,
    seedDigest: null,
    createdAtMs: parts.clock.nowMs(),
    expiresAtMs: null,
    disabledAtMs: null,
  }
  const event = auditEvent(parts, operator, { action: 'account_registered', accountId: account.id })
  const outcome = await parts.store.insertAccount({ account, firstKey: null }, event)
  if (outcome === 'taken') {
    throw new OperatorRefused('name taken', `There is an account ${named(username)} already.`)
  }
  return { accountId: account.id, password: password === null ? chosen : null }
}

/** A page of all accounts, closed and sandbox ones too. */
export async function listAccounts(
  parts: OperatorParts,
  page: Given<'account list'>,
): Promise<Result<'account list'>> {
  const records = await parts.store.readTable('accounts', page)
  const isFull = records.length === page.limit
  return {
    accounts: records.map(operatorAccountOf),
    lastId: isFull ? (records.at(-1)?.id ?? null) : null,
  }
}

/** Closes an account: its sessions end, and its keys are refused until it is open again. */
export async function disableAccount(
  parts: OperatorParts,
  { username }: Given<'account disable'>,
): Promise<Result<'account disable'>> {
  const { id: accountId } = await accountNamed(parts, username)
  const event = auditEvent(parts, operator, { action: 'account_disabled', accountId })
  const change = { accountId, disabledAtMs: parts.clock.nowMs() }
  if (await parts.store.setAccountDisabled(change, event)) return { accountId }
  throw new OperatorRefused(
    'disabled already',
    `The account ${named(username)} is disabled already.`,
  )
}

/** Opens a closed account again: its keys count again, its sessions stay over. */
export async function enableAccount(
  parts: OperatorParts,
  { username }: Given<'account enable'>,
): Promise<Result<'account enable'>> {
  const { id: accountId } = await accountNamed(parts, username)
  const event = auditEvent(parts, operator, { action: 'account_enabled', accountId })
  const change = { accountId, disabledAtMs: null }
  if (await parts.store.setAccountDisabled(change, event)) return { accountId }
  throw new OperatorRefused('not disabled', `The account ${named(username)} is not disabled.`)
}

/** Sets another password, which ends every session and, if asked, every key. */
export async function resetPassword(
  parts: OperatorParts,
  { username, password, revokeKeys }: Given<'account reset-password'>,
): Promise<Result<'account reset-password'>> {
  const account = await accountNamed(parts, username)
  if (account.kind === 'sandbox') {
    throw new OperatorRefused(
      'sandbox account',
      'A sandbox account keeps its password until it ends: it follows from what the browser holds.',
    )
  }
  const chosen = password ?? makePassword(parts.random)
  refuseUnfit(chosen, account.username)
  const { id: accountId, passwordVersion } = account
  const isChanged = await parts.store.changePassword(
    {
      accountId,
      passwordVersion,
      passwordHash: await hashPassword(parts, chosen),
      sessionId: noSession,
      revokeKeys,
      nowMs: parts.clock.nowMs(),
    },
    [
      auditEvent(parts, operator, { action: 'password_reset', accountId }),
      ...(revokeKeys
        ? [auditEvent(parts, operator, { action: 'all_keys_revoked', accountId })]
        : []),
    ],
  )
  if (!isChanged) throw changedMeanwhile(username)
  return { accountId, password: password === null ? chosen : null }
}

/** Removes an account with its keys and sessions; the audit log keeps what happened. */
export async function deleteAccountNamed(
  parts: OperatorParts,
  { username }: Given<'account delete'>,
): Promise<Result<'account delete'>> {
  const { id: accountId, passwordVersion } = await accountNamed(parts, username)
  const event = auditEvent(parts, operator, { action: 'account_deleted', accountId })
  const isDeleted = await parts.store.deleteAccount({ accountId, passwordVersion }, event)
  if (!isDeleted) throw changedMeanwhile(username)
  return { accountId }
}

/**
 * The account of a name in whatever case, closed or not.
 * @throws {OperatorRefused} if there is none
 */
export async function accountNamed(
  { store }: Pick<OperatorParts, 'store'>,
  username: string,
): Promise<AccountRecord> {
  const name = canonicalName(username)
  const account = name === null ? null : await store.accountByName(name)
  if (account !== null) return account
  throw new OperatorRefused(
    'no such account',
    `There is no account ${named(username)}: "account list" tells which there are.`,
  )
}

function operatorAccountOf(record: AccountRecord): OperatorAccount {
  const { id, username, kind, createdAtMs, expiresAtMs, disabledAtMs } = record
  return { id, username, kind, createdAtMs, expiresAtMs, disabledAtMs }
}

function makePassword(random: Random): string {
  return randomText(random, base62, madePasswordLength)
}

function refuseUnfit(password: string, username: string): void {
  const problem = passwordProblem(password, username)
  if (problem === null) return
  throw new OperatorRefused('unfit password', `This password cannot be used. ${problem}`)
}

function changedMeanwhile(username: string): OperatorRefused {
  return new OperatorRefused(
    'changed meanwhile',
    `The account ${named(username)} got another password meanwhile, or is gone: look, and give the command again.`,
  )
}

/** A name as it was typed, on one line whatever is in it. */
function named(username: string): string {
  return JSON.stringify(username)
}
