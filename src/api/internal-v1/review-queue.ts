import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { followCursor } from '../follow-cursor.ts'
import { QueuedImageSchema } from '../image-schemas.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { tokenMatches, withinAccountLimit } from '../middleware/token.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent, pageQuery, pageSchema } from '../schemas.ts'

/** `GET /internal/v1/review-queue`: images that wait for review. */
export const reviewQueue = endpoint({
  route: createRoute({
    ...lanes.token,
    method: 'get',
    path: '/internal/v1/review-queue',
    tags: [tags.internal],
    operationId: 'listReviewQueue',
    summary: 'List the review queue',
    description:
      'Lists the images whose boxes nobody has checked yet, page by page, the oldest upload first.',
    middleware: steps(withinAddressLimit, tokenMatches, withinAccountLimit),
    request: { query: z.strictObject(pageQuery) },
    responses: {
      200: jsonContent('One page', pageSchema(QueuedImageSchema).openapi('ReviewQueuePage')),
    },
  }),
  answer: (c) => {
    const query = c.req.valid('query')
    return json(
      c,
      followCursor(() => c.env.services.dataset.reviewQueue(query)),
      200,
    )
  },
})
