import type { APIContext } from 'astro'
import type { Caller, TokenIdentity } from '#auth/auth.ts'
import { Refusal } from '#auth/refusal.ts'
import {
  accessTokenCookie,
  clearedAccessTokenCookie,
  readAccessTokenCookie,
} from '#api/access-token-cookie.ts'
import { clientAddress } from '#api/client-address.ts'
import { crossSiteReason } from '#api/middleware/browser-rules.ts'
import { type FormFields, readFormFields } from './form-fields.ts'

/** What a page's frontmatter has to hand: Astro's context without what only templates use. */
export type PageContext = Pick<APIContext, 'request' | 'url'> & {
  locals: Pick<App.Locals, 'barbell' | 'peerAddress' | 'requestId'>
  response: { status?: number; headers: Headers }
}

/** Something that the person at the form should know: a sentence, and one per field where it is theirs. */
export interface FormProblem {
  message: string
  fields: ReadonlyMap<string, string>
}

/** Who called, for limits and audit. */
export function callerOf({ request, locals }: PageContext): Caller {
  const { config } = locals.barbell
  const userAgent = request.headers.get('user-agent')
  return {
    address: clientAddress(locals.peerAddress, request.headers, config.trustedProxies),
    requestId: locals.requestId,
    ...(userAgent === null ? {} : { userAgent }),
  }
}

/** The token that the browser sent, if it sent exactly one. */
export function cookieToken({ request }: PageContext): string | undefined {
  const cookie = readAccessTokenCookie(request.headers.get('cookie'))
  return cookie.kind === 'one' ? cookie.value : undefined
}

/** Who is signed in; undefined for nobody and for a token that no longer counts. */
export async function signedIn(page: PageContext): Promise<TokenIdentity | undefined> {
  const token = cookieToken(page)
  if (token === undefined) return undefined
  return page.locals.barbell.auth.checkToken(token).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'invalid_token') return undefined
    throw error
  })
}

/**
 * The fields of a form that this site's own page sent. Unlike the API, a page refuses a request that does
 * not say where it comes from: only browsers press buttons.
 * @returns the fields, or the refusal as a response
 */
export async function readOwnForm(page: PageContext): Promise<FormFields | Response> {
  const { headers } = page.request
  const { origin } = page.locals.barbell.config
  const silent = !headers.has('sec-fetch-site') && !headers.has('origin')
  const scripted = headers.has('sec-fetch-mode') && headers.get('sec-fetch-mode') !== 'navigate'
  if (silent || scripted || crossSiteReason(headers, origin) !== undefined) {
    return refusedForm(
      403,
      'This form is sent from its own page only. Open the page and try again.',
    )
  }
  const fields = await readFormFields(page.request)
  return (
    fields ??
    refusedForm(400, 'This was not the form that the page holds. Open the page and try again.')
  )
}

/** A short refusal in words, for what no honest reader sees. */
export function refusedForm(status: number, message: string): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
  })
}

/** Signs the browser in with a new cookie and leads on. */
export function signedInRedirect(
  page: PageContext,
  to: string,
  token: string,
  seconds: number,
): Response {
  const { config } = page.locals.barbell
  return redirectWithCookie(to, accessTokenCookie(token, seconds, { secure: config.secure }))
}

/** Takes the cookie away and leads on. */
export function signedOutRedirect(page: PageContext, to: string): Response {
  const { config } = page.locals.barbell
  return redirectWithCookie(to, clearedAccessTokenCookie({ secure: config.secure }))
}

/** Leads on with a GET, so that a reload does not press the button again. */
export function redirect(to: string): Response {
  return new Response(null, {
    status: 303,
    headers: { Location: to, 'Cache-Control': 'no-store' },
  })
}

/**
 * Lets the browser stay on the page that it shows (RFC 9110 section 15.3.5), for a page that presses a button of
 * another one. Who may press what is decided before.
 */
export function leadNowhere(): Response {
  return new Response(null, { status: 204, headers: { 'Cache-Control': 'no-store' } })
}

function redirectWithCookie(to: string, cookie: string): Response {
  const response = redirect(to)
  response.headers.set('Set-Cookie', cookie)
  return response
}

/**
 * Puts a refusal into the words and the status of a form page.
 * @param words of this form, where they differ from those of all forms
 * @throws what is no refusal
 */
export function problemOf(
  error: unknown,
  page: PageContext,
  words: RefusalWords = {},
): FormProblem {
  if (!(error instanceof Refusal)) throw error
  const [status, sentence, field] =
    words[error.code] ?? formRefusals[error.code] ?? unexpectedRefusal(error)
  page.response.status = status
  if (field !== undefined) return { message: lead, fields: new Map([[field, sentence]]) }
  const wait = error.facts.limit?.retryAfterSeconds
  if (wait !== undefined) page.response.headers.set('Retry-After', String(wait))
  const fields = error.facts.fields ?? []
  return {
    message: wait === undefined ? sentence : `${sentence} Try again in ${inWords(wait)}.`,
    fields: new Map(fields.map((entry) => [entry.field, entry.message])),
  }
}

/** Status and sentence of what a form may be refused with, and the field that it is about, if it is about one. */
export type RefusalWords = Partial<
  Record<Refusal['code'], readonly [status: number, sentence: string, field?: string]>
>

/** What stands above the sentences that are about a field. */
const lead = 'Something is not right yet:'

const formRefusals: RefusalWords = {
  validation_failed: [422, lead],
  username_taken: [409, 'This username is taken. Choose another one.', 'username'],
  invalid_grant: [400, 'Username and password do not match. Check both and try again.'],
  too_many_requests: [429, 'There were too many tries.'],
  overloaded: [503, 'The server is busy. Wait a few seconds and try again.'],
  store_unavailable: [503, 'Nothing can be saved right now. Try again in a minute.'],
  key_limit_reached: [409, 'You have as many keys as one account may have. Revoke one first.'],
  key_not_found: [404, 'This key has ended or has been replaced already.'],
}

function unexpectedRefusal(error: Refusal): never {
  throw error
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
