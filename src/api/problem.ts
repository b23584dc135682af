import { HTTPException } from 'hono/http-exception'
import { type FieldError, type LimitState, Refusal } from '#auth/refusal.ts'
import { EdgeRefusal } from './edge-refusal.ts'
import { type ErrorCode, errorRow } from './error-codes.ts'
import type { Call, Exchange } from './exchange.ts'
import type { Reply } from './reply.ts'
import { text } from './respond.ts'

/** A refusal as the answer needs it. */
interface Problem {
  code: ErrorCode
  detail?: string | undefined
  fields?: FieldError[] | undefined
  limit?: LimitState | undefined
  allow?: string | undefined
  cookies?: string[] | undefined
}

/**
 * Turns whatever was thrown into an answer: RFC 9457 everywhere, RFC 6749 section 5.2 at the token
 * endpoint. What is no refusal is a mistake of ours: logged with its stack, answered without a word of it.
 */
export function answerError(error: Error, c: Pick<Call, 'env'>): Reply {
  const problem = problemOf(error)
  if (problem.code === 'internal_error') logMistake(error, c.env)
  c.env.code = problem.code
  if (problem.limit !== undefined) c.env.limits = withLimit(c.env.limits, problem.limit)

  const row = errorRow(problem.code)
  const body = c.env.oauthErrors ? oauthBody(problem, c.env) : problemBody(problem, c.env)
  const answer = text(c, JSON.stringify(body), {
    status: row.status,
    headers: errorFields(problem, c.env),
  })
  for (const cookie of problem.cookies ?? []) answer.fields.push('Set-Cookie', cookie)
  return answer
}

/** The URL that explains a code. */
export function errorUrl(code: ErrorCode, origin: string): string {
  return `${origin}/docs/errors#${errorRow(code).anchor}`
}

function problemOf(error: Error): Problem {
  if (error instanceof EdgeRefusal) return { code: error.code, ...error.facts }
  if (error instanceof Refusal) {
    const { fields, limit } = error.facts
    return { code: error.code, fields, limit }
  }
  // Thrown by the validators of @hono/zod-openapi, which read a body that our steps let through.
  if (error instanceof HTTPException && error.status < 500) {
    return { code: error.status === 415 ? 'unsupported_media_type' : 'malformed_request' }
  }
  return { code: 'internal_error' }
}

function problemBody({ code, detail, fields }: Problem, { requestId, services }: Exchange): object {
  const row = errorRow(code)
  return {
    type: errorUrl(code, services.config.origin),
    title: row.title,
    status: row.status,
    detail: detail ?? row.detail,
    code,
    request_id: requestId,
    ...(fields !== undefined && { errors: fields }),
  }
}

function oauthBody({ code, detail, fields }: Problem, { services }: Exchange): object {
  const row = errorRow(code)
  const words = fields?.map(({ field, message }) => `${field}: ${message}`).join(' ')
  return {
    error: row.oauth ?? code,
    error_description: oauthText(detail ?? words ?? row.detail),
    error_uri: `${services.config.origin}/docs/errors#${row.oauth ?? row.anchor}`,
  }
}

/** `error_description` has no quote, no backslash and nothing outside ASCII (RFC 6749 section 5.2). */
function oauthText(sentence: string): string {
  return sentence.replaceAll('"', "'").replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
}

function errorFields(
  { code, limit, allow }: Problem,
  { oauthErrors }: Exchange,
): Record<string, string> {
  const { challenge, retryAfterSeconds } = errorRow(code)
  const wait = limit?.retryAfterSeconds ?? retryAfterSeconds
  return {
    'Content-Type': oauthErrors ? 'application/json' : 'application/problem+json',
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
    ...(wait !== undefined && { 'Retry-After': String(wait) }),
    ...(allow !== undefined && { Allow: allow }),
  }
}

function withLimit(limits: Exchange['limits'], used: LimitState): Exchange['limits'] {
  const others = limits.filter(({ name }) => name !== used.name)
  return [{ ...used, allowed: false }, ...others]
}

function logMistake(error: Error, { services, requestId, route }: Exchange): void {
  const { name, message, stack } = error
  services.log.error({ request_id: requestId, route, name, stack }, message)
}
