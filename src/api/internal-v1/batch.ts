import { createRoute, z } from '@hono/zod-openapi'
import { EdgeRefusal } from '../edge-refusal.ts'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { BatchSchema } from '../image-schemas.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { tokenMatches, withinAccountLimit } from '../middleware/token.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

const BatchParamsSchema = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    description: 'The `id` of a batch, as the list of batches names it.',
    example: 'batch_001',
  }),
})

/** `GET /internal/v1/batches/{id}`: one upload with its progress. */
export const batch = endpoint({
  route: createRoute({
    ...lanes.token,
    method: 'get',
    path: '/internal/v1/batches/{id}',
    tags: [tags.internal],
    operationId: 'getBatch',
    summary: 'Get an upload batch',
    description: 'Gives one upload batch with its progress.',
    middleware: steps(withinAddressLimit, tokenMatches, withinAccountLimit),
    request: { params: BatchParamsSchema },
    responses: { 200: jsonContent('The batch', BatchSchema) },
  }),
  refuses: ['not_found'],
  answer: (c) => {
    const record = c.env.services.dataset.batch(c.req.valid('param').id)
    if (record === undefined) {
      throw new EdgeRefusal('not_found', { detail: 'There is no batch with this id.' })
    }
    return json(c, record, 200)
  },
})
