import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

const PingSchema = z
  .object({ ping: z.literal('pong!').openapi({ description: 'Always the same word.' }) })
  .openapi('Ping')

/** `GET /api/v1/ping`: is anybody there? */
export const ping = endpoint({
  route: createRoute({
    ...lanes.none,
    method: 'get',
    path: '/api/v1/ping',
    tags: [tags.public],
    operationId: 'ping',
    summary: 'Ping the API',
    description:
      'Says that the API can be reached. It needs no key, so it is the first call to try when nothing else works.',
    middleware: steps(withinAddressLimit),
    responses: { 200: jsonContent('The API answers', PingSchema) },
  }),
  answer: (c) => json(c, { ping: 'pong!' } as const, 200),
})
