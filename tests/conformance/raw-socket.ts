import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { url } from './target.ts'

/** What came back over a connection, until the server closed it or said nothing more. */
export interface RawAnswer {
  /** Status of the first answer; 0 where there was none. */
  status: number
  /** Everything, as Latin-1: one character per byte. */
  text: string
  /** How many answers there are. A smuggled request shows as one too many. */
  answers: number
  /** Whether the server closed the connection. */
  closed: boolean
}

const silenceMs = 2_000

/** Opens a connection to the target. @param base another server than the target */
export function openSocket(base: string = url): Socket {
  const { protocol, hostname, port } = new URL(base)
  const isTls = protocol === 'https:'
  const place = { host: hostname, port: Number(port) || (isTls ? 443 : 80) }
  if (isTls) return connectTls({ ...place, servername: hostname })
  return connect({ ...place, family: hostname === 'localhost' ? 4 : 0 })
}

/**
 * Sends bytes that no client would, and takes what comes back.
 * @param bytes text is sent as Latin-1. @param base another server than the target
 */
export function sendRaw(bytes: string | Buffer, base: string = url): Promise<RawAnswer> {
  const socket = openSocket(base)
  const chunks: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<RawAnswer>()
  const finish = (closed: boolean): void => {
    socket.destroy()
    resolve(rawAnswer(Buffer.concat(chunks).toString('latin1'), closed))
  }
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('close', () => finish(true))
  socket.on('error', () => finish(true)) // a reset: the server has closed all the same
  socket.setTimeout(silenceMs, () => finish(false))
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  return promise
}

/**
 * A request as bytes, each header line as given.
 * @param lines such as `x-api-auth: a:b`; `Host` and `Connection: close` are added
 */
export function rawRequest(requestLine: string, lines: readonly string[], body = ''): string {
  const head = [`${requestLine} HTTP/1.1`, `Host: ${new URL(url).host}`, ...lines]
  return `${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`
}

function rawAnswer(text: string, closed: boolean): RawAnswer {
  const statusLines = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)]
  return { status: Number(statusLines[0]?.[1] ?? 0), text, answers: statusLines.length, closed }
}
