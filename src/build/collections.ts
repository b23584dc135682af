import { i18nSchema } from '@astrojs/starlight/schema'
import { defineCollection } from 'astro/content/config'
import { glob } from 'astro/loaders'
import { pageFrontmatter } from '../page-frontmatter.ts'
import { siteLoader } from './site-loader.ts'

/** What the site is made of: its pages, and the words that Starlight shows around them. */
export const collections = {
  docs: defineCollection({ loader: siteLoader, schema: pageFrontmatter }),
  i18n: defineCollection({
    loader: glob({ base: './src/translations', pattern: '*.json' }),
    schema: i18nSchema(),
  }),
}
