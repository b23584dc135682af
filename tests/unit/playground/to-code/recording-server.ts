import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came over the wire. */
export interface Arrival {
  method: string
  /** Path and query. */
  target: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
}

/** A server that answers everything, sets the token cookie where the API does, and remembers what came. */
export interface RecordingServer {
  origin: string
  /** What came since the last call, in order. */
  take(): Arrival[]
  stop(): void
}

/** The cookie that the token endpoint of the recording server sets. */
export const recordedCookie = 'access_token=recorded'

/** Starts on a free loopback port. */
export async function startRecordingServer(): Promise<RecordingServer> {
  let arrivals: Arrival[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request
      arrivals.push({ method, target, headers, body: Buffer.concat(chunks).toString('utf8') })
      const isToken = target === '/auth/v1/token'
      response.writeHead(
        200,
        isToken ? { 'set-cookie': `${recordedCookie}; HttpOnly; Path=/` } : {},
      )
      response.end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = arrivals
      arrivals = []
      return taken
    },
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
