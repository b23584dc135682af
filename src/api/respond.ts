import type { TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { JSONParsed } from 'hono/utils/types'
import type { LimitState } from '#auth/refusal.ts'
import type { Exchange } from './exchange.ts'
import { apiHeaders } from './middleware/security-headers.ts'

/** An answer whose body and status the route's schema knows. */
export type Json<Body, Status extends ContentfulStatusCode> = Response &
  TypedResponse<JSONParsed<Body>, Status, 'json'>

/** Fields of an answer as Node writes them: one plain object, built once per answer. */
type Fields = Record<string, string>

const fieldsOf = {
  http: apiHeaders({ secure: false }),
  https: apiHeaders({ secure: true }),
}

/**
 * Answers with JSON. All fields of an answer are set here, in one object: a `Headers` per request, or one
 * `c.header()` per field, costs more than everything else that a request needs.
 */
export function json<Body extends object, Status extends ContentfulStatusCode>(
  { env }: { env: Exchange },
  body: Body,
  status: Status,
): Json<Body, Status> {
  const fields = answerFields(env)
  fields['Content-Type'] = 'application/json'
  // TypedResponse has members that exist for the type checker only.
  return new Response(JSON.stringify(body), { status, headers: fields }) as Json<Body, Status>
}

/** Answers with a text that is ready already. */
export function text(
  { env }: { env: Exchange },
  body: string,
  options: { status: number; headers: Readonly<Fields> },
): Response {
  const headers = Object.assign(answerFields(env), options.headers)
  return new Response(body, { status: options.status, headers })
}

/** Answers 204, with nothing. */
export function nothing({ env }: { env: Exchange }): Response & TypedResponse<object, 204, string> {
  const answer = new Response(null, { status: 204, headers: answerFields(env) })
  return answer as Response & TypedResponse<object, 204, string>
}

/** What every answer of this exchange says, whatever it is. */
function answerFields({ services, requestId, limits }: Exchange): Fields {
  const fields: Fields = { ...(services.config.secure ? fieldsOf.https : fieldsOf.http) }
  fields['X-Request-Id'] = requestId
  if (limits.length > 0) {
    fields['RateLimit-Policy'] = limits.map(policyItem).join(', ')
    fields['RateLimit'] = limits.map(stateItem).join(', ')
  }
  if (services.health.isDraining()) fields['Connection'] = 'close'
  return fields
}

/** @see draft-ietf-httpapi-ratelimit-headers-10 section 3 */
function policyItem({ name, limit, windowSeconds }: LimitState): string {
  return `"${name}";q=${limit};w=${windowSeconds}`
}

/** @see draft-ietf-httpapi-ratelimit-headers-10 section 4 */
function stateItem({ name, remaining, retryAfterSeconds }: LimitState): string {
  return `"${name}";r=${remaining};t=${retryAfterSeconds}`
}
