import {
  type FormProblem,
  type PageContext,
  callerOf,
  cookieToken,
  problemOf,
  readOwnForm,
  signedInRedirect,
} from './page-request.ts'
import { safeNext } from './safe-next.ts'

/** What the form shows: the name as typed, where it leads, and what was wrong. Never the password. */
export interface SignInForm {
  username: string
  next: string
  problem?: FormProblem
}

/** Answers `/login`: the form for a GET; for a POST the way on, or the form again with what is wrong. */
export async function answerLogin(page: PageContext): Promise<SignInForm | Response> {
  const { auth, config } = page.locals.barbell
  page.response.headers.set('Cache-Control', 'no-store')
  const next = safeNext(page.url.searchParams.get('next'), config.origin)
  if (page.request.method !== 'POST') return { username: '', next }

  const fields = await readOwnForm(page)
  if (fields instanceof Response) return fields
  const username = fields.get('username') ?? ''
  const password = fields.get('password') ?? ''
  try {
    const signIn = await auth.signIn(
      { username, password, replaces: cookieToken(page) },
      callerOf(page),
    )
    return signedInRedirect(page, next, signIn.token, signIn.expiresInSeconds)
  } catch (error) {
    return { username, next, problem: problemOf(error, page) }
  }
}
