import { operator as byOperator } from './audit.ts'
import {
  addAccount,
  deleteAccountNamed,
  disableAccount,
  enableAccount,
  listAccounts,
  type OperatorParts,
  resetPassword,
} from './operator-accounts.ts'
import type { Operator } from './operator-actions.ts'
import { listKeys, revokeKey } from './operator-keys.ts'
import type { SigningKeys } from './signing-keys.ts'

/**
 * Everything that the operator may do to accounts and keys. The running server does it for commands that reach
 * it by its socket; where none runs, the command does it itself. Each change leaves its event in the audit log,
 * and no limit counts: whoever may give commands could write into the store as well.
 *
 * Each action may throw `OperatorRefused`, which is for the operator, a `Refusal` of an overloaded hasher, or
 * `StoreUnavailable`.
 */
export function createOperator(
  parts: OperatorParts & { signingKeys: Pick<SigningKeys, 'rotate' | 'drop'> },
): Operator {
  return {
    'account add': (given) => addAccount(parts, given),
    'account list': (given) => listAccounts(parts, given),
    'account disable': (given) => disableAccount(parts, given),
    'account enable': (given) => enableAccount(parts, given),
    'account reset-password': (given) => resetPassword(parts, given),
    'account delete': (given) => deleteAccountNamed(parts, given),
    'key list': (given) => listKeys(parts, given),
    'key revoke': (given) => revokeKey(parts, given),
    'signing-key rotate': () => parts.signingKeys.rotate(byOperator),
    'signing-key drop': () => parts.signingKeys.drop(byOperator),
  }
}
