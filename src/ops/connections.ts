import { createServer, type RequestListener, type Server } from 'node:http'

/** What a client may take of the server before it is cut off. */
export interface ConnectionLimits {
  /** Until the header is in, counted from the connection or from the first byte of a later request. */
  headersMs: number
  /** Until the whole request is in. */
  requestMs: number
  /** Without a byte in either direction while an answer is due: ends whoever does not read it. */
  stalledMs: number
  /** Open without a request after an answer. */
  keepAliveMs: number
  /** How often the first two are looked at: they may be late by this. */
  sweepMs: number
  /** At once; more are closed at once, so that those that are there are served. */
  maxConnections: number
}

/** What is in force. */
export const connectionLimits: Readonly<ConnectionLimits> = {
  headersMs: 15_000,
  requestMs: 30_000,
  stalledMs: 30_000,
  keepAliveMs: 65_000, // longer than the 60 s of usual proxies, so that they close first
  sweepMs: 5_000,
  maxConnections: 5_000,
}

/** Bytes that the header of a request may have; a larger one is answered with 431. */
export const maxHeaderBytes = 16 * 1024

/**
 * Makes a server that no slow client can keep busy. It does not listen yet.
 * @see CVE-2018-12122 for slow headers
 */
export function createHttpServer(
  listener: RequestListener,
  limits: Readonly<ConnectionLimits> = connectionLimits,
): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.sweepMs,
      maxHeaderSize: maxHeaderBytes,
      // A request without a body has no stream to be read to its end.
      optimizeEmptyRequests: true,
    },
    listener,
  )
  server.setTimeout(limits.stalledMs)
  server.maxConnections = limits.maxConnections
  // By default Node drops all headers after the 2,000th without a word, be it a second credential.
  // maxHeaderBytes bounds them well enough.
  server.maxHeadersCount = 0
  return server
}
