import { randomUUID } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Account, Auth, Caller } from '#auth/auth.ts'
import type { Clock } from '#auth/clock.ts'
import type { LimitDecision, Limiter } from '#auth/limiter.ts'
import type { UsageSubject } from '#auth/usage.ts'
import type { Dataset } from '#dataset/dataset.ts'
import type { Health } from '#ops/health.ts'
import type { AccessLine, Log } from '#ops/log.ts'
import type { Config } from '../config.ts'
import { clientAddress } from './client-address.ts'
import type { ErrorCode } from './error-codes.ts'
import type { RequestFields } from './request-fields.ts'
import type { Trace } from './trace.ts'

/** What every request may use. */
export interface Services {
  readonly config: Config
  readonly auth: Auth
  readonly dataset: Dataset
  readonly limiter: Limiter
  readonly clock: Clock
  readonly health: Health
  readonly log: Log
  readonly logAccess: (line: AccessLine) => void
  readonly uptimeSeconds: () => number
  /** Counts an answered call for its account. */
  readonly countUse: (subject: UsageSubject, status: number) => void
}

/** What is known of one request and its answer beside the two themselves: Hono's `c.env`. */
export interface Exchange {
  readonly services: Services
  /** 122 random bits. Never taken from the request: it would let a stranger write into the log. */
  readonly requestId: string
  readonly peerAddress: string | undefined
  caller: Caller | undefined
  /** The path as the endpoint spells it, such as `/api/v1/images/{id}`. */
  route: string
  /** Where errors take the form of RFC 6749 section 5.2. */
  oauthErrors: boolean
  /** How the limits stand that counted this request, as the answer shows them. */
  limits: LimitDecision[]
  /** Why it was refused, if it was. */
  code: ErrorCode | undefined
  /** For whom it is counted, once it is known to be theirs. */
  usedBy: UsageSubject | undefined
  /** Whose credential it bears, once that has proved to work. */
  actsAs: Account['kind'] | undefined
  /** What it has come through, where it asked to be told. */
  trace: Trace | undefined
}

/** The environment of every route. */
export interface ApiEnv {
  Bindings: Exchange
  /** What earlier stages have found out: each says what it gives. */
  Variables: object
}

/** The whole API. */
export type Api = OpenAPIHono<ApiEnv>

/** A request in the hands of its route, whatever earlier steps have found out. */
export type ApiContext = Pick<Context<ApiEnv>, 'env' | 'req'>

/** What there is of every request, through whichever door it came: a context of Hono is more than that. */
export interface Call<Gives extends object = object> {
  readonly env: Exchange
  readonly req: { readonly path: string; readonly raw: { readonly headers: RequestFields } }
  /** What an earlier stage has found out. */
  get<Name extends keyof Gives>(name: Name): Gives[Name]
  set<Name extends keyof Gives>(name: Name, value: Gives[Name]): void
}

/** The path of a request that no endpoint answers. */
export const noRoute = '(none)'

/** Opens the exchange of a request. */
export function openExchange(services: Services, peerAddress: string | undefined): Exchange {
  return {
    services,
    requestId: randomUUID(),
    peerAddress,
    caller: undefined,
    route: noRoute,
    oauthErrors: false,
    limits: [],
    code: undefined,
    usedBy: undefined,
    actsAs: undefined,
    trace: undefined,
  }
}

/** Who calls, as the domain wants to know it; worked out once per request. */
export function callerOf({ env, req }: Pick<Call, 'env' | 'req'>): Caller {
  env.caller ??= new RequestCaller(env, req.raw.headers)
  return env.caller
}

/** The user agent is read only where it is asked for: an audit event wants it, most requests make none. */
class RequestCaller implements Caller {
  readonly address: string
  readonly requestId: string
  readonly #headers: RequestFields

  constructor({ peerAddress, requestId, services }: Exchange, headers: RequestFields) {
    this.address = clientAddress(peerAddress, headers, services.config.trustedProxies)
    this.requestId = requestId
    this.#headers = headers
  }

  get userAgent(): string {
    return this.#headers.get('user-agent') ?? ''
  }
}

/** What a stage does: looks at the request, and throws where the request may not go on. */
export type Stage<Of = Context<ApiEnv>> = (c: Of) => void | Promise<void>

/** One named stage of an endpoint, with the codes that it refuses with. */
export type Step<Gives extends object = object> = MiddlewareHandler<
  ApiEnv & { Variables: Gives }
> & {
  readonly refuses: readonly ErrorCode[]
  readonly stage: Stage
  /** The same stage, if the fields of the request are all that it looks at. */
  readonly plainStage?: Stage<Call>
}

/**
 * Makes a step that looks at no more of a request than its fields.
 * @param refuses the codes it may end the request with; the OpenAPI document lists them
 * @param stage a named function: its name is the name of the step. It is no `async` function where it can decide
 * at once, since every call waits for what it waits for
 */
export function step<Gives extends object = object>(
  refuses: readonly ErrorCode[],
  stage: Stage<Call<Gives>>,
): Step<Gives> {
  const middleware: MiddlewareHandler<ApiEnv & { Variables: Gives }> = async (c, next) => {
    await stage(c)
    return next()
  }
  // Whoever puts stages in order sees to it that each finds what those before it give.
  const plainStage = stage as Stage<Call>
  return Object.assign(middleware, { refuses, stage: plainStage, plainStage })
}

/** Makes a step that looks at the whole of a request, such as its body. The parameters are those of `step`. */
export function requestStep(refuses: readonly ErrorCode[], stage: Stage): Step {
  const middleware: MiddlewareHandler<ApiEnv> = async (c, next) => {
    await stage(c)
    return next()
  }
  return Object.assign(middleware, { refuses, stage })
}

/** The stages of an endpoint in their order, as Hono wants them. */
export function steps<const Stages extends { refuses: readonly ErrorCode[] }[]>(
  ...stages: Stages
): Stages {
  return stages
}
