import type { OutgoingHttpHeaders } from 'node:http'
import type { Wire } from '#playground/send.ts'
import { call } from './call.ts'

/** A `fetch` that tells the server what a browser tells it of a page of that origin, and keeps its cookies. */
export interface BrowserWire extends Wire {
  /** The `Cookie` field that it sends now; empty for none. */
  cookie(): string
}

/** @param origin of the server, whose page this is */
export function browserWire(origin: string): BrowserWire {
  const jar = new Map<string, string>()
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

  /** A cookie that has no life is taken away. */
  const keep = (line: string): void => {
    const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
    if (/; Max-Age=0\b/.test(line)) jar.delete(name)
    else jar.set(name, value)
  }

  return {
    nowMs: () => Date.now(),
    isOnline: () => true,
    cookie,
    async fetch(input, init = {}) {
      if (init.signal?.aborted) throw new DOMException('aborted', 'AbortError')
      const method = init.method ?? 'GET'
      const withCookies = init.credentials !== 'omit'
      const headers: OutgoingHttpHeaders = {
        ...Object.fromEntries((init.headers ?? []) as [string, string][]),
        'sec-fetch-site': 'same-origin',
        'sec-fetch-mode': 'cors',
        ...(method !== 'GET' && { origin }),
        ...(withCookies && jar.size > 0 && { cookie: cookie() }),
      }
      const body = typeof init.body === 'string' ? { body: init.body } : {}
      const answer = await call(new Request(input).url, { method, headers, ...body })
      if (withCookies) answer.cookies.forEach(keep)
      return new Response(answer.text === '' ? null : answer.text, {
        status: answer.status,
        headers: visible(answer.headers),
      })
    },
  }
}

/** No script sees `Set-Cookie`. */
function visible(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && name !== 'set-cookie' ? [[name, value] as [string, string]] : [],
  )
}
