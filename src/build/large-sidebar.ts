import { defineRouteMiddleware } from '@astrojs/starlight/route-data'
import { boundedSidebar } from './bounded-sidebar.ts'

/** Keeps the sidebar of a large site from being most of each page. The links to the pages before and after know all. */
export const onRequest = defineRouteMiddleware(({ locals: { starlightRoute: route } }) => {
  route.sidebar = boundedSidebar(route.sidebar)
})
