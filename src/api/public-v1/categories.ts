import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { apiKeyMatches, withinKeyLimit } from '../middleware/api-key.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

const counts = {
  name: z.string().openapi({ description: 'Does not change.', example: 'coral' }),
  description: z.string().openapi({ description: 'What the label marks. For people.' }),
  image_count: z
    .int()
    .openapi({ description: 'Images with at least one box of it.', example: 900 }),
  annotation_count: z.int().openapi({ description: 'Boxes of it, in all images.', example: 1800 }),
}

const CategorySchema = z.object(counts).openapi('Category')

const SuperCategorySchema = z
  .object({
    ...counts,
    categories: z.array(CategorySchema).openapi({ description: 'The labels of the family.' }),
  })
  .openapi('SuperCategory')

const CategoriesSchema = z
  .object({
    items: z.array(SuperCategorySchema).openapi({ description: 'Every family of labels.' }),
  })
  .openapi('Categories')

/** `GET /api/v1/categories`: which labels are there? */
export const categories = endpoint({
  route: createRoute({
    ...lanes.api_key,
    method: 'get',
    path: '/api/v1/categories',
    tags: [tags.public],
    operationId: 'listCategories',
    summary: 'List the labels',
    description:
      'Lists the families of labels, each with its labels and with how often they occur. Any name in the list is a value for `category` in `GET /api/v1/images`.',
    middleware: steps(withinAddressLimit, apiKeyMatches, withinKeyLimit),
    responses: { 200: jsonContent('The labels', CategoriesSchema) },
  }),
  answer: (c) => json(c, { items: c.env.services.dataset.categories() }, 200),
})
