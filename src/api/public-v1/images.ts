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
      description:
        'Only images with a box of this label, or of this family of labels. `GET /api/v1/categories` lists the names.',
      example: 'coral',
    }),
  status: ImageStatusSchema.optional().openapi({
    param: { name: 'status', in: 'query' },
    description: 'Only images whose boxes a person has checked, or only the others.',
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
    operationId: 'listImages',
    summary: 'List images',
    description:
      'Lists images page by page, the oldest upload first. Send `next_cursor` of the answer as `cursor` to get the next page.',
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
