import type { Account, Activity, ApiKey, Session, TokenIdentity } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import { Refusal } from '#auth/refusal.ts'
import { type Usage, readUsage } from './usage.ts'
import { activitySentence } from './activity-sentence.ts'
import { browserName } from './browser-name.ts'
import {
  type FormProblem,
  type PageContext,
  type RefusalWords,
  callerOf,
  problemOf,
  readOwnForm,
  redirect,
  refusedForm,
  signedIn,
} from './page-request.ts'
import {
  type Outcome,
  type Press,
  type SettingsAction,
  doneNotices,
  repeatableFields,
  settingsActions,
  settingsPath,
} from './settings-actions.ts'

/** What the settings page shows. `shownKey` is there once: in the answer to the press that made the key. */
export interface Settings {
  kind: 'settings'
  account: Account
  formToken: string
  keys: (ApiKey & { endsSoon: boolean })[]
  sessions: { id: string; browser: string; address: string; sinceMs: number; isThis: boolean }[]
  usage: Usage
  activity: { atMs: number; sentence: string; address: string; ok: boolean }[]
  /** The label as it was typed, where no key could be made of it. */
  typedLabel?: string | undefined
  /** The username as it was typed, where the account could not be kept under it. */
  typedName?: string | undefined
  shownKey?: string | undefined
  notice?: string | undefined
  problem?: FormProblem | undefined
}

/** The page that asks for the password before a press is done, and repeats the press with it. */
export interface PasswordPrompt {
  kind: 'password-prompt'
  account: Account
  formToken: string
  /** What happens then: "the key is revoked". */
  afterPassword: string
  /** The press, less everything that is secret. */
  repeated: [name: string, value: string][]
  problem?: FormProblem | undefined
}

type Shown = Pick<Settings, 'shownKey' | 'notice' | 'problem' | 'typedLabel' | 'typedName'>

const systemClock: Clock = { nowMs: () => Date.now() }
const shownActivities = 20
const soonMs = 7 * 24 * 60 * 60 * 1000 // a week

/** @param field that took the password */
function ownWords(field = 'password'): RefusalWords {
  return { invalid_grant: [400, 'This is not your password. Nothing was changed.', field] }
}

/** Answers `/dashboard/settings`: to the sign-in page for strangers, else the page, after what was pressed. */
export async function answerSettings(
  page: PageContext,
  clock: Clock = systemClock,
): Promise<Settings | PasswordPrompt | Response> {
  page.response.headers.set('Cache-Control', 'no-store')
  const identity = await signedIn(page)
  if (!identity) return toLogin()
  if (page.request.method !== 'POST') {
    const notice = doneNotices.get(page.url.searchParams.get('done') ?? '')
    return showSettings({ page, identity, clock }, { notice })
  }

  const fields = await readOwnForm(page)
  if (fields instanceof Response) return fields
  const { auth } = page.locals.barbell
  if (!auth.isFormToken(identity.session.id, fields.get('form_token') ?? '')) {
    return refusedForm(403, 'This form has expired. Open the settings page and try again.')
  }
  const action = settingsActions.get(fields.get('action') ?? '')
  if (action === undefined) {
    return refusedForm(400, 'This button does nothing. Open the settings page and try again.')
  }
  return answerPress(action, { page, identity, fields, clock })
}

/** Does what was pressed, once the password was given lately (ASVS 7.5.1, 7.5.3). */
async function answerPress(
  action: SettingsAction,
  press: Press,
): Promise<Settings | PasswordPrompt | Response> {
  const { page, fields } = press
  try {
    const prompt = await askForPassword(action, press)
    if (prompt !== undefined) return prompt
    const outcome: Outcome = await action.run(press)
    return outcome instanceof Response ? outcome : await showSettings(press, outcome)
  } catch (error) {
    // Between the look at the token and the press, the session or the account has ended elsewhere.
    if (error instanceof Refusal && error.code === 'invalid_token') return toLogin()
    const problem = problemOf(error, page, ownWords(action.passwordField))
    const typed = { typedLabel: fields.get('label'), typedName: fields.get('username') }
    return showSettings(press, { problem, ...typed })
  }
}

/** @returns the question for the password; undefined where it is not needed or was answered rightly */
async function askForPassword(
  { afterPassword }: SettingsAction,
  { page, identity, fields }: Press,
): Promise<PasswordPrompt | undefined> {
  const { auth } = page.locals.barbell
  const { account, session } = identity
  if (afterPassword === undefined || auth.isRecentlyConfirmed(session)) return undefined

  const password = fields.get('confirm_password')
  const problem =
    password === undefined ? undefined : await confirmPassword(page, identity, password)
  if (password !== undefined && problem === undefined) return undefined
  if (password === undefined) page.response.status = 403
  return {
    kind: 'password-prompt',
    account,
    formToken: auth.formToken(session.id),
    afterPassword,
    repeated: [...fields].filter(([name]) => repeatableFields.includes(name)),
    problem,
  }
}

async function confirmPassword(
  page: PageContext,
  { account, session }: TokenIdentity,
  password: string,
): Promise<FormProblem | undefined> {
  try {
    const { auth } = page.locals.barbell
    await auth.confirmPassword(account.id, session.id, password, callerOf(page))
    return undefined
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid_token') throw error
    return problemOf(error, page, ownWords('confirm_password'))
  }
}

async function showSettings(
  { page, identity, clock }: Pick<Press, 'page' | 'identity' | 'clock'>,
  shown: Shown,
): Promise<Settings> {
  const { auth } = page.locals.barbell
  const { account, session } = identity
  const [keys, sessions, activity] = await Promise.all([
    auth.listApiKeys(account.id),
    auth.listSessions(account.id),
    auth.recentActivity(account.id, shownActivities),
  ])
  const soon = clock.nowMs() + soonMs
  const usage = await readUsage(page, identity, { keys, clock })
  return {
    kind: 'settings',
    account,
    formToken: auth.formToken(session.id),
    keys: keys.map((key) => ({ ...key, endsSoon: (key.expiresAtMs ?? Infinity) < soon })),
    sessions: sessions.map((each) => sessionOf(each, session.id)),
    usage,
    activity: activity.map(activityOf),
    ...shown,
  }
}

function sessionOf(session: Session, thisId: string): Settings['sessions'][number] {
  const { id, address, createdAtMs } = session
  const browser = browserName(session.userAgent)
  return { id, browser, address, sinceMs: createdAtMs, isThis: id === thisId }
}

function activityOf(event: Activity): Settings['activity'][number] {
  const { atMs, address, ok } = event
  return { atMs, address, ok, sentence: activitySentence(event) }
}

function toLogin(): Response {
  return redirect(`/login?next=${encodeURIComponent(settingsPath)}`)
}
