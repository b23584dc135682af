import { createRoute } from '@hono/zod-openapi'
import { clearedAccessTokenCookie } from '../access-token-cookie.ts'
import { endpoint } from '../endpoint.ts'
import { callerOf, steps } from '../exchange.ts'
import { tokenMatches } from '../middleware/token.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { nothing } from '../respond.ts'

/** `POST /auth/v1/logout`: ends the session on the server; all its tokens are refused from then on. */
export const logout = endpoint({
  route: createRoute({
    ...lanes.token,
    method: 'post',
    path: '/auth/v1/logout',
    tags: [tags.accounts],
    operationId: 'logOut',
    summary: 'Log out',
    description:
      'Ends the session of the token on the server, and clears the cookie. All tokens of the session are refused from then on, copies of them too.',
    middleware: steps(withinAddressLimit, tokenMatches),
    responses: { 204: { description: 'Logged out. There is no body.' } },
  }),
  answer: async (c) => {
    const { auth, config } = c.env.services
    const { account, session } = c.get('tokenIdentity')
    await auth.endSession(account.id, session.id, callerOf(c))
    const answer = nothing(c)
    c.get('jar').set(answer, clearedAccessTokenCookie(config))
    return answer
  },
})
