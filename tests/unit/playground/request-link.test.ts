import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lanes } from '#playground/lane.ts'
import { type Operation, readOperations } from '#playground/operations.ts'
import type { RequestState } from '#playground/request.ts'
import { fragmentOf, readFragment } from '#playground/request-link.ts'
import { openapiExample } from './openapi-example.ts'

const operations = readOperations(openapiExample).flatMap((group) => group.operations)

function state(id: string, changes: Partial<RequestState> = {}): RequestState {
  const operation = operations.find((one) => one.id === id) as Operation
  return {
    operation,
    values: {},
    lane: operation.lane,
    key: { username: 'mia', secret: 'aB3dE6gH9jK2mN5p' },
    token: 'eyJ.a.b',
    moreHeaders: 'x-note: typed',
    ...changes,
  }
}

describe('a link to a request', () => {
  test('brings back its call, its lane and its values, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        fc.constantFrom(...lanes.map(({ id }) => id)),
        (category, lane) => {
          const sent = state('GET /api/v1/images', { values: { 'query:category': category }, lane })
          expect(readFragment(fragmentOf(sent) ?? '')).toEqual({
            operationId: 'GET /api/v1/images',
            values: { 'query:category': category },
            lane,
          })
        },
      ),
    )
  })

  test('holds no key, token, password or typed header', () => {
    const values = { 'body:username': 'mia', 'body:password': 'geheim' }
    const fragment = decodeURIComponent(fragmentOf(state('POST /auth/v1/token', { values })) ?? '')
    expect(fragment).toContain('body:username')
    for (const hidden of ['geheim', 'aB3dE6', 'eyJ', 'typed']) {
      expect(fragment).not.toContain(hidden)
    }
  })

  test('is not made of what is too long for one', () => {
    const values = { 'query:category': 'x'.repeat(5000) }
    expect(fragmentOf(state('GET /api/v1/images', { values }))).toBeNull()
  })

  test('of another kind, or broken, fills nothing', () => {
    for (const fragment of ['', '#top', '#request=%', '#request=[]', '#request={"call":1}']) {
      expect(readFragment(fragment)).toBeNull()
    }
    expect(readFragment('#request={"call":"GET /x","lane":"root","values":{"a":1}}')).toEqual({
      operationId: 'GET /x',
      lane: 'none',
      values: {},
    })
  })
})
