import type { Exchange } from '#runner/contract.ts'
import { type Identity, readSession } from './held-session.ts'
import { objectOf, textOf } from './json-value.ts'
import { maskedExchange } from './masked-exchange.ts'
import type { PlannedRequest } from './request.ts'
import { send } from './send.ts'

/** What an exchange meant: a value, or the reason why there is none. The exchange is for showing: secrets are starred out. */
export type Outcome<T> =
  { ok: true; value: T; exchange: Exchange } | { ok: false; problem: string; exchange: Exchange }

/** Sends a request; the elements pass `send`, a test may pass a shorter way to its server. */
export type Sender = (request: PlannedRequest) => Promise<Exchange>

/** The server is asked to tell what it does: only so does a page learn how a cookie was set. */
export const tracingSender: Sender = (request) => send(request, { traced: true })

/** Calls of the token flow, from a page of this origin. */
export interface SessionCalls {
  /** Asks for the cookie (RFC 6749 section 4.3). The browser keeps it; no script ever holds it. */
  signIn(username: string, password: string): Promise<Outcome<null>>
  signOut(): Promise<Outcome<null>>
  /** Asks whom the cookie speaks for, and what the server reads in it. */
  whoAmI(): Promise<Outcome<Identity>>
}

/** @param origin of the API, such as `https://docs.example`. */
export function sessionCalls(origin: string, sender: Sender = tracingSender): SessionCalls {
  const call = (method: string, path: string, form: Record<string, string> | null = null) =>
    sender(cookieRequest(method, origin + path, form))
  return {
    async signIn(username, password) {
      const form = { grant_type: 'password', username, password }
      const exchange = await call('POST', '/auth/v1/token', form)
      return outcomeOf(exchange, () => null)
    },
    async signOut() {
      return outcomeOf(await call('POST', '/auth/v1/logout'), () => null)
    },
    async whoAmI() {
      const exchange = await call('GET', '/auth/v1/users/me')
      const { response, startedAtMs, durationMs } = exchange
      if (response?.status === 401) {
        const code = problemCodeIn(response.body)
        return { ok: true, value: { kind: 'signed out', code }, exchange }
      }
      const nowMs = startedAtMs + durationMs
      return outcomeOf(exchange, (body) => ({
        kind: 'signed in',
        session: readSession(body, nowMs),
      }))
    },
  }
}

function cookieRequest(
  method: string,
  url: string,
  form: Record<string, string> | null,
): PlannedRequest {
  return {
    method,
    url,
    headers: form === null ? [] : [['content-type', 'application/x-www-form-urlencoded']],
    body: form === null ? null : new URLSearchParams(form).toString(),
    credentials: 'same-origin',
  }
}

function outcomeOf<T>(sent: Exchange, read: (body: unknown) => T): Outcome<T> {
  const { response } = sent
  const exchange = maskedExchange(sent)
  if (response === null) return { ok: false, problem: sent.error ?? 'No answer.', exchange }
  const body = parsed(response.body)
  if (response.status >= 400) return { ok: false, problem: problemIn(body, response), exchange }
  try {
    return { ok: true, value: read(body), exchange }
  } catch {
    return { ok: false, problem: 'The answer is not what this page expected.', exchange }
  }
}

/** Takes the words of either error form: RFC 6749 section 5.2 or RFC 9457. */
function problemIn(body: unknown, response: { status: number }): string {
  const { error_description: description, detail, title } = objectOf(body)
  const words = textOf(description) || textOf(detail) || textOf(title)
  return words || `The server answered ${response.status}.`
}

/** The code of a refusal in either error form; empty where a body has none. */
export function problemCodeIn(body: string): string {
  const { code, error } = objectOf(parsed(body))
  return textOf(code) || textOf(error)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
