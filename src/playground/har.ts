import type { Exchange, HeaderList } from '#runner/contract.ts'
import { maskedExchange } from './masked-exchange.ts'

/**
 * Exchanges as an HTTP Archive, for the network panel of any browser. Passwords, keys and tokens are starred out.
 * @see http://www.softwareishard.com/blog/har-12-spec/
 */
export function harOf(exchanges: readonly Exchange[]): object {
  return {
    log: {
      version: '1.2',
      creator: { name: 'Barbell playground', version: '1' },
      entries: exchanges.map((exchange) => entryOf(maskedExchange(exchange))),
    },
  }
}

function entryOf({ request, response, error, startedAtMs, durationMs }: Exchange): object {
  return {
    startedDateTime: new Date(startedAtMs).toISOString(),
    time: durationMs,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairsOf(request.headers),
      queryString: pairsOf([...new URL(request.url).searchParams]),
      ...(request.body !== null && {
        postData: { mimeType: typeOf(request.headers), text: request.body },
      }),
      headersSize: -1,
      bodySize: bytesOf(request.body ?? ''),
    },
    // An exchange without an answer has the status 0, as browsers write it.
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusText ?? '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairsOf(response?.headers ?? []),
      content: {
        size: bytesOf(response?.body ?? ''),
        mimeType: typeOf(response?.headers ?? []),
        text: response?.body ?? '',
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
      ...(error !== null && { comment: error }),
    },
    cache: {},
    timings: { send: 0, wait: durationMs, receive: 0 },
  }
}

function pairsOf(headers: HeaderList): { name: string; value: string }[] {
  return headers.map(([name, value]) => ({ name, value }))
}

function typeOf(headers: HeaderList): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
