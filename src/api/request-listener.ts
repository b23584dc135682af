import type { IncomingMessage, RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { ApiDoor } from './app.ts'

/**
 * The API as a listener of `node:http`. A target or a `Host` that no URL can be made of never becomes a request:
 * it is refused in the same form as everything else.
 */
export function apiListener(api: ApiDoor): RequestListener {
  const answer = getRequestListener(
    (request, { incoming }) => api.fetch(request, peerOf(incoming as IncomingMessage)),
    { errorHandler: () => api.refuseUnreadable() },
  )
  return (request, response) => void answer(request, response)
}

function peerOf({ socket }: IncomingMessage): { peerAddress?: string } {
  return socket.remoteAddress === undefined ? {} : { peerAddress: socket.remoteAddress }
}
