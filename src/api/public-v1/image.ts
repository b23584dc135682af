import { createRoute, z } from '@hono/zod-openapi'
import { EdgeRefusal } from '../edge-refusal.ts'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { ImageSchema } from '../image-schemas.ts'
import { apiKeyMatches, withinKeyLimit } from '../middleware/api-key.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

const ImageParamsSchema = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    description: 'The `id` of an image, as lists of images name it.',
    example: 'img_00001',
  }),
})

/** `GET /api/v1/images/{id}`: one image with its boxes. */
export const image = endpoint({
  route: createRoute({
    ...lanes.api_key,
    method: 'get',
    path: '/api/v1/images/{id}',
    tags: [tags.public],
    operationId: 'getImage',
    summary: 'Get an image',
    description:
      'Gives one image with its boxes. Boxes are in pixels, counted from the top left corner of the image.',
    middleware: steps(withinAddressLimit, apiKeyMatches, withinKeyLimit),
    request: { params: ImageParamsSchema },
    responses: { 200: jsonContent('The image', ImageSchema) },
  }),
  refuses: ['not_found'],
  answer: (c) => {
    const record = c.env.services.dataset.image(c.req.valid('param').id)
    if (record === undefined) {
      throw new EdgeRefusal('not_found', { detail: 'There is no image with this id.' })
    }
    return json(c, record, 200)
  },
})
