import { createRoute, z } from '@hono/zod-openapi'
import type { TokenIdentity } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { tokenMatches } from '../middleware/token.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent, moment, momentOrNull, MomentSchema } from '../schemas.ts'

/** A token as the server has read and verified it: its own words, so that they can be laid beside the token. */
const TokenReadSchema = z
  .object({
    issued_at: MomentSchema,
    expires_at: MomentSchema,
    expires_in: z.int().openapi({ description: 'Seconds left.', example: 1742 }),
    kid: z.string().openapi({ description: 'The signing key, as in the key set.' }),
    iss: z.string().openapi({ example: 'https://barbell.example' }),
    aud: z.string().openapi({ example: 'https://barbell.example' }),
    sub: z.string().openapi({ description: 'The account.' }),
    sid: z.string().openapi({ description: 'The session that the token ends with.' }),
    jti: z.string().openapi({ description: 'This token.' }),
    iat: z.int().openapi({ description: 'Seconds since 1970.', example: 1772366400 }),
    exp: z.int().openapi({ description: 'Seconds since 1970.', example: 1772368200 }),
  })
  .openapi('TokenRead', {
    description: 'What the server reads in the token (RFC 7519 section 4.1, RFC 9068 section 2).',
  })

const UserSchema = z
  .object({
    username: z.string().openapi({ example: 'myUsername' }),
    kind: z.enum(['own', 'sandbox']),
    created_at: MomentSchema,
    expires_at: MomentSchema.nullable().openapi({ description: 'When a sandbox account ends.' }),
    token: TokenReadSchema,
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
    description:
      'Names the account of the token, and what the server reads in the token: a page cannot read its cookie itself.',
    middleware: steps(withinAddressLimit, tokenMatches),
    responses: { 200: jsonContent('The account', UserSchema) },
  }),
  answer: (c) => {
    const { account, ...token } = c.get('tokenIdentity')
    return json(
      c,
      {
        username: account.username,
        kind: account.kind,
        created_at: moment(account.createdAtMs),
        expires_at: momentOrNull(account.expiresAtMs),
        token: tokenRead(token, c.env.services.clock),
      },
      200,
    )
  },
})

function tokenRead(
  token: Omit<TokenIdentity, 'account'>,
  clock: Clock,
): z.infer<typeof TokenReadSchema> {
  const { session, tokenId, issuedAtMs, expiresAtMs, keyId, issuer, audience } = token
  return {
    issued_at: moment(issuedAtMs),
    expires_at: moment(expiresAtMs),
    expires_in: Math.ceil((expiresAtMs - clock.nowMs()) / 1000),
    kid: keyId,
    iss: issuer,
    aud: audience,
    sub: session.accountId,
    sid: session.id,
    jti: tokenId,
    iat: issuedAtMs / 1000,
    exp: expiresAtMs / 1000,
  }
}
