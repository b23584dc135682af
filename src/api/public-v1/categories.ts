import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { apiKeyMatches, withinKeyLimit } from '../middleware/api-key.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

const counts = {
  name: z.string().openapi({ example: 'coral' }),
  description: z.string(),
  image_count: z.int().openapi({ description: 'Images with at least one such box.', example: 900 }),
  annotation_count: z.int().openapi({ description: 'Such boxes.', example: 1800 }),
}

const CategorySchema = z.object(counts).openapi('Category')

const SuperCategorySchema = z
  .object({ ...counts, categories: z.array(CategorySchema) })
  .openapi('SuperCategory')

const CategoriesSchema = z.object({ items: z.array(SuperCategorySchema) }).openapi('Categories')

/** `GET /api/v1/categories`: which labels are there? */
export const categories = endpoint({
  route: createRoute({
    ...lanes.api_key,
    method: 'get',
    path: '/api/v1/categories',
    tags: [tags.public],
    summary: 'Which labels are there?',
    description: 'Families of labels with their labels, and how often each occurs.',
    middleware: steps(withinAddressLimit, apiKeyMatches, withinKeyLimit),
    responses: { 200: jsonContent('The labels', CategoriesSchema) },
  }),
  answer: (c) => json(c, { items: c.env.services.dataset.categories() }, 200),
})
