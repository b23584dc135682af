import { expect, test } from 'vitest'
import { httpRequestText } from '#build/markdown/http-request.ts'
import { exampleRequest } from '#build/reference/example-request.ts'
import { findOperation } from '#build/reference/operations.ts'
import { playgroundLink } from '#build/reference/playground-link.ts'
import { readFragment } from '#playground/request-link.ts'

function exampleOf(name: string): string {
  const operation = findOperation(name)
  return operation ? httpRequestText(exampleRequest(operation)) : ''
}

/** What the form of the playground is filled with. */
function linked(name: string) {
  const operation = findOperation(name)
  const link = operation ? playgroundLink(exampleRequest(operation)) : null
  return readFragment(link?.slice('/playground'.length) ?? '')
}

test('an example has the values of the document and the credentials of its lane', () => {
  expect(exampleOf('listImages')).toBe(
    'GET /api/v1/images?category=coral&status=reviewed&limit=2\nx-api-auth: myUsername:myLongKeyGoesHere',
  )
  expect(exampleOf('getBatch')).toBe(
    'GET /internal/v1/batches/batch_001\nCookie: access_token=myToken',
  )
  expect(exampleOf('getToken')).toBe(
    'POST /auth/v1/token\ncontent-type: application/x-www-form-urlencoded\n\nusername=myUsername&password=myPassword',
  )
})

test('the playground opens with path, query and body filled in, and with no secret', () => {
  expect(linked('listImages')).toEqual({
    operationId: 'GET /api/v1/images',
    lane: 'api_key',
    values: { 'query:category': 'coral', 'query:status': 'reviewed', 'query:limit': '2' },
  })
  expect(linked('getImage')?.values).toEqual({ 'path:id': 'img_00001' })
  expect(linked('getBatch')?.lane).toBe('token')
  expect(linked('getToken')).toMatchObject({
    operationId: 'POST /auth/v1/token',
    lane: 'token',
    values: { 'body:username': 'myUsername' },
  })
  expect(linked('register')?.values).toEqual({ 'body:username': 'myUsername' })
})

test.each([
  [[], 'none'],
  [[['x-api-auth', 'a:b']], 'api_key'],
  [[['Authorization', 'Bearer myToken']], 'bearer'],
  [
    [
      ['x-api-auth', 'a:b'],
      ['Cookie', 'access_token=myToken'],
    ],
    'key_and_token',
  ],
] as [[string, string][], string][])('a request with %j is on the lane %s', (headers, lane) => {
  const link = playgroundLink({ method: 'GET', target: '/api/v1/me', headers, body: null })
  expect(readFragment(link?.slice('/playground'.length) ?? '')?.lane).toBe(lane)
})

test('what no call answers has no link, and a broken body leaves its fields empty', () => {
  const nothing = { method: 'GET', target: '/api/v1/nothing', headers: [], body: null }
  expect(playgroundLink(nothing)).toBeNull()
  const broken = { method: 'POST', target: '/auth/v1/register', headers: [], body: '{"username": ' }
  const link = playgroundLink(broken) ?? ''
  expect(readFragment(link.slice('/playground'.length))?.values).toEqual({})
})
