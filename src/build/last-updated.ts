import { defineRouteMiddleware } from '@astrojs/starlight/route-data'
import { readLastChanges } from './last-changes.ts'

let changes: ReturnType<typeof readLastChanges> | undefined

/**
 * Says at the end of a page when its file was changed last, unless its frontmatter says it or forbids it. Starlight
 * would ask Git as well, but only about `src/content/docs`.
 */
export const onRequest = defineRouteMiddleware(
  ({ locals: { starlightRoute: route }, isPrerendered }) => {
    const { filePath, data } = route.entry
    if (!isPrerendered || data.lastUpdated !== undefined) return
    // Once for all pages of a build; a server in production never comes here.
    changes ??= readLastChanges('content')
    route.lastUpdated = changes.get(filePath)
  },
)
