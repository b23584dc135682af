import type { IncomingMessage } from 'node:http'
import type { OwnAnswer } from '../samples/recording-proxy.ts'

type Sent = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

const fixed: Readonly<Record<string, Partial<OwnAnswer> & { type?: string }>> = {
  '/text': { type: 'text/plain; charset=utf-8', body: 'grüße' },
  '/latin': { type: 'text/plain', body: Buffer.from([0x67, 0xfc]) },
  '/lines': { type: 'text/plain; charset=utf-8', body: 'one\ntwo\r\nthree' },
  '/json': { body: '{"a": [1, null, "ü"]}' },
  '/slow': { type: 'text/plain', body: 'late', delayMs: 1000 },
}
const cookies: Readonly<Record<string, readonly string[]>> = {
  '/cookies': [
    'access_token=abc.def; HttpOnly; SameSite=Lax; Path=/; Max-Age=1800',
    'theme=dark; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/api/echo/sub',
    'secret=1; Secure',
  ],
  '/uncookie': ['access_token=; Path=/; Max-Age=0', 'theme=; Path=/api/echo/sub; Max-Age=0'],
}
/** What a browser adds or replaces, and what belongs to a connection or names a library: no program's doing. */
const notOfPrograms =
  /^(?:accept-(?:encoding|language)|cache-control|connection|host|origin|pragma|referer|user-agent|barbell-.*|sec-.*)$/

/**
 * A small server that shows programs what they sent: below `/api/echo`, where the runner may call as well as a terminal.
 * It keeps the cookies of a program in a page apart, as the site does (`Barbell-Jar`). @returns undefined elsewhere
 */
export function echo(request: Sent, body: Buffer): OwnAnswer | undefined {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (!pathname.startsWith('/api/echo')) return undefined
  const path = pathname.slice('/api/echo'.length)
  const status = Number(/^\/status\/(\d{3})$/.exec(path)?.[1] ?? 200)
  const { type = 'application/json', ...answer } = fixed[path] ?? {}
  const set = request.headers['barbell-jar'] === undefined ? 'set-cookie' : 'barbell-set-cookie'
  return {
    status,
    delayMs: 0,
    ...answer,
    body: answer.body ?? (status === 200 ? JSON.stringify(seen(request, body)) : ''),
    headers: [
      ...(status === 200 ? ['content-type', cookies[path] ? 'text/plain' : type] : []),
      ...['x-request-id', 'r1'],
      ...(cookies[path] ?? []).flatMap((cookie) => [set, cookie]),
    ],
  }
}

function seen({ method, url, headers }: Sent, body: Buffer): object {
  const ofProgram = Object.entries(headers)
    .filter(([name]) => !notOfPrograms.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const cookie = headers['barbell-jar'] === undefined ? headers.cookie : headers['barbell-cookie']
  return {
    method,
    url,
    headers: { ...Object.fromEntries(ofProgram), cookie },
    body: body.toString('latin1'),
  }
}
