import { z } from '@hono/zod-openapi'
import { defaultPageLimit, maxPageLimit } from '#dataset/page.ts'

/** A moment as the API writes it: RFC 3339, UTC. */
export const MomentSchema = z.iso.datetime().openapi({ example: '2026-03-01T12:00:00.000Z' })

/** A moment as the API writes it. @param ms milliseconds since 1970 */
export function moment(ms: number): string {
  return new Date(ms).toISOString()
}

/** The same, where there may be none. */
export function momentOrNull(ms: number | null): string | null {
  return ms === null ? null : moment(ms)
}

const limitMessage = `Use a whole number from 1 to ${maxPageLimit}.`

/** How much of a list is wanted, from where on. */
export const pageQuery = {
  limit: z.coerce
    .number({ error: limitMessage })
    .int(limitMessage)
    .min(1, limitMessage)
    .max(maxPageLimit, limitMessage)
    .default(defaultPageLimit)
    .openapi({
      param: { name: 'limit', in: 'query' },
      type: 'integer',
      minimum: 1,
      maximum: maxPageLimit,
      default: defaultPageLimit,
      description: 'How many items a page has at most.',
      example: 2,
    }),
  cursor: z
    .string({ error: 'Give one value.' })
    .optional()
    .openapi({
      param: { name: 'cursor', in: 'query' },
      description:
        'Where the page starts: `next_cursor` of the page before, with the same filters. Left out for the first page.',
    }),
}

/** A page of a list. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).openapi({ description: 'The items of this page.' }),
    next_cursor: z
      .string()
      .nullable()
      .openapi({ description: 'Send it as `cursor` to get the next page. null on the last one.' }),
  })
}

/** JSON of this schema. */
export function jsonContent<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } }
}
