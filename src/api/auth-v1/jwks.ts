import { createRoute, z } from '@hono/zod-openapi'
import type { Auth } from '#auth/auth.ts'
import { endpoint } from '../endpoint.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

/** The members of a public key and no others: nothing private can pass. */
const KeySetSchema = z
  .object({
    keys: z
      .array(
        z.object({
          kty: z.string().openapi({ description: 'The kind of key.', example: 'OKP' }),
          crv: z.string().openapi({ description: 'The curve.', example: 'Ed25519' }),
          x: z.string().openapi({ description: 'The public key itself, in base64url.' }),
          kid: z.string().openapi({ description: 'Its name, which a token bears in its header.' }),
          alg: z
            .string()
            .openapi({ description: 'The algorithm of the signatures.', example: 'EdDSA' }),
          use: z.string().openapi({ description: '`sig`: it signs.', example: 'sig' }),
        }),
      )
      .openapi({
        description: 'The key that signs now, and older ones until their last token ends.',
      }),
  })
  .openapi('KeySet', { description: 'RFC 7517' })

/** The public keys that tokens are verified with: those that sign, and retired ones until their last token ends. */
export async function keySet(
  auth: Pick<Auth, 'publicKeys'>,
): Promise<z.infer<typeof KeySetSchema>> {
  return KeySetSchema.parse(await auth.publicKeys())
}

/** `GET /auth/v1/.well-known/jwks.json`: the public keys that tokens are signed with. */
export const jwks = endpoint({
  route: createRoute({
    ...lanes.none,
    method: 'get',
    path: '/auth/v1/.well-known/jwks.json',
    tags: [tags.accounts],
    operationId: 'getKeySet',
    summary: 'Get the signing keys',
    description:
      'Gives the public keys that tokens are signed with, so that a program can verify a token without asking us. `/.well-known/jwks.json` gives the same keys and may be kept for five minutes.',
    responses: { 200: jsonContent('The keys', KeySetSchema) },
  }),
  answer: async (c) => json(c, await keySet(c.env.services.auth), 200),
})
