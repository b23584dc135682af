import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import type { AstroIntegration } from 'astro'
import { isRunnableDevEnvironment } from 'vite'
import { isApiPath } from '#api/api-paths.ts'
import type * as Door from '../fetch.ts'

const door = fileURLToPath(new URL('../fetch.ts', import.meta.url))

/**
 * Answers the API in `astro dev` before Astro looks at the request: for a path that is no page it would take
 * the prerendered "not found" page, and that comes without the request's headers.
 */
export function apiInDev(): AstroIntegration {
  return {
    name: 'barbell:api-in-dev',
    hooks: {
      'astro:server:setup': ({ server }) => {
        const { ssr } = server.environments
        if (!isRunnableDevEnvironment(ssr)) throw new TypeError('pages do not run in this process')
        // The same module instance as Astro's own door, so that API and pages share one store.
        const answer = getRequestListener(async (request, { incoming }) => {
          const { answerApi } = await ssr.runner.import<typeof Door>(door)
          return answerApi(request, incoming.socket.remoteAddress ?? '127.0.0.1')
        })
        server.middlewares.use((request, response, next) => {
          const [path = '/'] = (request.url ?? '/').split('?', 1)
          if (isApiPath(path)) void answer(request, response)
          else next()
        })
      },
    },
  }
}
