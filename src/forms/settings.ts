import type { Account, ApiKey, TokenIdentity } from '#auth/auth.ts'
import type { FormFields } from './form-fields.ts'
import {
  type PageContext,
  callerOf,
  problemOf,
  readOwnForm,
  refusedForm,
  signedIn,
  signedOutRedirect,
} from './page-request.ts'

/** What the settings page shows. `shownKey` is there once: in the answer to the press that made the key. */
export interface Settings {
  account: Account
  keys: ApiKey[]
  formToken: string
  shownKey?: string
  notice?: string
  problem?: string
}

type Outcome = Pick<Settings, 'shownKey' | 'notice'> | Response

/** Answers `/dashboard/settings`: to the sign-in page for strangers, else the page, after what was pressed. */
export async function answerSettings(page: PageContext): Promise<Settings | Response> {
  const identity = await signedIn(page)
  page.response.headers.set('Cache-Control', 'no-store')
  if (!identity) return toLogin()

  let outcome: Outcome = {}
  let problem: string | undefined
  if (page.request.method === 'POST') {
    const fields = await readOwnForm(page)
    if (fields instanceof Response) return fields
    if (!isFormOf(identity, fields, page)) {
      return refusedForm(403, 'This form has expired. Open the settings page and try again.')
    }
    try {
      outcome = await press(identity, fields, page)
    } catch (error) {
      problem = problemOf(error, page).message
    }
  }
  if (outcome instanceof Response) return outcome
  const { auth } = page.locals.barbell
  return {
    account: identity.account,
    keys: await auth.listApiKeys(identity.account.id),
    formToken: auth.formToken(identity.session.id),
    ...outcome,
    ...(problem === undefined ? {} : { problem }),
  }
}

function toLogin(): Response {
  const headers = {
    Location: `/login?next=${encodeURIComponent('/dashboard/settings')}`,
    'Cache-Control': 'no-store',
  }
  return new Response(null, { status: 303, headers })
}

function isFormOf(identity: TokenIdentity, fields: FormFields, page: PageContext): boolean {
  return page.locals.barbell.auth.isFormToken(identity.session.id, fields.get('form_token') ?? '')
}

/** Does what the pressed button says, for the session's own account, whatever else the form names. */
async function press(
  { account, session }: TokenIdentity,
  fields: FormFields,
  page: PageContext,
): Promise<Outcome> {
  const { auth } = page.locals.barbell
  const caller = callerOf(page)
  const keyId = fields.get('key_id') ?? ''
  switch (fields.get('action')) {
    case 'issue': {
      const { apiKey } = await auth.issueApiKey(account.id, {}, caller)
      return { shownKey: apiKey }
    }
    case 'replace': {
      const { apiKey } = await auth.replaceApiKey(account.id, keyId, { overlapSeconds: 0 }, caller)
      return {
        shownKey: apiKey,
        notice: 'The key is replaced. The old one is refused from now on.',
      }
    }
    case 'revoke':
      await auth.revokeApiKey(account.id, keyId, caller)
      return { notice: 'The key is revoked. It is refused from now on.' }
    case 'sign-out':
      await auth.endSession(account.id, session.id, caller)
      return signedOutRedirect(page, '/login')
    case undefined:
    default:
      return refusedForm(400, 'This button does nothing. Open the settings page and try again.')
  }
}
