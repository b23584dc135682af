import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessLine } from './log.ts'

/** As proxies write it: the other side was gone before there was an answer. */
const wentAway = 499

/** What is known of a request while it is answered; whoever answers it says which route it was. */
export type OpenLine = Pick<AccessLine, 'requestId' | 'method'> & { route: string }

/**
 * Tells of a request when its answer has been sent, or when its connection broke before.
 * @returns the line so far, whose `route` may be set until then
 */
export function logWhenAnswered(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  requestId: string,
  log: (line: AccessLine) => void,
): OpenLine {
  const startedAt = performance.now()
  const line: OpenLine = { requestId, method: request.method ?? '(none)', route: '(none)' }
  response.once('close', () => {
    const status = response.headersSent ? response.statusCode : wentAway
    log({ ...line, status, ms: performance.now() - startedAt, code: undefined })
  })
  return line
}
