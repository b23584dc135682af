import { defineRouteMiddleware } from '@astrojs/starlight/route-data'
import { originPlaceholder } from '../origin-placeholder.ts'
import { cardPath, cardSize } from './cards/card-path.ts'

/** Built pages that stand in for whatever was asked for have no address of their own, and so no card. */
const statusPage = /^\/(?:404|500)\/?$/

/** Tells other sites which picture stands for a page; a page that is made on demand has that of the landing page. */
export const onRequest = defineRouteMiddleware(({ locals, isPrerendered, url: { pathname } }) => {
  const { head, entry } = locals.starlightRoute
  const hasCard = isPrerendered && !statusPage.test(pathname)
  const picture = {
    'og:image': originPlaceholder + cardPath(hasCard ? pathname : '/'),
    'og:image:type': 'image/png',
    'og:image:width': String(cardSize.width),
    'og:image:height': String(cardSize.height),
    'og:image:alt': entry.data.title,
  }
  for (const [property, content] of Object.entries(picture)) {
    head.push({ tag: 'meta', attrs: { property, content } })
  }
})
