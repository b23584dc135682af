import { defineMiddleware } from 'astro:middleware'
import { pagePolicy } from '#static/content-security-policy.ts'
import { withRealOrigin } from './origin-placeholder.ts'

/** Gives a page that is rendered on demand what the built ones get when they are served: origin and policy. */
export const onRequest = defineMiddleware(async (context, next) => {
  const response = await next()
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false
  const inBuild = context.isPrerendered && !import.meta.env.DEV
  if (!isPage || inBuild) return response

  const html = withRealOrigin(await response.text(), context.locals.barbell.config.origin)
  const headers = new Headers(response.headers)
  // Vite's own inline scripts and styles come after this point, so `astro dev` goes without a policy.
  if (!import.meta.env.DEV) headers.set('Content-Security-Policy', pagePolicy(html))
  return new Response(html, { status: response.status, headers })
})
