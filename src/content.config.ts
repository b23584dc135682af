import { i18nSchema } from '@astrojs/starlight/schema'
import { glob } from 'astro/loaders'
import { defineCollection } from 'astro:content'
import { pageLoader } from '#build/page-loader.ts'
import { withReference } from '#build/reference/reference-loader.ts'
import { pageFrontmatter } from './page-frontmatter.ts'

export const collections = {
  docs: defineCollection({
    loader: withReference(pageLoader('./content', ['**/*.{md,mdx}', '!snippets/**', '!**/_*'])),
    schema: pageFrontmatter,
  }),
  i18n: defineCollection({
    loader: glob({ base: './src/translations', pattern: '*.json' }),
    schema: i18nSchema(),
  }),
}
