import { describe, expect, test } from 'vitest'
import { defaultLane, type Operation, readOperations } from '#playground/operations.ts'
import { openapiExample } from './openapi-example.ts'

const groups = readOperations(openapiExample)

function operation(id: string): Operation {
  const found = groups.flatMap((group) => group.operations).find((one) => one.id === id)
  if (!found) throw new TypeError(`no operation ${id}`)
  return found
}

function field(id: string, fieldId: string): Operation['fields'][number] {
  const found = operation(id).fields.find((one) => one.id === fieldId)
  if (!found) throw new TypeError(`no field ${fieldId}`)
  return found
}

describe('groups', () => {
  test('follow the order of the tags, and what has no tag comes last', () => {
    expect(groups.map(({ tag }) => tag)).toEqual([
      'Public API',
      'Accounts and tokens',
      'Internal API',
      'Other',
    ])
  })

  test('hold every operation of the document once', () => {
    expect(groups.flatMap(({ operations }) => operations.map(({ id }) => id))).toEqual([
      'GET /api/v1/stats',
      'GET /api/v1/images',
      'GET /api/v1/images/{id}',
      'POST /auth/v1/token',
      'POST /auth/v1/register',
      'GET /internal/v1/batches',
      'DELETE /internal/v1/batches',
    ])
  })
})

describe('an operation', () => {
  test('carries its words and its lane', () => {
    expect(operation('GET /api/v1/stats')).toEqual({
      id: 'GET /api/v1/stats',
      method: 'GET',
      path: '/api/v1/stats',
      summary: 'Count the images',
      description: 'How large the dataset is.',
      page: '/docs/reference/get-stats',
      lane: 'api_key',
      setsCookie: false,
      bodyType: null,
      fields: [],
    })
  })

  test('without a name, or with one that is no word, has no page', () => {
    expect(operation('POST /auth/v1/token').page).toBeNull()
    const paths = { '/a': { get: { operationId: '../a b' } } }
    expect(readOperations({ paths })[0]?.operations[0]?.page).toBeNull()
  })

  test('with an unknown lane needs no credentials', () => {
    expect(operation('DELETE /internal/v1/batches').lane).toBe('none')
  })

  test('whose answer sets a cookie is shown on the lane that keeps it', () => {
    expect(operation('POST /auth/v1/token')).toMatchObject({ lane: 'none', setsCookie: true })
    expect(defaultLane(operation('POST /auth/v1/token'))).toBe('token')
    expect(defaultLane(operation('POST /auth/v1/register'))).toBe('none')
    expect(defaultLane(operation('GET /api/v1/stats'))).toBe('api_key')
  })
})

describe('a field', () => {
  test('of the path is required, also when its path declares it', () => {
    expect(field('GET /api/v1/images/{id}', 'path:id')).toMatchObject({
      place: 'path',
      required: true,
      example: 'img_1',
    })
  })

  test('behind a reference is read', () => {
    expect(field('GET /api/v1/images', 'query:limit')).toMatchObject({
      kind: 'number',
      required: false,
      description: 'Items on a page.',
      example: '20',
    })
  })

  test('has the limits of a number, or of the length of a text', () => {
    const limits = { min: 1, max: null, isWhole: true }
    expect(field('GET /api/v1/images', 'query:limit').bounds).toEqual(limits)
    const length = { min: 8, max: null, isWhole: false }
    expect(field('POST /auth/v1/register', 'body:password').bounds).toEqual(length)
    const none = { min: null, max: null, isWhole: false }
    expect(field('POST /auth/v1/register', 'body:username').bounds).toEqual(none)
  })

  test('with an enum is a choice, without null', () => {
    expect(field('GET /api/v1/images', 'query:status')).toMatchObject({
      kind: 'choice',
      choices: ['reviewed', 'un_reviewed'],
    })
  })

  test('that may be null is what it is otherwise', () => {
    expect(field('GET /internal/v1/batches', 'header:Barbell-Jar')).toMatchObject({
      kind: 'choice',
      choices: ['program'],
    })
  })

  test('for a header that the lane writes is not asked for', () => {
    const ids = operation('GET /api/v1/images').fields.map(({ id }) => id)
    expect(ids).toEqual(['query:category', 'query:status', 'query:limit'])
  })

  test('of a form body comes from the referenced schema', () => {
    expect(operation('POST /auth/v1/token').bodyType).toBe('application/x-www-form-urlencoded')
    expect(field('POST /auth/v1/token', 'body:username')).toMatchObject({
      required: true,
      secret: false,
      example: 'myUsername',
    })
    expect(field('POST /auth/v1/token', 'body:password').secret).toBe(true)
    expect(field('POST /auth/v1/token', 'body:grant_type')).toMatchObject({
      kind: 'choice',
      required: false,
      example: 'password',
    })
  })

  test('of a JSON body has its kind, its rule and its example', () => {
    const kinds = operation('POST /auth/v1/register').fields.map(
      ({ name, kind, required, example }) => [name, kind, required, example],
    )
    expect(kinds).toEqual([
      ['username', 'text', true, 'mia'],
      ['password', 'text', true, ''],
      ['age', 'number', false, ''],
      ['newsletter', 'boolean', false, ''],
      ['teams', 'json', false, '[254,1678]'],
    ])
  })

  test('called password is secret even when the document does not say so', () => {
    expect(field('POST /auth/v1/register', 'body:password').secret).toBe(true)
  })
})

describe('a document', () => {
  test.each([null, [], 'text', {}, { paths: [] }])('that is none is refused: %j', (document) => {
    expect(() => readOperations(document)).toThrow(TypeError)
  })

  test('with references in a circle, or to nothing, still reads', () => {
    const parameters = ['#/components/schemas/Circle', '#/nowhere'].map(($ref) => ({ $ref }))
    const document = { ...openapiExample, paths: { '/x': { get: { parameters } } } }
    expect(readOperations(document)[0]?.operations[0]?.fields).toEqual([])
  })

  test('with members of the wrong type reads as if they were missing', () => {
    const wrong = { summary: 1, tags: 'a', parameters: {}, requestBody: [], responses: null }
    const [group] = readOperations({ paths: { '/x': { get: wrong, post: null } } })
    expect(group).toMatchObject({ tag: 'Other', operations: [{ summary: '', fields: [] }] })
  })

  test('may have a tilde or a slash in the name of what it refers to', () => {
    const $ref = '#/components/parameters/a~1b~0c'
    const document = {
      paths: { '/x': { get: { parameters: [{ $ref }] } } },
      components: { parameters: { 'a/b~c': { name: 'found', in: 'query' } } },
    }
    expect(readOperations(document)[0]?.operations[0]?.fields[0]?.name).toBe('found')
  })
})
