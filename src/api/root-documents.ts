import { createRoute } from '@hono/zod-openapi'
import { rootPaths } from './api-paths.ts'
import { keySet } from './auth-v1/jwks.ts'
import { EdgeRefusal } from './edge-refusal.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { json, text } from './respond.ts'

/** Answers of this kind say for themselves what is in them; no schema is written for them. */
const plainAnswer = { 200: { description: 'The document' } }

/**
 * What the API says of itself, outside its prefixes.
 * @param openapi the OpenAPI document as JSON. @param origin the public origin
 */
export function rootDocuments(openapi: string, origin: string): readonly Endpoint[] {
  return [openapiJson(openapi), authorizationServer(origin), jwks, healthz, readyz]
}

function openapiJson(document: string): Endpoint {
  return endpoint({
    route: createRoute({
      method: 'get',
      path: rootPaths.openapi,
      hide: true,
      responses: plainAnswer,
    }),
    answer: (c) =>
      text(c, document, {
        status: 200,
        headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' },
      }),
  })
}

/** @see RFC 8414 section 2 */
function authorizationServer(origin: string): Endpoint {
  const metadata = {
    issuer: origin,
    token_endpoint: `${origin}/auth/v1/token`,
    jwks_uri: origin + rootPaths.keySet,
    response_types_supported: [],
    grant_types_supported: ['password'],
    token_endpoint_auth_methods_supported: ['none'],
    service_documentation: `${origin}/docs/auth`,
  }
  return endpoint({
    route: createRoute({
      method: 'get',
      path: rootPaths.authorizationServer,
      hide: true,
      responses: plainAnswer,
    }),
    answer: (c) => json(c, metadata, 200),
  })
}

/** A verifier asks for an unknown key at once and for known ones every five minutes at most. */
const keySetKept = 'public, max-age=300'

/** The key set of `/auth/v1` for verifiers elsewhere, which may keep it for a while. */
const jwks = endpoint({
  route: createRoute({ method: 'get', path: rootPaths.keySet, hide: true, responses: plainAnswer }),
  answer: async (c) =>
    text(c, JSON.stringify(await keySet(c.env.services.auth)), {
      status: 200,
      headers: { 'Content-Type': 'application/json', 'Cache-Control': keySetKept },
    }),
})

/** The process answers. Says nothing of the store: restarting the process would not mend that. */
const healthz = endpoint({
  route: createRoute({ method: 'get', path: rootPaths.live, hide: true, responses: plainAnswer }),
  openWhileDraining: true,
  answer: (c) => json(c, { status: 'ok' }, 200),
})

/** The process can do its work: the store answers and nobody has asked it to stop. */
const readyz = endpoint({
  route: createRoute({ method: 'get', path: rootPaths.ready, hide: true, responses: plainAnswer }),
  refuses: ['store_unavailable'],
  answer: async (c) => {
    const because = await c.env.services.health.unreadyBecause()
    if (because !== null) throw new EdgeRefusal(because)
    return json(c, { status: 'ready' }, 200)
  },
})
