import type { Exchange } from '#runner/contract.ts'
import type { RequestState } from './request.ts'

/** `session-change`: it is known whom the token cookie speaks for; null for nobody. */
export class SessionChangeEvent extends Event {
  readonly username: string | null

  constructor(username: string | null) {
    super('session-change', { bubbles: true })
    this.username = username
  }
}

/** `exchange`: the playground has sent a request, and this is how it went. */
export class ExchangeEvent extends Event {
  readonly exchange: Exchange

  constructor(exchange: Exchange) {
    super('exchange', { bubbles: true })
    this.exchange = exchange
  }
}

/** `again`: a request of the session is to be sent once more. */
export class AgainEvent extends Event {
  readonly request: RequestState

  constructor(request: RequestState) {
    super('again')
    this.request = request
  }
}

declare global {
  interface DocumentEventMap {
    'session-change': SessionChangeEvent
    exchange: ExchangeEvent
  }
}
