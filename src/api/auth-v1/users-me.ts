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
    issued_at: MomentSchema.openapi({ description: 'When the token was made.' }),
    expires_at: MomentSchema.openapi({ description: 'When it ends.' }),
    expires_in: z.int().openapi({ description: 'Seconds until it ends.', example: 1742 }),
    kid: z.string().openapi({ description: 'The key that signed it, as the key set names it.' }),
    iss: z
      .string()
      .openapi({ description: 'Who made it: this site.', example: 'https://barbell.example' }),
    aud: z
      .string()
      .openapi({ description: 'Whom it is for: this site.', example: 'https://barbell.example' }),
    sub: z.string().openapi({ description: 'Id of the account.' }),
    sid: z
      .string()
      .openapi({ description: 'Id of the session. When the session ends, the token does.' }),
    jti: z.string().openapi({ description: 'Id of this token.' }),
    iat: z
      .int()
      .openapi({ description: '`issued_at` in seconds since 1970.', example: 1772366400 }),
    exp: z
      .int()
      .openapi({ description: '`expires_at` in seconds since 1970.', example: 1772368200 }),
  })
  .openapi('TokenRead', {
    description: 'What the server reads in the token (RFC 7519 section 4.1, RFC 9068 section 2).',
  })

const UserSchema = z
  .object({
    username: z.string().openapi({ description: 'The account.', example: 'myUsername' }),
    kind: z
      .enum(['own', 'sandbox'])
      .openapi({ description: 'Whether the account lasts, or is one to try things with.' }),
    created_at: MomentSchema.openapi({ description: 'When the account was opened.' }),
    expires_at: MomentSchema.nullable().openapi({
      description: 'When a sandbox account ends. null for one that lasts.',
    }),
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
    operationId: 'getTokenOwner',
    summary: 'See whom this token speaks for',
    description:
      'Names the account of the token, and tells what the server reads in the token. A page cannot read its cookie itself, so this is how it learns when the token ends.',
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
