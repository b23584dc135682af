import type { EventEmitter } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/** What ends in good order. */
export interface Drained {
  server: Server
  /** From here on new requests are refused. */
  startDraining: () => void
  /** Makes everything durable and lets go of it. Called when the last request is answered. */
  close: () => Promise<void>
}

const idleSweepMs = 50 // a connection that was kept alive goes this soon after its last answer
const lineLimitMs = 500 // whoever goes on coming does not keep the server from its end
/** For so long nobody came: then there is no line. A worker's connections come by way of its primary. */
const quietMs = { alone: 5, behindPrimary: 100 }

/**
 * Ends the process on SIGTERM or SIGINT: whoever stands in line is taken in, then there are no new connections,
 * requests in hand are answered, and everything is closed. A second signal ends it at once, with 1.
 * @param options.limitMs how long requests in hand may take before their connections are cut
 * @param options.behindPrimary whether this is a worker, whose connections its primary takes in
 * @param options.exit called with 0 when all went well, else with 1
 */
export function drainOnSignals(
  signals: Pick<EventEmitter, 'on'>,
  { server, startDraining, close }: Drained,
  options: {
    limitMs: number
    behindPrimary?: boolean
    exit: (code: 0 | 1, error?: unknown) => void
  },
): void {
  let stopping = false

  async function endInGoodOrder(): Promise<void> {
    const { limitMs, behindPrimary = false } = options
    const answerHeld = holdRequests(server)
    await untilNobodyComes(server, behindPrimary ? quietMs.behindPrimary : quietMs.alone)
    const cut = setTimeout(() => server.closeAllConnections(), limitMs)
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs)
    const closed = Promise.withResolvers<undefined>()
    server.close(() => closed.resolve(undefined))
    // Until the primary knows of the end it lets in whoever comes again after an answer.
    if (behindPrimary) await delay(quietMs.behindPrimary)
    answerHeld()
    await closed.promise
    clearTimeout(cut)
    clearInterval(sweep)
    await close()
  }

  const stop = (): void => {
    if (stopping) {
      options.exit(1)
      return
    }
    stopping = true
    startDraining()
    endInGoodOrder().then(
      () => options.exit(0),
      (error: unknown) => options.exit(1, error),
    )
  }
  signals.on('SIGTERM', stop)
  signals.on('SIGINT', stop)
}

/**
 * Takes in requests without answering them: whoever waits for an answer does not come again, so that the line gets
 * empty while there is load.
 * @returns hands them on. Their connections, and those of later requests, end with the answer
 */
function holdRequests(server: Server): () => void {
  const held: [IncomingMessage, ServerResponse][] = []
  let holds = true
  const answers = server.listeners('request')
  server.removeAllListeners('request')
  const handOn = (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('Connection', 'close')
    for (const answer of answers) answer.call(server, request, response)
  }
  server.on('request', (request, response) => {
    if (holds) held.push([request, response])
    else handOn(request, response)
  })
  return () => {
    holds = false
    for (const [request, response] of held) handOn(request, response)
  }
}

/**
 * Resolves when nobody is left who has been connected by the kernel and not been taken in: closing would reset them.
 * Node takes in one connection in each turn of its loop, so that under load there is always a line.
 */
async function untilNobodyComes(server: Server, forMs: number): Promise<void> {
  let came = true
  const seen = (): void => void (came = true)
  server.on('connection', seen)
  const giveUpAt = performance.now() + lineLimitMs
  while (came && performance.now() < giveUpAt) {
    came = false
    await delay(forMs)
  }
  server.off('connection', seen)
}
