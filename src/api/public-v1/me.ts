import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { apiKeyMatches, withinKeyLimit } from '../middleware/api-key.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent, moment, momentOrNull, MomentSchema } from '../schemas.ts'

const KeyOwnerSchema = z
  .object({
    username: z.string().openapi({ description: 'The account of the key.', example: 'myUsername' }),
    key: z
      .object({
        hint: z
          .string()
          .openapi({ description: 'Last four characters of the key.', example: 'Goes' }),
        created_at: MomentSchema.openapi({ description: 'When the key was made.' }),
        last_used_at: MomentSchema.nullable().openapi({
          description:
            'When the key was last used before this call, to the minute. null for a key that is used for the first time.',
        }),
      })
      .openapi({ description: 'The key that was sent, without its secret part.' }),
  })
  .openapi('KeyOwner')

/** `GET /api/v1/me`: whose key is this? */
export const me = endpoint({
  route: createRoute({
    ...lanes.api_key,
    method: 'get',
    path: '/api/v1/me',
    tags: [tags.public],
    operationId: 'getKeyOwner',
    summary: 'See whose key this is',
    description:
      'Names the account that the key belongs to, and tells which of its keys it is. Use it to test a key: it changes nothing.',
    middleware: steps(withinAddressLimit, apiKeyMatches, withinKeyLimit),
    responses: { 200: jsonContent('The key and its owner', KeyOwnerSchema) },
  }),
  answer: (c) => {
    const { account, key } = c.get('keyIdentity')
    return json(
      c,
      {
        username: account.username,
        key: {
          hint: key.hint,
          created_at: moment(key.createdAtMs),
          last_used_at: momentOrNull(key.lastUsedAtMs),
        },
      },
      200,
    )
  },
})
