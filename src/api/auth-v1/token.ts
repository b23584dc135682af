import { createRoute, z } from '@hono/zod-openapi'
import { shortTokenTtlSeconds } from '#auth/token-lifetime.ts'
import { accessTokenCookie, readAccessTokenCookie } from '../access-token-cookie.ts'
import { EdgeRefusal } from '../edge-refusal.ts'
import { endpoint } from '../endpoint.ts'
import { callerOf, requestStep, steps } from '../exchange.ts'
import { formBodyOnly, formField, noRepeatedFields } from '../middleware/body.ts'
import { cookieJar } from '../middleware/cookie-jar.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'

const needed = 'This is needed.'

/** A parameter without a value counts as not sent (RFC 6749 section 3.2); unknown ones are ignored. */
const GrantSchema = z
  .object({
    username: z
      .string({ error: needed })
      .min(1, needed)
      .openapi({ description: 'Of your account.', example: 'myUsername' }),
    password: z
      .string({ error: needed })
      .min(1, needed)
      .openapi({ description: 'Of your account.', format: 'password', example: 'myPassword' }),
    expires_in: z
      .literal(['', String(shortTokenTtlSeconds)], {
        error: `Use ${shortTokenTtlSeconds}, or leave it out.`,
      })
      .optional()
      .openapi({
        type: 'string',
        description: `Asks for a token that ends after ${shortTokenTtlSeconds} seconds, to try out what happens then. Sandbox accounts get it; own accounts get the usual time. \`expires_in\` of the answer says what was given.`,
        enum: [String(shortTokenTtlSeconds)],
        example: String(shortTokenTtlSeconds),
      }),
    grant_type: z
      .string()
      .optional()
      .openapi({
        description:
          '`password`, or left out. A program that is no browser gets the token in the body too if it sends this.',
        enum: ['password'],
        example: 'password',
      }),
  })
  .openapi('Grant')

const TokenSchema = z
  .object({
    token_type: z
      .literal('Bearer')
      .openapi({ description: 'How a program sends the token in `Authorization`.' }),
    expires_in: z.int().openapi({ description: 'Seconds until the token ends.', example: 1800 }),
    username: z
      .string()
      .openapi({ description: 'Whom the token speaks for.', example: 'myUsername' }),
    access_token: z.string().optional().openapi({
      description:
        'Only for clients outside a browser that send `grant_type=password`. It is another token than the one in the cookie, of the same session.',
    }),
  })
  .openapi('Token')

/** Credentials belong into the body: a URL ends up in logs (RFC 6749 section 2.3.1). */
const noCredentialsInUrl = requestStep(['malformed_request'], function noCredentialsInUrl(c) {
  const query = c.req.queries()
  if ('username' in query || 'password' in query) {
    throw new EdgeRefusal('malformed_request', {
      detail: 'Send username and password in the body, never in the URL.',
    })
  }
})

/** Looked at before the other parameters: what another grant needs is not ours to ask for. */
const passwordGrantOnly = requestStep(
  ['unsupported_grant_type'],
  async function passwordGrantOnly(c) {
    const grantType = await formField(c, 'grant_type')
    if (grantType !== undefined && grantType !== 'password') {
      throw new EdgeRefusal('unsupported_grant_type')
    }
  },
)

/** A browser is known by these: no script can keep it from sending them. */
const browserFields = ['origin', 'sec-fetch-site', 'sec-fetch-mode'] as const

/**
 * `POST /auth/v1/token`: the password grant (RFC 6749 section 4.3). The token goes into an HttpOnly cookie. A
 * standard OAuth2 client, which looks for it in the body, gets another one there; a browser never does.
 */
export const token = endpoint({
  route: createRoute({
    ...lanes.none,
    method: 'post',
    path: '/auth/v1/token',
    tags: [tags.accounts],
    operationId: 'getToken',
    summary: 'Get a token',
    description:
      'Exchanges username and password for a token, which comes in the cookie `access_token`. The body is a form, as OAuth 2.0 wants it, and errors have the form of RFC 6749.',
    middleware: steps(noCredentialsInUrl, formBodyOnly, noRepeatedFields, passwordGrantOnly),
    request: {
      body: {
        required: true,
        content: { 'application/x-www-form-urlencoded': { schema: GrantSchema } },
      },
    },
    responses: {
      200: {
        description: 'Signed in',
        headers: z.object({
          'Set-Cookie': z.string().openapi({
            description: 'The token. JavaScript cannot read this cookie.',
            example: 'access_token=<JWT>; HttpOnly; SameSite=Lax; Path=/; Max-Age=1800',
          }),
        }),
        content: { 'application/json': { schema: TokenSchema } },
      },
    },
  }),
  oauthErrors: true,
  refuses: [
    'invalid_grant',
    'sandbox_only',
    'too_many_requests',
    'overloaded',
    'store_unavailable',
  ],
  answer: async (c) => {
    const { auth, config } = c.env.services
    const grant = c.req.valid('form')
    const { username, password, grant_type: grantType = '' } = grant
    const jar = cookieJar(c)
    const planted = readAccessTokenCookie(jar.cookies)
    const isBrowser = browserFields.some((name) => c.req.raw.headers.has(name))
    const signIn = await auth.signIn(
      {
        username,
        password,
        replaces: planted.kind === 'one' ? planted.value : undefined,
        withBodyToken: grantType === 'password' && !isBrowser && jar.kind === 'browser',
        sandboxOnly: jar.kind === 'program',
        short: grant.expires_in === String(shortTokenTtlSeconds),
      },
      callerOf(c),
    )
    c.env.actsAs = signIn.account.kind
    const seconds = signIn.expiresInSeconds
    const answer = json(
      c,
      {
        token_type: 'Bearer' as const,
        expires_in: seconds,
        username: signIn.account.username,
        ...(signIn.bodyToken !== undefined && { access_token: signIn.bodyToken }),
      },
      200,
    )
    jar.set(answer, accessTokenCookie(signIn.token, seconds, config))
    answer.fields.push('Pragma', 'no-cache') // RFC 6749 section 5.1
    return answer
  },
})
