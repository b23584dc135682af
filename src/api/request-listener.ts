import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { atEndOfTurn } from '#ops/end-of-turn.ts'
import type { ApiDoor } from './app.ts'
import { isPlain } from './plain-call.ts'
import { type Reply, toResponse } from './reply.ts'
import { ArrivedFields } from './request-fields.ts'

/**
 * The API as a listener of `node:http`. A target or a `Host` that no URL can be made of never becomes a request:
 * it is refused in the same form as everything else.
 */
export function apiListener(api: ApiDoor): RequestListener {
  const answerAny = getRequestListener(
    (request, { incoming }) => api.fetch(request, peerOf(incoming as IncomingMessage)),
    { errorHandler: () => toResponse(api.refuseUnreadable()) },
  )
  return (request, response) => {
    const reply = answerPlain(api, request)
    if (reply === undefined) void answerAny(request, response)
    else if (reply instanceof Promise) void reply.then((given) => send(response, given))
    else send(response, reply)
  }
}

/** @returns undefined for a request that there is more to than its path and its fields */
function answerPlain(api: ApiDoor, request: IncomingMessage): Reply | Promise<Reply> | undefined {
  const fields = new ArrivedFields(request.rawHeaders)
  if (!isPlain(request, fields)) return undefined
  const { url = '' } = request
  const end = url.indexOf('?')
  return api.answerPlain(end === -1 ? url : url.slice(0, end), fields, peerOf(request))
}

function send(response: ServerResponse, reply: Reply): void {
  atEndOfTurn(() => write(response, reply))
}

function write(response: ServerResponse, { status, fields, body }: Reply): void {
  if (body === null) {
    response.writeHead(status, fields).end()
    return
  }
  const bytes = Buffer.byteLength(body)
  fields.push('Content-Length', String(bytes))
  // A text of as many bytes as characters is ASCII, and Node writes that faster as Latin-1.
  response.writeHead(status, fields).end(body, bytes === body.length ? 'latin1' : 'utf8')
}

function peerOf({ socket }: IncomingMessage): { peerAddress?: string } {
  return socket.remoteAddress === undefined ? {} : { peerAddress: socket.remoteAddress }
}
