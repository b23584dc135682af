import { once } from 'node:events'
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
} from 'node:http'
import { request as requestHttps } from 'node:https'

/** An answer, whole. */
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /** `Set-Cookie` values. */
  cookies: string[]
  text: string
  /** The body as JSON. */
  json: Record<string, unknown>
}

/** What to send, exactly: nothing is added but what HTTP itself demands. */
export interface Sent {
  method?: string
  headers?: OutgoingHttpHeaders
  /** A record is sent as a form, anything else as it is. */
  body?: string | Buffer | Record<string, string>
}

/**
 * Makes one request as a program would: no `Origin`, no `Sec-Fetch-*`, no cookie that is not in `headers`.
 * @param url base and path; the path goes out as written, with every dot and escape
 */
export async function call(url: string, sent: Sent = {}): Promise<Answer> {
  const { origin, protocol } = new URL(url)
  const request = protocol === 'https:' ? requestHttps : requestHttp
  const path = url.slice(origin.length)
  const isForm = typeof sent.body === 'object' && !Buffer.isBuffer(sent.body)
  const body = isForm ? String(new URLSearchParams(sent.body as Record<string, string>)) : sent.body
  const outgoing = request(origin, {
    path,
    method: sent.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(isForm && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...sent.headers,
    },
    family: 4,
    agent: false,
  })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    cookies: incoming.headers['set-cookie'] ?? [],
    text,
    get json() {
      return JSON.parse(text) as Record<string, unknown>
    },
  }
}

/** `POST`s JSON. */
export function postJson(
  url: string,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  return call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  })
}
