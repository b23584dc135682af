import { planRequest } from '#playground/request.ts'
import type { HttpRequest } from '../markdown/http-request.ts'
import type { Operation } from './operations.ts'

/**
 * The request that shows a call at work: what it needs and what narrows its answer, as the examples of the document
 * say, with the credentials that it wants. What a body need not hold is left out.
 */
export function exampleRequest({ inPlayground, lane }: Operation): HttpRequest {
  const told = inPlayground.fields.filter(({ place, required }) => place !== 'body' || required)
  const { method, url, headers, body } = planRequest(
    {
      operation: inPlayground,
      values: Object.fromEntries(told.map(({ id, example }) => [id, example])),
      lane,
      key: { username: 'myUsername', secret: 'myLongKeyGoesHere' },
      token: '',
      moreHeaders: '',
    },
    '',
  )
  // Its token is a browser's own to send, so the plan of a request in a page has none.
  const cookie = lane === 'token' ? [['Cookie', 'access_token=myToken'] as const] : []
  return { method, target: url, headers: [...cookie, ...headers], body }
}
