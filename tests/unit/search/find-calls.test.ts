import { expect, test } from 'vitest'
import { type Call, findCalls, looksLikeCall } from '#search/find-calls.ts'

const call = (id: string, summary: string): Call => ({ id, summary, url: '/playground' })
const calls = [
  call('GET /api/v1/stats', 'Counts of the whole set'),
  call('GET /api/v1/images', 'Images, page by page'),
  call('POST /auth/v1/token', 'A token for a password'),
]
const ids = (found: readonly Call[]): string[] => found.map(({ id }) => id)

test('a call is found by its path, its method with it, and its summary', () => {
  expect(ids(findCalls(calls, '/api/v1/stats'))).toEqual(['GET /api/v1/stats'])
  expect(ids(findCalls(calls, 'get /api/v1/st'))).toEqual(['GET /api/v1/stats'])
  expect(ids(findCalls(calls, 'Page images'))).toEqual(['GET /api/v1/images'])
})

test('every word must say something of it', () => {
  expect(findCalls(calls, 'images token')).toEqual([])
  expect(findCalls(calls, ' ')).toEqual([])
})

test('a path is a call that was typed, a word is none', () => {
  expect(['/api/v1/stats', 'POST /auth', ' /'].map(looksLikeCall)).toEqual([true, true, true])
  expect(['post', 'invalid_api_key', 'a / b'].map(looksLikeCall)).toEqual([false, false, false])
})
