import { expect, test } from 'vitest'
import { toolCallsOf } from '#playground/tool-calls.ts'
import { everyRequest, origin, requestOf, secrets } from './every-request.ts'

const states = await everyRequest()
const byKey = states.find(
  ({ operation, lane }) => lane === 'api_key' && operation.id === 'GET /api/v1/images',
)
if (!byKey) throw new Error('no call by key')

test('a request that was sent ten times is exported once', () => {
  expect(
    toolCallsOf(
      Array.from({ length: 10 }, () => byKey),
      origin,
    ),
  ).toHaveLength(1)
})

test('the sign-in stands first where a cookie is needed, and nowhere else', () => {
  expect(toolCallsOf([byKey], origin).map(({ name }) => name)).toEqual(['GET /api/v1/images'])
  const withToken = toolCallsOf([byKey, { ...byKey, lane: 'token' }], origin)
  expect(withToken.map(({ method, target }) => [method, target.split('?')[0]])).toEqual([
    ['POST', '/auth/v1/token'],
    ['GET', '/api/v1/images'],
    ['GET', '/api/v1/images'],
  ])
})

test('a key, a token or a password in the wrong place is a variable there, too', () => {
  const [key = ''] = secrets.barbellKey.split(':').slice(1)
  const { operation } = byKey
  const values = { 'query:cursor': key, 'query:category': secrets.barbellToken }
  const moreHeaders = `x-note: ${key}\nBarbell-Cookie: ${secrets.barbellCookie}`
  const [call] = toolCallsOf([requestOf({ operation, lane: 'none', values, moreHeaders })], origin)
  expect(decodeURIComponent(call?.target ?? '')).toContain('cursor={{barbellKey}}')
  expect(call?.headers).toEqual([
    ['x-note', '{{barbellKey}}'],
    ['Barbell-Cookie', '{{barbellCookie}}'],
  ])
  expect(JSON.stringify(call)).not.toContain(secrets.barbellToken)
})
