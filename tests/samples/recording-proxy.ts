import { once } from 'node:events'
import {
  Agent,
  type IncomingMessage,
  type ServerResponse,
  createServer,
  request as requestHttp,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** The headers that say who is asking. */
export type Credential = 'x-api-auth' | 'authorization' | 'cookie'

/** One request with its answer, as they passed by. */
export interface SeenExchange {
  readonly method: string
  /** As it was sent, without the query. */
  readonly path: string
  /** Decoded, in the order in which it was sent. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Sorted. A cookie counts where it holds the token. */
  readonly credentials: readonly Credential[]
  /** Without parameters; empty where none was sent. */
  readonly contentType: string
  readonly body: string
  readonly status: number
  readonly answer: string
  /** Whether another one was under way when it came. */
  readonly overlaps: boolean
}

/** A way to the server that keeps what passes. */
export interface RecordingProxy {
  /** Origin to send requests to. */
  readonly url: string
  /** Hands over what has passed since the last time, in the order in which it came. */
  take(): Promise<SeenExchange[]>
  close(): Promise<void>
}

/** Where a proxy leads. */
export interface Destination {
  /** Origin of the server. */
  readonly serverUrl: string
  /** Its public origin: the `Host` that it shall see. */
  readonly publicUrl: string
}

/** An answer that does not come from the server. */
export interface OwnAnswer {
  readonly status: number
  /** Name and value by turns. */
  readonly headers: readonly string[]
  readonly body: string | Buffer
  readonly delayMs: number
}

/** Answers a request in the server's place. @returns undefined where it is for the server */
export type AnswerInPlace = (request: IncomingMessage, body: Buffer) => OwnAnswer | undefined

/** What a page loads before and while it runs a sample is not the sample's. */
const loadedByPage = /^\/(?:runner|_astro|docs|pagefind)\/|^\/(?:favicon|mark|fonts)\b/
const ownOfEachConnection = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/**
 * Opens a recording proxy on a free port of the loopback address.
 * @param destination asked for each request, since a server wants to know its public origin when it starts
 * @param answerInPlace for paths that the server does not have
 */
export async function openRecordingProxy(
  destination: () => Destination,
  answerInPlace: AnswerInPlace = () => undefined,
): Promise<RecordingProxy> {
  const agent = new Agent({ keepAlive: true })
  let passing: Promise<SeenExchange | undefined>[] = []
  let underWay = 0
  const answerTo = async (incoming: IncomingMessage, body: Buffer): Promise<Answer> => {
    const own = answerInPlace(incoming, body)
    return own ? later(own) : askServer(incoming, body, { agent, ...destination() })
  }
  const server = createServer((incoming, outgoing) => {
    const passed = pass(incoming, outgoing, (body) => answerTo(incoming, body))
    if (loadedByPage.test(incoming.url ?? '')) return
    const overlaps = underWay > 0
    underWay += 1
    const seen = passed.then((exchange) => {
      underWay -= 1
      return exchange && { ...exchange, overlaps }
    })
    passing.push(seen)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async take() {
      const taken = passing
      passing = []
      return (await Promise.all(taken)).filter((exchange) => exchange !== undefined)
    },
    async close() {
      agent.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Answer = Omit<OwnAnswer, 'delayMs'> & { readonly reason?: string | undefined }

/** Has a request answered. @returns undefined where either side broke off */
async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answerTo: (body: Buffer) => Promise<Answer>,
): Promise<Omit<SeenExchange, 'overlaps'> | undefined> {
  try {
    const body = await buffer(incoming)
    const answer = await answerTo(body)
    outgoing.writeHead(answer.status, answer.reason, [...answer.headers])
    outgoing.end(answer.body)
    const { status } = answer
    return { ...describe(incoming, body), status, answer: answer.body.toString() }
  } catch {
    outgoing.destroy()
    return undefined
  }
}

async function later({ delayMs, ...answer }: OwnAnswer): Promise<Answer> {
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
  return answer
}

async function askServer(
  { rawHeaders, url = '/', method = 'GET' }: IncomingMessage,
  body: Buffer,
  { agent, serverUrl, publicUrl }: Destination & { agent: Agent },
): Promise<Answer> {
  const forwarded = requestHttp(serverUrl, {
    agent,
    path: url,
    method,
    headers: forwardedHeaders(rawHeaders, new URL(publicUrl).host),
    setDefaultHeaders: false,
    family: 4,
  })
  forwarded.end(body)
  const [response] = (await once(forwarded, 'response')) as [IncomingMessage]
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage,
    headers: withoutOwn(response.rawHeaders).flat(),
    body: await buffer(response),
  }
}

/** Everything but the host goes on as it came; the answer shall come uncompressed, so that it can be read here. */
function forwardedHeaders(rawHeaders: readonly string[], host: string): string[] {
  const kept = withoutOwn(rawHeaders).filter(([name]) => !/^(?:host|accept-encoding)$/i.test(name))
  return [['host', host] as const, ...kept].flat()
}

function withoutOwn(rawHeaders: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2)
    if (!ownOfEachConnection.has(name.toLowerCase())) pairs.push([name, value])
  }
  return pairs
}

function describe(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer,
): Omit<SeenExchange, 'status' | 'answer' | 'overlaps'> {
  const [path = '/', ...query] = url.split('?')
  return {
    method,
    path,
    query: [...new URLSearchParams(query.join('?'))],
    credentials: credentialsIn(headers),
    contentType: headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '',
    body: body.toString(),
  }
}

/** A Python program in a page keeps its own cookies: they travel in `Barbell-Cookie`, and the browser's do not count. */
function credentialsIn(headers: IncomingMessage['headers']): Credential[] {
  const isProgram = headers['barbell-jar'] !== undefined
  const cookies = isProgram ? String(headers['barbell-cookie'] ?? '') : (headers.cookie ?? '')
  return [
    ...(headers.authorization === undefined ? [] : ['authorization' as const]),
    ...(/\baccess_token=[^;]/.test(cookies) ? ['cookie' as const] : []),
    ...(headers['x-api-auth'] === undefined ? [] : ['x-api-auth' as const]),
  ]
}
