import type { TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { JSONParsed } from 'hono/utils/types'
import type { LimitState } from '#auth/refusal.ts'
import type { Exchange } from './exchange.ts'
import { apiHeaders } from './middleware/security-headers.ts'
import type { Reply } from './reply.ts'

/** An answer whose body and status the route's schema knows. */
export type Json<Body, Status extends ContentfulStatusCode> = Reply &
  TypedResponse<JSONParsed<Body>, Status, 'json'>

/** An answer without a schema. */
type Untyped<Status extends 200 | 204> = Reply & TypedResponse<object, Status, string>

const fieldsOf = {
  http: Object.entries(apiHeaders({ secure: false })).flat(),
  https: Object.entries(apiHeaders({ secure: true })).flat(),
}

/** Answers with JSON. */
export function json<Body extends object, Status extends ContentfulStatusCode>(
  { env }: { env: Exchange },
  body: Body,
  status: Status,
): Json<Body, Status> {
  const fields = answerFields(env)
  fields.push('Content-Type', 'application/json')
  // TypedResponse has members that exist for the type checker only.
  return { status, fields, body: JSON.stringify(body) } satisfies Reply as Json<Body, Status>
}

/** Answers with a text that is ready already. @param options.headers over those that every answer has */
export function text(
  { env }: { env: Exchange },
  body: string,
  options: { status: number; headers: Readonly<Record<string, string>> },
): Untyped<200> {
  const fields = answerFields(env)
  for (const [name, value] of Object.entries(options.headers)) setField(fields, name, value)
  return { status: options.status, fields, body } satisfies Reply as Untyped<200>
}

/** Answers 204, with nothing. */
export function nothing({ env }: { env: Exchange }): Untyped<204> {
  return { status: 204, fields: answerFields(env), body: null } satisfies Reply as Untyped<204>
}

/** What every answer of this exchange says, whatever it is: names and values in turn. */
function answerFields({ services, requestId, limits }: Exchange): string[] {
  const fields = (services.config.secure ? fieldsOf.https : fieldsOf.http).slice()
  fields.push('X-Request-Id', requestId)
  if (limits.length > 0) {
    fields.push('RateLimit-Policy', limits.map(policyItem).join(', '))
    fields.push('RateLimit', limits.map(stateItem).join(', '))
  }
  if (services.health.isDraining()) fields.push('Connection', 'close')
  return fields
}

function setField(fields: string[], name: string, value: string): void {
  const at = fields.findIndex((each, index) => index % 2 === 0 && each === name)
  if (at === -1) fields.push(name, value)
  else fields[at + 1] = value
}

/** @see draft-ietf-httpapi-ratelimit-headers-10 section 3 */
function policyItem({ name, limit, windowSeconds }: LimitState): string {
  return `"${name}";q=${limit};w=${windowSeconds}`
}

/** @see draft-ietf-httpapi-ratelimit-headers-10 section 4 */
function stateItem({ name, remaining, retryAfterSeconds }: LimitState): string {
  return `"${name}";r=${remaining};t=${retryAfterSeconds}`
}
