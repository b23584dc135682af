import { planRequest, type RequestState } from '#playground/request.ts'
import type { HttpRequest } from '../markdown/http-request.ts'
import type { Operation } from './operations.ts'

/**
 * What the playground would be filled in with to show a call at work: what it needs and what narrows its answer, as
 * the examples of the document say. What a body need not hold is left out. The credentials are placeholders.
 */
export function exampleState({ inPlayground, lane }: Operation): RequestState {
  const told = inPlayground.fields.filter(({ place, required }) => place !== 'body' || required)
  return {
    operation: inPlayground,
    values: Object.fromEntries(told.map(({ id, example }) => [id, example])),
    lane,
    key: { username: 'myUsername', secret: 'myLongKeyGoesHere' },
    token: '',
    moreHeaders: '',
  }
}

/** The same as it goes over the wire. */
export function exampleRequest(operation: Operation): HttpRequest {
  const { method, url, headers, body } = planRequest(exampleState(operation), '')
  // Its token is a browser's own to send, so the plan of a request in a page has none.
  const cookie = operation.lane === 'token' ? [['Cookie', 'access_token=myToken'] as const] : []
  return { method, target: url, headers: [...cookie, ...headers], body }
}
