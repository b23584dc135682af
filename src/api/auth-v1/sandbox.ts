import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { callerOf } from '../exchange.ts'
import { cookieJar } from '../middleware/cookie-jar.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { readSandboxSeedCookie, sandboxSeedCookie } from '../sandbox-seed-cookie.ts'
import { jsonContent, moment, MomentSchema } from '../schemas.ts'

const SandboxSchema = z
  .object({
    username: z.string().openapi({ description: 'The account.', example: 'sandbox-7f3k9q2m' }),
    password: z.string().openapi({ description: 'For `POST /auth/v1/token`.', format: 'password' }),
    api_key: z.string().openapi({
      description: 'For the header `x-api-auth`, username included.',
      example: 'sandbox-7f3k9q2m:myLongKeyGoesHer',
    }),
    expires_at: MomentSchema.openapi({ description: 'When the account ends.' }),
  })
  .openapi('SandboxAccount')

/**
 * `POST /auth/v1/sandbox`: an account to try things with, for 24 hours. The same browser gets the same one
 * again. A program in the page has no part in the browser's: it gets one of its own, and no cookie.
 */
export const sandbox = endpoint({
  route: createRoute({
    ...lanes.none,
    method: 'post',
    path: '/auth/v1/sandbox',
    tags: [tags.accounts],
    operationId: 'openSandboxAccount',
    summary: 'Open a sandbox account',
    description:
      'Opens an account to try things with, with a password and an API key. It ends after 24 hours. The same browser gets the same account again.',
    responses: { 201: jsonContent('The account is there', SandboxSchema) },
  }),
  refuses: ['too_many_requests', 'overloaded', 'store_unavailable'],
  answer: async (c) => {
    const { auth, clock, config } = c.env.services
    const jar = cookieJar(c)
    const seed = jar.kind === 'browser' ? readSandboxSeedCookie(jar.cookies) : undefined
    const opened = await auth.openSandboxAccount({ seed }, callerOf(c))
    const { account, password, apiKey } = opened
    c.env.actsAs = account.kind
    if (account.expiresAtMs === null) throw new TypeError('a sandbox account has no end')
    const answer = json(
      c,
      {
        username: account.username,
        password,
        api_key: apiKey,
        expires_at: moment(account.expiresAtMs),
      },
      201,
    )
    if (jar.kind === 'browser') {
      const secondsLeft = Math.ceil((account.expiresAtMs - clock.nowMs()) / 1000)
      jar.set(answer, sandboxSeedCookie(opened.seed, secondsLeft, config))
    }
    return answer
  },
})
