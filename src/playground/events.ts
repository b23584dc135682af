import type { Exchange } from '#runner/contract.ts'
import type { HeldSession } from './held-session.ts'
import type { KnownCredentials } from './log-out-proof.ts'
import type { RequestState } from './request.ts'

/** `session-change`: it is known whom the token cookie speaks for; null for nobody. */
export class SessionChangeEvent extends Event {
  readonly username: string | null
  /** For nobody because time ran out, and not because somebody logged out. */
  readonly hasEnded: boolean
  /** What the server has just said of the session, so that nobody asks once more; null where it was not asked. */
  readonly session: HeldSession | null

  constructor(
    username: string | null,
    { hasEnded = false, session = null }: { hasEnded?: boolean; session?: HeldSession | null } = {},
  ) {
    super('session-change', { bubbles: true })
    this.username = username
    this.hasEnded = hasEnded
    this.session = session
  }
}

/** `sign-in`: somebody is being signed in. What is sent with the cookie or the key of that account waits for it. */
export class SignInEvent extends Event {
  /** Whether it has worked. Never rejects. */
  readonly done: Promise<boolean>

  constructor(done: Promise<boolean>) {
    super('sign-in', { bubbles: true })
    this.done = done
  }
}

/** `exchange`: the playground has sent a request, and this is how it went. */
export class ExchangeEvent extends Event {
  readonly exchange: Exchange
  /** What it was made of; null where no form made it. */
  readonly request: RequestState | null

  constructor(exchange: Exchange, request: RequestState | null = null) {
    super('exchange', { bubbles: true })
    this.exchange = exchange
    this.request = request
  }
}

/** `again`: a request of the session is to be sent once more. */
export class AgainEvent extends Event {
  readonly request: RequestState

  constructor(request: RequestState) {
    super('again', { bubbles: true })
    this.request = request
  }
}

/** `sign-in-again`: the token has ended, and its reader wants to go on where they were. */
export class SignInAgainEvent extends Event {
  constructor() {
    super('sign-in-again', { bubbles: true })
  }
}

/** `credentials-query`: asks the page which credentials it holds. Whoever holds some writes them into it at once. */
export class CredentialsQueryEvent extends Event {
  known: KnownCredentials

  constructor(known: KnownCredentials) {
    super('credentials-query', { bubbles: true })
    this.known = known
  }
}

declare global {
  interface DocumentEventMap {
    'session-change': SessionChangeEvent
    'sign-in': SignInEvent
    exchange: ExchangeEvent
    again: AgainEvent
    'sign-in-again': SignInAgainEvent
    'credentials-query': CredentialsQueryEvent
  }
}
