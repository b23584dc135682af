import type { TokenIdentity } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import { Refusal } from '#auth/refusal.ts'
import type { FormFields } from './form-fields.ts'
import {
  type PageContext,
  callerOf,
  leadNowhere,
  redirect,
  refusedForm,
  signedInRedirect,
  signedOutRedirect,
} from './page-request.ts'

/** Where the settings are. */
export const settingsPath = '/dashboard/settings'

/** One press of a button of the settings page, by whoever is signed in. */
export interface Press {
  page: PageContext
  /** Whose settings these are: the session's own account, whatever the form names. */
  identity: TokenIdentity
  fields: FormFields
  clock: Clock
}

/** What a press leads to: another page, or this one with a key that is shown once. */
export type Outcome = { shownKey: string; notice: string } | Response

/** What a button does. */
export interface SettingsAction {
  /**
   * What happens, for the sentence "Enter your password, and ..."; where it is said, the password must have been
   * given lately. The others either harm nobody or take the password in their own form.
   */
  afterPassword?: string
  /** The field of its own form that takes the password. */
  passwordField?: string
  run(press: Press): Promise<Outcome>
}

/** What the page says after it has led on, by the value of `done` in its address. */
export const doneNotices: ReadonlyMap<string, string> = new Map([
  [
    'account-kept',
    'The account is yours to keep. Its old keys are revoked: make a new one for your programs.',
  ],
  ['key-revoked', 'The key is revoked. It is refused from now on.'],
  ['session-ended', 'The session is ended. Its token is refused from now on.'],
  ['other-sessions-ended', 'All other sessions are ended. You are signed in here only.'],
  ['password-changed', 'The password is changed, and all other sessions are ended.'],
  [
    'password-changed-keys-revoked',
    'The password is changed, all other sessions are ended, and all API keys are revoked.',
  ],
])

/** Every button of the settings page, by the value of `action`. */
export const settingsActions: ReadonlyMap<string, SettingsAction> = new Map<string, SettingsAction>(
  [
    ['issue', { afterPassword: 'a new key is made', run: issueKey }],
    ['replace', { afterPassword: 'the key is replaced', run: replaceKey }],
    ['revoke', { afterPassword: 'the key is revoked', run: revokeKey }],
    ['end-session', { afterPassword: 'the session is ended', run: endSession }],
    ['end-others', { afterPassword: 'all other sessions are ended', run: endOthers }],
    ['keep-account', { run: keepAccount }],
    ['change-password', { passwordField: 'current_password', run: changePassword }],
    ['delete-account', { passwordField: 'password', run: deleteAccount }],
    ['sign-out', { run: signOut }],
  ],
)

/**
 * Fields that a press consists of, and that may stand in a page again when it has to be repeated.
 * No secret is among them.
 */
export const repeatableFields = ['action', 'key_id', 'label', 'expires', 'overlap', 'session_id']

/** Its password follows from the browser's seed, so the page shows neither form. */
const sandboxRefusal = 'A sandbox account keeps its password, and ends by itself.'

const dayMs = 24 * 60 * 60 * 1000

/** How long a new key lives, in days, by the value of `expires`. */
const lifetimes: ReadonlyMap<string, number | null> = new Map([
  ['never', null],
  ['30', 30],
  ['90', 90],
  ['365', 365],
])

/** How many seconds a replaced key works beside its successor, with what the page says then, by the value of `overlap`. */
const overlaps: ReadonlyMap<string, readonly [seconds: number, notice: string]> = new Map([
  ['now', [0, 'The key is replaced. The old one is refused from now on.']],
  ['1h', [60 * 60, 'The key is replaced. The old one is refused in 1 hour from now.']],
  ['24h', [24 * 60 * 60, 'The key is replaced. The old one is refused in 24 hours from now.']],
])

async function issueKey({ page, identity, fields, clock }: Press): Promise<Outcome> {
  const days = chosen(lifetimes, fields, 'expires', 'never')
  const expiresAtMs = days === null ? null : clock.nowMs() + days * dayMs
  const { apiKey } = await page.locals.barbell.auth.issueApiKey(
    identity.account.id,
    { label: fields.get('label'), expiresAtMs },
    callerOf(page),
  )
  return { shownKey: apiKey, notice: 'The key is made.' }
}

async function replaceKey({ page, identity, fields }: Press): Promise<Outcome> {
  const [overlapSeconds, notice] = chosen(overlaps, fields, 'overlap', 'now')
  const { apiKey } = await page.locals.barbell.auth.replaceApiKey(
    identity.account.id,
    fields.get('key_id') ?? '',
    { overlapSeconds },
    callerOf(page),
  )
  return { shownKey: apiKey, notice }
}

async function revokeKey({ page, identity, fields }: Press): Promise<Outcome> {
  const keyId = fields.get('key_id') ?? ''
  await page.locals.barbell.auth.revokeApiKey(identity.account.id, keyId, callerOf(page))
  return fields.get('stay') === 'yes' ? leadNowhere() : done('key-revoked')
}

async function endSession({ page, identity, fields }: Press): Promise<Outcome> {
  const { account, session } = identity
  const sessionId = fields.get('session_id') ?? ''
  await page.locals.barbell.auth.endSession(account.id, sessionId, callerOf(page))
  return sessionId === session.id ? signedOutRedirect(page, '/login') : done('session-ended')
}

async function endOthers({ page, identity }: Press): Promise<Outcome> {
  const { account, session } = identity
  await page.locals.barbell.auth.endOtherSessions(account.id, session.id, callerOf(page))
  return done('other-sessions-ended')
}

/** Asks for no password first: that of a sandbox account is known to every script of the page. */
async function keepAccount({ page, identity, fields }: Press): Promise<Outcome> {
  const { account } = identity
  if (account.kind !== 'sandbox') return refusedForm(403, 'This account lasts already.')
  const chosen = { username: fields.get('username') ?? '', password: fields.get('password') ?? '' }
  await page.locals.barbell.auth.keepAccount(account.id, chosen, callerOf(page))
  return signInAnew(page, chosen)
}

/** A session of its own for the account that it is now. */
async function signInAnew(
  page: PageContext,
  credentials: { username: string; password: string },
): Promise<Response> {
  try {
    const { token, expiresInSeconds } = await page.locals.barbell.auth.signIn(
      credentials,
      callerOf(page),
    )
    return signedInRedirect(page, `${settingsPath}?done=account-kept`, token, expiresInSeconds)
  } catch (error) {
    // The account is kept all the same, and its owner knows the password.
    if (error instanceof Refusal) return signedOutRedirect(page, '/login')
    throw error
  }
}

async function changePassword({ page, identity, fields }: Press): Promise<Outcome> {
  const { account, session } = identity
  if (account.kind === 'sandbox') return refusedForm(403, sandboxRefusal)
  const revokeKeys = fields.get('revoke_keys') === 'on'
  await page.locals.barbell.auth.changePassword(
    account.id,
    {
      currentPassword: fields.get('current_password') ?? '',
      newPassword: fields.get('new_password') ?? '',
      sessionId: session.id,
      revokeKeys,
    },
    callerOf(page),
  )
  return done(revokeKeys ? 'password-changed-keys-revoked' : 'password-changed')
}

async function deleteAccount({ page, identity, fields }: Press): Promise<Outcome> {
  const { account } = identity
  if (account.kind === 'sandbox') return refusedForm(403, sandboxRefusal)
  const password = fields.get('password') ?? ''
  await page.locals.barbell.auth.deleteAccount(account.id, password, callerOf(page))
  return signedOutRedirect(page, '/')
}

async function signOut({ page, identity }: Press): Promise<Outcome> {
  const { account, session } = identity
  await page.locals.barbell.auth.endSession(account.id, session.id, callerOf(page))
  return signedOutRedirect(page, '/login')
}

function done(what: string): Response {
  return redirect(`${settingsPath}?done=${what}`)
}

/** What a choice of the form stands for. @throws {Refusal} validation_failed for what it does not offer */
function chosen<T>(
  offers: ReadonlyMap<string, T>,
  fields: FormFields,
  field: string,
  usual: string,
): T {
  const value = fields.get(field) ?? usual
  const offer = offers.get(value)
  if (offer !== undefined) return offer
  throw new Refusal('validation_failed', {
    fields: [{ field, message: `Choose one of: ${[...offers.keys()].join(', ')}.` }],
  })
}
