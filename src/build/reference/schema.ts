import { type JsonObject, listOf, objectOf, textOf } from '#playground/json-value.ts'

/**
 * A schema with its references followed and the parts of its `allOf` laid over each other, as OpenAPI 3.1 allows
 * both. Members of parts are joined.
 */
export function readSchema(document: JsonObject, value: unknown): JsonObject {
  const schema = follow(document, objectOf(value))
  const parts = listOf(schema['allOf']).map((part) => readSchema(document, part))
  if (parts.length === 0) return schema
  const all = [...parts, schema]
  return {
    ...(Object.assign({}, ...all) as JsonObject),
    type: 'object',
    properties: Object.assign({}, ...all.map((part) => objectOf(part['properties']))) as JsonObject,
    required: all.flatMap((part) => listOf(part['required'])),
  }
}

/** @throws {TypeError} for a reference that leads nowhere: then the document is not what the server made */
function follow(document: JsonObject, schema: JsonObject): JsonObject {
  const reference = textOf(schema['$ref'])
  if (reference === '') return schema
  const name = reference.replace('#/components/schemas/', '')
  const found = objectOf(objectOf(document['components'])['schemas'])[name]
  if (found === undefined) throw new TypeError(`${reference} leads nowhere in the document`)
  return { ...follow(document, objectOf(found)), ...without(schema, '$ref') }
}

function without({ ...object }: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([member]) => member !== name))
}
