import { i18nSchema } from '@astrojs/starlight/schema'
import { glob } from 'astro/loaders'
import { defineCollection } from 'astro:content'
import { nativeSiteLoader } from '#build/native-site-loader.ts'
import { pageFrontmatter } from './page-frontmatter.ts'

export const collections = {
  docs: defineCollection({
    loader: nativeSiteLoader,
    schema: pageFrontmatter,
  }),
  i18n: defineCollection({
    loader: glob({ base: './src/translations', pattern: '*.json' }),
    schema: i18nSchema(),
  }),
}
