import type { ActingAccount } from './scenarios/scenario.ts'
import type { Outcome, SessionCalls } from './session.ts'

/** Whom the browser's cookie speaks for, seen from the account that a scenario acts as. */
export type SignIn =
  | { kind: 'nobody' | 'this-account' }
  | { kind: 'another-account'; owner: string }
  | { kind: 'unknown'; problem: string }

/** Looks before the cookie is changed: what could not be put back must not be taken away. */
export async function readSignIn(calls: SessionCalls, account: ActingAccount): Promise<SignIn> {
  const owner = await calls.whoAmI()
  if (!owner.ok) return { kind: 'unknown', problem: owner.problem }
  const { value } = owner
  if (value.kind !== 'signed in') return { kind: 'nobody' }
  const { username } = value.session
  return username === account.username
    ? { kind: 'this-account' }
    : { kind: 'another-account', owner: username }
}

/** Makes it again as it was. A session cannot be brought back: it is another one of the same account. */
export function putSignInBack(
  calls: SessionCalls,
  before: 'nobody' | 'this-account',
  account: ActingAccount,
): Promise<Outcome<null>> {
  if (before === 'nobody') return calls.signOut()
  return calls.signIn(account.username, account.password)
}
