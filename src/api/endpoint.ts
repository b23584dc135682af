import type { OpenAPIRoute, RouteConfig } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ZodError } from 'zod'
import { type FieldError, Refusal } from '#auth/refusal.ts'
import { EdgeRefusal } from './edge-refusal.ts'
import type { ErrorCode } from './error-codes.ts'
import {
  type Api,
  type ApiContext,
  type ApiEnv,
  type Call,
  requestStep,
  type Stage,
  type Step,
} from './exchange.ts'
import { maxAuthBodyBytes, maxBodyBytes, takeBody } from './middleware/body.ts'
import { refuseCrossSite } from './middleware/browser-rules.ts'
import { type Lane, laneOf, refusalResponses } from './openapi.ts'
import { type Reply, toResponse } from './reply.ts'
import { openTrace, type Trace, traceField } from './trace.ts'

/** One call of the API: its definition, ready to be mounted and to be listed. */
export interface Endpoint {
  /** Upper case. */
  readonly method: string
  /** As OpenAPI writes it: `/api/v1/images/{id}`. */
  readonly path: string
  readonly lane: Lane
  /** Every code that it may answer with. */
  readonly refuses: readonly ErrorCode[]
  /** Whether its errors take the form of RFC 6749. */
  readonly oauthErrors: boolean
  /**
   * All of it as one function, for a call that looks at nothing of a request but its fields and has one path only.
   * Throws, or rejects, as its stages do.
   */
  readonly answerPlain?: (call: Call) => Reply | Promise<Reply>
  mount(api: Api): void
}

/** The codes of the way in, which every endpoint has. */
const entryCodes: readonly ErrorCode[] = ['draining', 'internal_error']
/** The codes of the way in for a call that may bring a body. */
const bodyCodes: readonly ErrorCode[] = [
  'cross_site_request',
  'payload_too_large',
  'unsupported_media_type',
  'malformed_request',
]

/**
 * Makes an endpoint of a route and the function that answers it. In front of the route's own steps it puts
 * what no endpoint may forget: where the request comes from, and how large its body is.
 * @param definition.refuses the codes of `answer` itself; those of the steps are known from them
 */
export function endpoint<Route extends RouteConfig>(definition: {
  route: Route
  answer: OpenAPIRoute<Route, ApiEnv>['handler']
  refuses?: readonly ErrorCode[]
  oauthErrors?: boolean
  /** Answers until the very end: for liveness. */
  openWhileDraining?: boolean
}): Endpoint {
  const { route, oauthErrors = false, openWhileDraining = false } = definition
  // For the type checker, which compares it with the schemas, it gives what Hono's handlers give; in truth a Reply.
  const answer = definition.answer as unknown as Answer
  const method = route.method.toUpperCase()
  const lane = laneOf(route)
  const ownSteps = [route.middleware ?? []].flat()
  const validates = route.request?.query !== undefined || route.request?.body !== undefined
  const refuses = distinct([
    ...ownSteps.flatMap((step) => (isStep(step) ? step.refuses : [])),
    ...(definition.refuses ?? []),
    ...(validates && !oauthErrors ? (['validation_failed'] as const) : []),
    ...(method === 'GET' && lane !== 'none' ? (['cross_site_request'] as const) : []),
    ...(method === 'GET' ? [] : bodyCodes),
    ...entryCodes,
  ])
  const entry = entryOf({ method, lane, path: route.path, oauthErrors, openWhileDraining })
  const steps = ownSteps.filter(isStep)
  const stages = [
    method === 'GET' ? entry : withBody(entry, route.path),
    ...steps.map(({ stage }) => stage),
  ]
  const isPlain = method === 'GET' && !validates && route.request?.params === undefined
  const whole: RouteConfig = {
    ...route,
    middleware: validates ? [requestStep([], inOrder(stages))] : [],
    responses: { ...refusalResponses(refuses, { oauth: oauthErrors }), ...route.responses },
  }
  return {
    method,
    path: route.path,
    lane,
    refuses,
    oauthErrors,
    ...(isPlain && {
      answerPlain: plainly([entry, ...plainStages(steps)], answer as Answer<Call>),
    }),
    mount: (api) => {
      const handler: Handler = validates ? afterSchemas(answer) : inOnePass(stages, answer)
      const mounted = handler as unknown as typeof definition.answer
      api.openapiRoutes([{ route: whole, handler: mounted, hook: refuseInvalid }])
    },
  }
}

type Handler = (c: Context<ApiEnv>) => Promise<Response>

/** A handler's own part. One that validates nothing asks nothing of its context but what every call has. */
type Answer<Of = Context<ApiEnv>> = (c: Of) => Reply | Promise<Reply>

/**
 * The stages and the answer as one function, for the calls whose schemas have nothing to look at in between: Hono
 * then calls one handler instead of a chain with a promise for each link.
 */
function inOnePass(stages: readonly Stage[], answer: Answer): Handler {
  const before = inOrder(stages)
  return async function answerInOnePass(c) {
    await before(c)
    const { trace } = c.env
    return toResponse(
      await (trace === undefined ? answer(c) : trace.run('answer', () => answer(c))),
    )
  }
}

/** The answer of a call whose values the schemas have looked at. */
function afterSchemas(answer: Answer): Handler {
  return async function answerAfterSchemas(c) {
    const { trace } = c.env
    if (trace === undefined) return toResponse(await answer(c))
    trace.passed('valuesValid')
    return toResponse(await trace.run('answer', () => answer(c)))
  }
}

/** The stages of steps that look at the fields of a request only. */
function plainStages(steps: readonly Step[]): Stage<Call>[] {
  return steps.map(({ plainStage, stage }) => {
    if (plainStage === undefined)
      throw new TypeError(`${stage.name} wants more than fields of a GET`)
    return plainStage
  })
}

/** The stages and the answer without a promise, as far as they decide at once. */
function plainly(stages: readonly Stage<Call>[], answer: Answer<Call>): Answer<Call> {
  return function answerPlainly(call) {
    const going = passFrom(0, stages, call)
    return going === undefined ? answer(call) : going.then(() => answer(call))
  }
}

/** Goes through the stages from this one on. @returns undefined if none of them made it wait */
function passFrom<Of>(
  first: number,
  stages: readonly Stage<Of>[],
  c: Of,
): Promise<void> | undefined {
  for (let at = first; at < stages.length; at += 1) {
    const going = stages[at]?.(c)
    if (going !== undefined) return going.then(() => passFrom(at + 1, stages, c))
  }
  return undefined
}

/** The stages as one, each after the one before it. */
function inOrder(stages: readonly Stage[]): Stage {
  return function pass(c) {
    if (c.req.raw.headers.has(traceField)) c.env.trace = openTrace(c.req.raw.headers)
    return c.env.trace === undefined ? passFrom(0, stages, c) : passTraced(stages, c, c.env.trace)
  }
}

async function passTraced(
  stages: readonly Stage[],
  c: Context<ApiEnv>,
  trace: Trace,
): Promise<void> {
  for (const stage of stages) {
    const counted = c.env.limits.length
    await trace.run(stage.name, () => stage(c))
    const [limit] = c.env.limits
    if (limit === undefined || c.env.limits.length === counted) continue
    trace.note(`${limit.name}: ${limit.remaining} of ${limit.limit} left`)
  }
}

/** The way in: which endpoint this is, whether it is open, and whether the request may come from there. */
function entryOf(known: {
  method: string
  lane: Lane
  path: string
  oauthErrors: boolean
  openWhileDraining: boolean
}): Stage<Call> {
  const { method, lane, path, oauthErrors, openWhileDraining } = known
  const isPrivate = lane !== 'none'

  return function mayEnter(c) {
    c.env.route = path
    c.env.oauthErrors = oauthErrors
    if (c.env.services.health.isDraining() && !openWhileDraining) throw new EdgeRefusal('draining')
    if (method !== 'GET') refuseCrossSite(c, 'change')
    else if (isPrivate) refuseCrossSite(c, 'read')
  }
}

/** The way in for a request that may bring a body: that is taken, as far as it may go. */
function withBody(enter: Stage<Call>, path: string): Stage {
  const maxBytes = path.startsWith('/auth/') ? maxAuthBodyBytes : maxBodyBytes
  return function mayEnter(c) {
    // It never waits: where a request comes from is known from its fields.
    void enter(c)
    return takeBody(c, maxBytes)
  }
}

/**
 * Turns what the schemas found into one refusal, with an entry per field. OAuth has one word for all that
 * is wrong with a request, and one status (RFC 6749 section 5.2).
 */
export function refuseInvalid(
  result: { success: true } | { success: false; error: ZodError },
  { env }: Pick<ApiContext, 'env'>,
): void {
  if (result.success) return
  const fields = fieldErrors(result.error)
  throw env.oauthErrors
    ? new EdgeRefusal('malformed_request', { fields })
    : new Refusal('validation_failed', { fields })
}

function fieldErrors(error: ZodError): FieldError[] {
  const all = error.issues.flatMap((issue): FieldError[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, message: 'There is no such field here.' }))
      : [{ field: issue.path.join('.'), message: issue.message }],
  )
  return all.filter(({ field }, index) => all.findIndex((other) => other.field === field) === index)
}

/** Answers every method that a path does not have. */
export function methodNotAllowed(c: ApiContext, path: string, ofPath: readonly Endpoint[]): never {
  c.env.route = path
  c.env.oauthErrors = ofPath.some(({ oauthErrors }) => oauthErrors)
  const methods = ofPath.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  throw new EdgeRefusal('method_not_allowed', { allow: methods.join(', ') })
}

function isStep(handler: unknown): handler is Step {
  return typeof handler === 'function' && 'refuses' in handler
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)]
}
