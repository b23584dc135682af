import { docsSchema } from '@astrojs/starlight/schema'
import { z } from 'astro/zod'

/**
 * What may stand in the frontmatter of a page: Starlight's fields, of which we want two in each page. The title is its
 * heading; the description is what search engines, chats and the list of pages for language models show.
 */
export const pageFrontmatter = docsSchema({
  extend: z.object({
    title: z.string().trim().min(1),
    description: z.string().trim().min(1),
  }),
})
