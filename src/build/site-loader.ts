import { pageLoader } from './page-loader.ts'
import { withReference } from './reference/reference-loader.ts'

/** Loads every page of the site: those of `content/`, and those of the reference. */
export const siteLoader = withReference(
  pageLoader('./content', ['**/*.{md,mdx}', '!snippets/**', '!**/_*']),
)
