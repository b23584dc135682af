import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { BatchSchema } from '../image-schemas.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { tokenMatches, withinAccountLimit } from '../middleware/token.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

const BatchesSchema = z
  .object({ items: z.array(BatchSchema).openapi({ description: 'Every batch.' }) })
  .openapi('Batches')

/** `GET /internal/v1/batches`: every upload with its progress. */
export const batches = endpoint({
  route: createRoute({
    ...lanes.token,
    method: 'get',
    path: '/internal/v1/batches',
    tags: [tags.internal],
    operationId: 'listBatches',
    summary: 'List upload batches',
    description:
      'Lists every upload batch with its progress, the newest first. A batch is what one team uploaded in one go.',
    middleware: steps(withinAddressLimit, tokenMatches, withinAccountLimit),
    responses: { 200: jsonContent('The batches', BatchesSchema) },
  }),
  answer: (c) => json(c, { items: c.env.services.dataset.batches() }, 200),
})
