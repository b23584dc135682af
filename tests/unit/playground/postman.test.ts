import postman, { type Collection, type Item } from 'postman-collection'
import { describe, expect, test } from 'vitest'
import { postmanCollection } from '#playground/postman.ts'
import { toolCallsOf } from '#playground/tool-calls.ts'
import {
  everyRequest,
  origin,
  requestOf,
  secrets,
  sentByForm,
  type SentByTool,
} from './every-request.ts'

const { Property, Request } = postman
const states = await everyRequest()

/** Reads a collection as Postman does. */
function readCollection(of: typeof states) {
  const file = JSON.stringify(postmanCollection(toolCallsOf(of, origin), origin))
  return { file, collection: new postman.Collection(JSON.parse(file) as object) }
}

/** What Postman sends for an item once its variables are filled in. */
function sentByPostman(item: Item): SentByTool {
  const variables = [{ barbellUrl: origin, ...secrets }]
  const filled = Property.replaceSubstitutionsIn(item.request.toJSON(), variables)
  const request = new Request(filled)
  const { body } = request
  return {
    method: request.method,
    url: request.url.toString(),
    headers: request.headers.map(({ key, value }) => [key, value]),
    body: body?.urlencoded?.map(({ key, value }) => [key, value]) ?? body?.raw ?? null,
  }
}

function itemsOf(collection: Collection): Item[] {
  const items: Item[] = []
  collection.forEachItem((item) => items.push(item))
  return items
}

describe('a Postman collection', () => {
  test('sends exactly what the form sends: every operation by every lane', () => {
    const [signIn, ...items] = itemsOf(readCollection(states).collection)
    expect(states.length).toBeGreaterThan(60)
    expect(items.map(sentByPostman)).toEqual(states.map(sentByForm))
    expect(signIn && sentByPostman(signIn)).toMatchObject({
      method: 'POST',
      url: `${origin}/auth/v1/token`,
      body: [
        ['username', 'mia'],
        ['password', secrets.barbellPassword],
      ],
    })
  })

  test('leaves out its cookies where the browser does', () => {
    const [, ...items] = itemsOf(readCollection(states).collection)
    const disabled = items.map((item) => {
      const { protocolProfileBehavior } = item.toJSON() as {
        protocolProfileBehavior?: { disableCookies?: boolean }
      }
      return protocolProfileBehavior?.disableCookies === true
    })
    const withCookie = ['token', 'key_and_token']
    expect(disabled).toEqual(states.map(({ lane }) => !withCookie.includes(lane)))
  })

  test('holds no secret, and has an empty variable for each', () => {
    const { file, collection } = readCollection(states)
    const { barbellUsername: name, ...others } = secrets
    for (const secret of Object.values(others)) expect(file).not.toContain(secret)
    expect(file).not.toContain(`"${name}"`)
    const values = collection.variables.map(({ key, value }) => [key, value])
    expect(values).toEqual([
      ['barbellUrl', origin],
      ...Object.keys(secrets).map((key) => [key, '']),
    ])
  })

  test('asks for a path value that is missing', () => {
    const state = states.find(({ operation }) => operation.id === 'GET /api/v1/images/{id}')
    if (!state) throw new Error('no call with a path value')
    const { operation, lane } = state
    const { collection } = readCollection([requestOf({ operation, lane, values: {} })])
    const [item] = itemsOf(collection)
    expect(item?.request.url.getPath({ unresolved: true })).toBe('/api/v1/images/:id')
    expect(item?.request.url.variables.map(({ key }) => key)).toEqual(['id'])
  })

  test('says that it is of version 2.1', () => {
    expect(JSON.parse(readCollection(states).file)).toMatchObject({
      info: { schema: expect.stringContaining('/v2.1.0/') as string },
    })
  })
})
