import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { tokenMatches } from '../middleware/token.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent, moment, momentOrNull, MomentSchema } from '../schemas.ts'

const UserSchema = z
  .object({
    username: z.string().openapi({ example: 'myUsername' }),
    kind: z.enum(['own', 'sandbox']),
    created_at: MomentSchema,
    expires_at: MomentSchema.nullable().openapi({ description: 'When a sandbox account ends.' }),
    token: z.object({ issued_at: MomentSchema, expires_at: MomentSchema }),
  })
  .openapi('User')

/** `GET /auth/v1/users/me`: whom does this token speak for? */
export const usersMe = endpoint({
  route: createRoute({
    ...lanes.token,
    method: 'get',
    path: '/auth/v1/users/me',
    tags: [tags.accounts],
    summary: 'Whom does this token speak for?',
    description: 'Names the account of the token, and how long the token lasts.',
    middleware: steps(withinAddressLimit, tokenMatches),
    responses: { 200: jsonContent('The account', UserSchema) },
  }),
  answer: (c) => {
    const { account, issuedAtMs, expiresAtMs } = c.get('tokenIdentity')
    return json(
      c,
      {
        username: account.username,
        kind: account.kind,
        created_at: moment(account.createdAtMs),
        expires_at: momentOrNull(account.expiresAtMs),
        token: { issued_at: moment(issuedAtMs), expires_at: moment(expiresAtMs) },
      },
      200,
    )
  },
})
