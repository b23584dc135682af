import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { callerOf, steps } from '../exchange.ts'
import { jsonBodyOnly } from '../middleware/body.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent, moment, MomentSchema } from '../schemas.ts'

/** What a username and a password must be is the domain's to say; here it is that they are text. */
const RegistrationSchema = z
  .strictObject({
    username: z.string({ error: 'Give a text.' }).openapi({
      description: '3 to 32 letters, digits, `_` or `-`, the first of them a letter or digit.',
      example: 'myUsername',
    }),
    password: z.string({ error: 'Give a text.' }).openapi({
      description: '8 to 1,024 characters of any kind.',
      format: 'password',
      example: 'correct horse battery staple',
    }),
  })
  .openapi('Registration')

const RegisteredSchema = z
  .object({
    username: z.string().openapi({ description: 'As you wrote it.', example: 'myUsername' }),
    created_at: MomentSchema.openapi({ description: 'When the account was opened.' }),
  })
  .openapi('Registered')

/** `POST /auth/v1/register`: opens an account. */
export const register = endpoint({
  route: createRoute({
    ...lanes.none,
    method: 'post',
    path: '/auth/v1/register',
    tags: [tags.accounts],
    operationId: 'register',
    summary: 'Open an account',
    description: 'Opens an account that lasts. Names that differ in case only are the same name.',
    middleware: steps(jsonBodyOnly),
    request: {
      body: { required: true, content: { 'application/json': { schema: RegistrationSchema } } },
    },
    responses: { 201: jsonContent('The account is there', RegisteredSchema) },
  }),
  refuses: ['username_taken', 'too_many_requests', 'overloaded', 'store_unavailable'],
  answer: async (c) => {
    const account = await c.env.services.auth.register(c.req.valid('json'), callerOf(c))
    const { username, createdAtMs, kind } = account
    c.env.actsAs = kind
    return json(c, { username, created_at: moment(createdAtMs) }, 201)
  },
})
