/** Sandbox accounts are called by this and eight more characters; nobody can register such a name. */
export const sandboxPrefix = 'sandbox-'

/** 3 to 32 characters. No colon, so that `{USERNAME}:{KEY}` has one reading; ASCII, so that no two look alike. */
const usernameShape = /^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$/

/**
 * The form that is unique, signs in and is counted: lower case. `Ada` and `ada` are one account.
 * @returns null if nobody can be called that
 */
export function canonicalName(username: string): string | null {
  return usernameShape.test(username) ? username.toLowerCase() : null
}

/** What keeps somebody from registering this name, in words for them, or null. */
export function usernameProblem(username: string): string | null {
  const name = canonicalName(username)
  if (name === null) {
    return 'Use 3 to 32 characters: letters A to Z, digits, "_" and "-", with a letter or digit first.'
  }
  if (name.startsWith(sandboxPrefix)) {
    return `Names that begin with "${sandboxPrefix}" are kept for sandbox accounts.`
  }
  return null
}
