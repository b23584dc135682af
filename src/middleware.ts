import { defineMiddleware } from 'astro:middleware'
import { pagePolicy } from '#static/content-security-policy.ts'
import { packPage } from '#static/packed-page.ts'
import { withRealOrigin } from './origin-placeholder.ts'

/**
 * Gives a page that is rendered on demand what the built ones get when they are served: origin, policy and, where
 * nothing speaks against it, compression. An error is caught here, since Astro would print its stack.
 */
export const onRequest = defineMiddleware(async (context, next) => {
  const { origin, failed } = context.locals
  try {
    const response = await next()
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false
    const inBuild = context.isPrerendered && !import.meta.env.DEV
    if (!isPage || inBuild) return response

    const html = withRealOrigin(await response.text(), origin)
    const { status, headers } = response
    // Vite's own inline scripts and styles come after this point, so `astro dev` goes without a policy.
    if (!import.meta.env.DEV) headers.set('Content-Security-Policy', pagePolicy(html))
    return await packPage(new Response(html, { status, headers }), context.request)
  } catch (error) {
    if (failed === undefined) throw error
    return failed(error)
  }
})
