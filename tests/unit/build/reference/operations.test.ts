import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiDocument } from '#api/api-document.ts'
import { errorCodes } from '#api/error-codes.ts'
import type { Member } from '#build/reference/member.ts'
import { findOperation, operations, readReference, reference } from '#build/reference/operations.ts'
import { call } from '../../../support/call.ts'
import { startServer, type TestServer } from '../../../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

test('the document that the build reads is the one that the server answers with', async () => {
  const { json } = await call(`${server.url}/openapi.json`)
  expect(apiDocument(server.url)).toEqual(json)
})

test('every call of the API is in the reference, in the order of the document', () => {
  const all = server.barbell.api.endpoints
    .filter(({ path }) => /^\/(?:api|auth|internal)\//.test(path))
    .map(({ method, path }) => `${method} ${path}`)
  expect(operations.map(({ inPlayground: { id } }) => id)).toEqual(all)
  expect(reference.map(({ tag }) => tag)).toEqual([
    'Public API',
    'Accounts and tokens',
    'Internal API',
  ])
})

test('every call has a name of its own, and an address without capitals', () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length)
  for (const { name, slug } of operations) {
    expect(name).toMatch(/^[a-z][A-Za-z]+$/)
    expect(slug).toMatch(/^[a-z]+(-[a-z]+)*$/)
  }
})

test('every call refuses with exactly the codes of its endpoint, each under its status', () => {
  for (const { inPlayground, refusals } of operations) {
    const endpoint = server.barbell.api.endpoints.find(
      ({ method, path }) => `${method} ${path}` === inPlayground.id,
    )
    const told = refusals.flatMap(({ codes }) => codes)
    expect(told.toSorted(), inPlayground.id).toEqual(endpoint?.refuses.toSorted())
    for (const { status, codes } of refusals) {
      for (const code of codes) expect(errorCodes[code].status, code).toBe(status)
    }
  }
})

describe('every value is told in words', () => {
  const withoutWords = (members: readonly Member[], path: string): string[] =>
    members.flatMap((member) => [
      ...(/^[A-Z0-9`].*\.$/.test(member.description) ? [] : [`${path}.${member.name}`]),
      ...withoutWords(member.members, `${path}.${member.name}`),
    ])

  test.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s',
    (name, of) => {
      const lists = [
        ...of.parameters.map(({ members }) => members),
        ...of.answers.flatMap(({ headers, members }) => [headers, members]),
      ]
      expect(lists.flatMap((members) => withoutWords(members, name))).toEqual([])
      expect(of.description.length, 'more than its summary').toBeGreaterThan(of.summary.length)
    },
  )
})

test('a parameter says its type, its range, its default and its choices', () => {
  const [query] = findOperation('listImages')?.parameters ?? []
  expect(query?.place).toBe('Query')
  expect(query?.members.map(({ name, type, limits }) => [name, type, limits])).toEqual([
    ['category', 'string', []],
    ['status', 'string', ['one of `reviewed`, `un_reviewed`']],
    ['limit', 'integer', ['1 to 100', '20 if left out']],
    ['cursor', 'string', []],
  ])
})

test('an answer shows the members of its objects, those of a schema made of two as well', () => {
  const [answer] = findOperation('listReviewQueue')?.answers ?? []
  const items = answer?.members.find(({ name }) => name === 'items')
  expect(items?.type).toBe('array of objects')
  const names = items?.members.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['id', 'annotation_count', 'batch']))
  const batch = items?.members.find(({ name }) => name === 'batch')
  expect(batch?.members.map(({ name }) => name)).toContain('progress')
})

test('a header of an answer is told beside its body', () => {
  const [answer] = findOperation('getToken')?.answers ?? []
  expect(answer?.headers.map(({ name }) => name)).toEqual(['Set-Cookie'])
})

test('an operation without a name is a mistake of the API, and the build says which', () => {
  const paths = { '/a': { get: { responses: {} } } }
  expect(() => readReference({ openapi: '3.1.0', paths })).toThrow(
    'GET /a has no operationId that can name a page',
  )
})
