import { createRoute, z } from '@hono/zod-openapi'
import { endpoint } from '../endpoint.ts'
import { steps } from '../exchange.ts'
import { apiKeyMatches, withinKeyLimit } from '../middleware/api-key.ts'
import { withinAddressLimit } from '../middleware/rate-limit.ts'
import { lanes, tags } from '../openapi.ts'
import { json } from '../respond.ts'
import { jsonContent } from '../schemas.ts'

const StatsSchema = z
  .object({
    image_count: z.int().openapi({ description: 'All images.', example: 3600 }),
    un_reviewed_image_count: z
      .int()
      .openapi({ description: 'Images whose boxes nobody has checked yet.', example: 700 }),
    team_count: z.int().openapi({ description: 'Teams with at least one image.', example: 60 }),
    uptime: z
      .number()
      .openapi({ description: 'Seconds since the server started.', example: 4242.5 }),
  })
  .openapi('Stats')

/** `GET /api/v1/stats`: how large is the dataset? */
export const stats = endpoint({
  route: createRoute({
    ...lanes.api_key,
    method: 'get',
    path: '/api/v1/stats',
    tags: [tags.public],
    operationId: 'getStats',
    summary: 'Count the dataset',
    description:
      'Counts the images of the dataset, those that still wait for review, and the teams that took them.',
    middleware: steps(withinAddressLimit, apiKeyMatches, withinKeyLimit),
    responses: { 200: jsonContent('The counts', StatsSchema) },
  }),
  answer: (c) => {
    const { dataset, uptimeSeconds } = c.env.services
    return json(c, { ...dataset.stats(), uptime: uptimeSeconds() }, 200)
  },
})
