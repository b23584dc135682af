import type { EventEmitter } from 'node:events'
import type { Server } from 'node:http'

/** What ends in good order. */
export interface Drained {
  server: Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'>
  /** From here on new requests are refused. */
  startDraining: () => void
  /** Makes everything durable and lets go of it. Called when the last request is answered. */
  close: () => Promise<void>
}

const idleSweepMs = 50 // a connection that was kept alive goes this soon after its last answer

/**
 * Ends the process on SIGTERM or SIGINT: no new connections, requests in hand are answered, then everything
 * is closed. A second signal ends it at once, with 1.
 * @param options.limitMs how long requests in hand may take before their connections are cut
 * @param options.exit called with 0 when all went well, else with 1
 */
export function drainOnSignals(
  signals: Pick<EventEmitter, 'on'>,
  { server, startDraining, close }: Drained,
  options: { limitMs: number; exit: (code: 0 | 1, error?: unknown) => void },
): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) {
      options.exit(1)
      return
    }
    stopping = true
    startDraining()
    const cut = setTimeout(() => server.closeAllConnections(), options.limitMs)
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(sweep)
      close().then(
        () => options.exit(0),
        (error: unknown) => options.exit(1, error),
      )
    })
  }
  signals.on('SIGTERM', stop)
  signals.on('SIGINT', stop)
}
