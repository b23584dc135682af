import type { APIContext } from 'astro'
import { defineMiddleware } from 'astro:middleware'
import { pagePolicy } from '#static/content-security-policy.ts'
import { packPage } from '#static/packed-page.ts'
import { withRealOrigin } from './origin-placeholder.ts'

/**
 * Gives a page that is rendered on demand what the built ones get when they are served: origin, policy and, where
 * nothing speaks against it, compression. An error is caught here, since Astro would print its stack.
 */
export const onRequest = defineMiddleware(async (context, next) => {
  const response = await answer(context, next)
  // The API says so too: a client that kept the connection could send the next request just as it is closed.
  const ends = !context.isPrerendered && context.locals.barbell.isDraining()
  if (ends) response.headers.set('Connection', 'close')
  return response
})

async function answer(context: APIContext, next: () => Promise<Response>): Promise<Response> {
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
}
