import { describe, expect, test } from 'vitest'
import { findOperations } from '#playground/find-operations.ts'
import { readOperations } from '#playground/operations.ts'
import { openapiExample } from './openapi-example.ts'

const groups = readOperations(openapiExample)

function found(typed: string): string[] {
  return findOperations(groups, typed).flatMap(({ operations }) => operations.map(({ id }) => id))
}

describe('calls are found', () => {
  test('all of them, in their groups, where nothing is typed', () => {
    expect(findOperations(groups, '  ')).toEqual(groups)
  })

  test('by a part of the path, by the method, by a word of the summary or the description', () => {
    expect(found('images/{')).toEqual(['GET /api/v1/images/{id}'])
    expect(found('DELETE')).toEqual(['DELETE /internal/v1/batches'])
    expect(found('how large')).toEqual(['GET /api/v1/stats'])
  })

  test('only where every word fits, in any case of letters', () => {
    expect(found('post TOKEN')).toContain('POST /auth/v1/token')
    expect(found('post stats')).toEqual([])
  })
})
