import { i18nSchema } from '@astrojs/starlight/schema'
import { glob } from 'astro/loaders'
import { defineCollection } from 'astro:content'
import { pageFrontmatter } from './page-frontmatter.ts'

export const collections = {
  docs: defineCollection({
    loader: glob({
      base: './content',
      // A mistake in a .md file fails the build only when pages are rendered with their routes.
      deferRender: true,
      pattern: ['**/*.{md,mdx}', '!snippets/**', '!**/_*'],
    }),
    schema: pageFrontmatter,
  }),
  i18n: defineCollection({
    loader: glob({ base: './src/translations', pattern: '*.json' }),
    schema: i18nSchema(),
  }),
}
