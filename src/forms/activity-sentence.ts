/** What an event of the audit log is called for the account's owner: when it was done, and when it was refused. */
const sentences: ReadonlyMap<string, readonly [done: string, refused: string]> = new Map([
  ['account_registered', ['The account was made.', 'Making the account was refused.']],
  ['sandbox_opened', ['The sandbox account was opened.', 'Opening the account was refused.']],
  ['account_kept', ['The account was kept.', 'Keeping the account was refused.']],
  ['signed_in', ['Signed in.', 'A sign-in was refused.']],
  [
    'sign_in_locked',
    ['After many wrong passwords, signing in had to wait.', 'Signing in had to wait.'],
  ],
  ['session_ended', ['A session was ended.', 'Ending a session was refused.']],
  ['other_sessions_ended', ['All other sessions were ended.', 'Ending sessions was refused.']],
  ['password_confirmed', ['The password was confirmed.', 'A wrong password was given.']],
  [
    'password_changed',
    ['The password was changed.', 'Changing the password was refused: the current one was wrong.'],
  ],
  [
    'account_deleted',
    ['The account was deleted.', 'Deleting the account was refused: the password was wrong.'],
  ],
  ['account_disabled', ['The operator closed the account.', 'Closing the account was refused.']],
  ['account_enabled', ['The operator opened the account again.', 'Opening it was refused.']],
  ['password_reset', ['The operator set a new password.', 'Setting a new password was refused.']],
  ['key_issued', ['An API key was made.', 'Making an API key was refused.']],
  ['key_replaced', ['An API key was replaced.', 'Replacing an API key was refused.']],
  ['key_revoked', ['An API key was revoked.', 'Revoking an API key was refused.']],
  ['all_keys_revoked', ['All API keys were revoked.', 'Revoking the API keys was refused.']],
  ['key_first_used', ['An API key was used for the first time.', 'An API key was refused.']],
])

/** Puts an event into a sentence for the account's owner; one without a sentence here keeps its own name. */
export function activitySentence({ action, ok }: { action: string; ok: boolean }): string {
  const [done, refused] = sentences.get(action) ?? inItsOwnWords(action)
  return ok ? done : refused
}

function inItsOwnWords(action: string): readonly [string, string] {
  const words = action.replaceAll('_', ' ')
  const name = words.charAt(0).toUpperCase() + words.slice(1)
  return [`${name}.`, `${name}: refused.`]
}
