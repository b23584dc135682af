import { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { withoutTrailingSlash } from './api-paths.ts'
import { EdgeRefusal } from './edge-refusal.ts'
import { type Endpoint, methodNotAllowed, refuseInvalid } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import {
  type Api,
  type ApiEnv,
  type Call,
  type Exchange,
  openExchange,
  type Services,
} from './exchange.ts'
import { openapiDocument } from './openapi.ts'
import { PlainCall } from './plain-call.ts'
import { answerError } from './problem.ts'
import { type Reply, toResponse } from './reply.ts'
import type { RequestFields } from './request-fields.ts'
import { rootDocuments } from './root-documents.ts'

/** The API as a function from requests to answers. Never rejects. */
export interface ApiDoor {
  fetch(request: Request, env: { peerAddress?: string }): Promise<Response>
  /**
   * The same answers, for a fraction of the time, to a GET of which path and fields are all there is.
   * @param path as it was sent, without query
   * @returns undefined for a path whose calls look at more than that
   */
  answerPlain(
    path: string,
    fields: RequestFields,
    env: { peerAddress?: string },
  ): Reply | Promise<Reply> | undefined
  /** The answer to what is no request: its target or its `Host` cannot be part of a URL. */
  refuseUnreadable(): Reply
  /** Every call there is: for tests that must not forget one. */
  readonly endpoints: readonly Endpoint[]
}

/** In the log, where nothing of the request is known. */
const unreadMethod = '(none)'

/** Puts the API together. */
export function createApi(services: Services): ApiDoor {
  const api: Api = new OpenAPIHono<ApiEnv>({
    getPath: pathOf,
    defaultHook: refuseInvalid,
  })
  api.onError((error, c) => toResponse(answerError(error, c)))
  for (const endpoint of endpoints) endpoint.mount(api)
  const document = JSON.stringify(openapiDocument(api, services.config.origin))
  const documents = rootDocuments(document, services.config.origin)
  for (const endpoint of documents) endpoint.mount(api)

  const all = [...endpoints, ...documents]
  const plain = new Map(
    all.flatMap(({ path, answerPlain }) => (answerPlain ? [[path, answerPlain] as const] : [])),
  )
  const unanswered = createUnanswered(all)
  api.notFound((c) => unanswered.fetch(c.req.raw, c.env))
  return {
    endpoints: all,
    async fetch(request, { peerAddress }) {
      const startedAt = performance.now()
      const exchange = openExchange(services, peerAddress)
      const response = await api.fetch(request, exchange)
      exchange.trace?.tell(response, exchange)
      logAccess(exchange, request.method, response.status, startedAt)
      return response
    },
    answerPlain(path, fields, { peerAddress }) {
      const answer = plain.get(path)
      if (answer === undefined) return undefined
      const startedAt = performance.now()
      const exchange = openExchange(services, peerAddress)
      const told = (reply: Reply): Reply => {
        logAccess(exchange, 'GET', reply.status, startedAt)
        return reply
      }
      const refused = (error: Error): Reply => told(answerError(error, { env: exchange }))
      try {
        const reply = answer(new PlainCall(exchange, path, fields) as Call)
        return reply instanceof Promise ? reply.then(told, refused) : told(reply)
      } catch (error) {
        return refused(error as Error)
      }
    },
    refuseUnreadable() {
      const startedAt = performance.now()
      const exchange = openExchange(services, undefined)
      const refusal = new EdgeRefusal('malformed_request', {
        detail: 'The target or the Host of the request cannot be part of a URL.',
      })
      const reply = answerError(refusal, { env: exchange })
      logAccess(exchange, unreadMethod, reply.status, startedAt)
      return reply
    },
  }
}

/**
 * Refuses what no endpoint answers: 405 where the path has other methods, else 404. An app of its own, since a second
 * handler on a path makes Hono take the longer way for the first one, too.
 */
function createUnanswered(all: readonly Endpoint[]): Hono<ApiEnv> {
  const unanswered = new Hono<ApiEnv>({ getPath: pathOf })
  unanswered.onError((error, c) => toResponse(answerError(error, c)))
  unanswered.notFound(() => {
    throw new EdgeRefusal('not_found')
  })
  for (const [path, ofPath] of Map.groupBy(all, (endpoint) => endpoint.path)) {
    unanswered.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => methodNotAllowed(c, path, ofPath))
  }
  return unanswered
}

/**
 * The path that routes are looked up by: as it was sent, without query and without one slash at its end.
 * Nothing is decoded, so that every path has one spelling; the paths of the API need no escapes.
 */
function pathOf(request: Request): string {
  const { url } = request
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const end = url.slice(start).search(/[?#]/)
  return withoutTrailingSlash(end === -1 ? url.slice(start) : url.slice(start, start + end))
}

/** Tells of a request that is answered, and counts it. */
function logAccess(exchange: Exchange, method: string, status: number, startedAt: number): void {
  const { services, requestId, route, code, usedBy } = exchange
  if (usedBy !== undefined) services.countUse(usedBy, status)
  services.logAccess({ requestId, method, route, status, ms: performance.now() - startedAt, code })
}
