import { createRoute, z } from '@hono/zod-openapi'
import { Refusal } from '#auth/refusal.ts'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { followCursor } from '../follow-cursor.ts'
import { ImageStatusSchema, ImageSummarySchema } from '../image-schemas.ts'
import { apiKeyMatches, withinKeyLimit } from '../middleware/api-key.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent, pageQuery, pageSchema } from '../schemas.ts'

const ImagesQuerySchema = z.strictObject({
  category: z
    .string({ error: 'Give one value.' })
    .optional()
    .openapi({
      param: { name: 'category', in: 'query' },
      description: 'Name of a label or of a family of labels, as in `GET /api/v1/categories`.',
      example: 'coral',
    }),
  status: ImageStatusSchema.optional().openapi({
    param: { name: 'status', in: 'query' },
    description: 'Whether a person has checked the boxes.',
    example: 'reviewed',
  }),
  ...pageQuery,
})

/** `GET /api/v1/images`: one page of images. */
export const images = endpoint({
  route: createRoute({
    ...lanes.api_key,
    method: 'get',
    path: '/api/v1/images',
    tags: [tags.public],
    summary: 'List images',
    description: 'One page of images, oldest upload first. `next_cursor` leads to the next page.',
    middleware: steps(withinAddressLimit, apiKeyMatches, withinKeyLimit),
    request: { query: ImagesQuerySchema },
    responses: {
      200: jsonContent('One page', pageSchema(ImageSummarySchema).openapi('ImagePage')),
    },
  }),
  answer: (c) => {
    const { dataset } = c.env.services
    const query = c.req.valid('query')
    if (query.category !== undefined && !dataset.hasCategory(query.category)) {
      throw new Refusal('validation_failed', {
        fields: [
          {
            field: 'category',
            message: 'There is no such label: GET /api/v1/categories lists them.',
          },
        ],
      })
    }
    return json(
      c,
      followCursor(() => dataset.images(query)),
      200,
    )
  },
})
