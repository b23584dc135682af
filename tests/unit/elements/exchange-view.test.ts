import { expect, test } from 'vitest'
import { readProblem } from '#elements/exchange-view.ts'

const origin = 'https://docs.example'
const problem = {
  type: `${origin}/docs/errors#invalid_api_key`,
  title: 'This API key is not accepted',
  detail: 'd',
}

test('a problem is its title, its detail and the page that explains it', () => {
  expect(readProblem(401, JSON.stringify(problem), origin)).toEqual({
    title: problem.title,
    detail: 'd',
    href: problem.type,
  })
})

test.each(['javascript:alert(1)', 'https://evil.example/', '//evil.example', 'data:text/html,x'])(
  'S14: a problem of type %s gets no link',
  (type) => {
    expect(readProblem(400, JSON.stringify({ ...problem, type }), origin)?.href).toBeNull()
  },
)

test('an error of the token endpoint is one, too', () => {
  const body = '{"error":"invalid_grant","error_description":"Wrong username or password."}'
  expect(readProblem(400, body, origin)).toEqual({
    title: 'invalid_grant',
    detail: 'Wrong username or password.',
    href: `${origin}/docs/errors#invalid_grant`,
  })
})

test.each([
  [200, JSON.stringify(problem)],
  [500, 'Internal Server Error'],
  [500, '[]'],
  [500, 'null'],
])('%i with %s is no problem document', (status, body) => {
  expect(readProblem(status, body, origin)).toBeNull()
})
