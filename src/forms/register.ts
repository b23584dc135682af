import { Refusal } from '#auth/refusal.ts'
import type { SignInForm } from './login.ts'
import {
  type PageContext,
  callerOf,
  cookieToken,
  problemOf,
  readOwnForm,
  signedInRedirect,
} from './page-request.ts'
import { safeNext } from './safe-next.ts'

/** What the form shows: as for signing in, and whether the name that was asked for is free. */
export interface RegisterForm extends SignInForm {
  isFree?: true
}

/**
 * Answers `/register`: the form for a GET; for a POST a new account, signed in, or what is wrong; for the button
 * beside the name whether that is free.
 */
export async function answerRegister(page: PageContext): Promise<RegisterForm | Response> {
  const { auth, config } = page.locals.barbell
  page.response.headers.set('Cache-Control', 'no-store')
  const next = safeNext(page.url.searchParams.get('next'), config.origin)
  if (page.request.method !== 'POST') return { username: '', next }

  const fields = await readOwnForm(page)
  if (fields instanceof Response) return fields
  const username = fields.get('username') ?? ''
  const password = fields.get('password') ?? ''
  const caller = callerOf(page)
  try {
    if (fields.get('ask') === 'name') {
      if (await auth.isNameFree(username, caller)) return { username, next, isFree: true }
      throw new Refusal('username_taken')
    }
    await auth.register({ username, password }, caller)
    const signIn = await auth.signIn({ username, password, replaces: cookieToken(page) }, caller)
    return signedInRedirect(page, next, signIn.token, signIn.expiresInSeconds)
  } catch (error) {
    return { username, next, problem: problemOf(error, page) }
  }
}
