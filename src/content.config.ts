import { docsSchema, i18nSchema } from '@astrojs/starlight/schema'
import { glob } from 'astro/loaders'
import { defineCollection } from 'astro:content'
import { withReference } from '#build/reference/reference-loader.ts'

export const collections = {
  docs: defineCollection({
    loader: withReference(
      glob({
        base: './content',
        // A mistake in a .md file fails the build only when pages are rendered with their routes.
        deferRender: true,
        pattern: ['**/*.{md,mdx}', '!snippets/**', '!**/_*'],
      }),
    ),
    schema: docsSchema(),
  }),
  i18n: defineCollection({
    loader: glob({ base: './src/translations', pattern: '*.json' }),
    schema: i18nSchema(),
  }),
}
