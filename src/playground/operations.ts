import { isObject, type JsonObject, listOf, objectOf, textOf } from './json-value.ts'
import { isDocumentLane, type Lane } from './lane.ts'

/** Where in a request a field goes. */
export type FieldPlace = 'path' | 'query' | 'header' | 'body'

/** How a field is asked for. A `json` field takes an array or object, written as JSON. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'json'

/** The two kinds of body that the API takes. */
export type BodyType = 'application/x-www-form-urlencoded' | 'application/json'

/** One value that a request may or must carry. */
export interface Field {
  /** `query:limit`: unique within its operation. */
  id: string
  name: string
  place: FieldPlace
  kind: FieldKind
  required: boolean
  /** Never shown on the screen as typed. */
  secret: boolean
  description: string
  /** As it would be typed; empty when the document has none. */
  example: string
  /** The only values that a `choice` accepts, else empty. */
  choices: readonly string[]
  bounds: Bounds
}

/** How large a number, or how long a text, may be. Null where the document sets no limit. */
export interface Bounds {
  min: number | null
  max: number | null
  /** No fractions. */
  isWhole: boolean
}

/** One call of the API. */
export interface Operation {
  /** `GET /api/v1/stats`, unique within a document. */
  id: string
  method: string
  /** With its parameters in braces: `/api/v1/images/{id}`. */
  path: string
  summary: string
  description: string
  /** Its page in the docs; null where the document has no name for it. */
  page: string | null
  lane: Lane
  /** Its answer sets a cookie, which a browser keeps only where it may send cookies. */
  setsCookie: boolean
  bodyType: BodyType | null
  fields: readonly Field[]
}

/** The operations under one tag. */
export interface OperationGroup {
  tag: string
  operations: readonly Operation[]
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
const bodyTypes: readonly BodyType[] = ['application/x-www-form-urlencoded', 'application/json']
const places: readonly FieldPlace[] = ['path', 'query', 'header']
const untagged = 'Other'

// The lane and the body write these; OpenAPI says to ignore most of them as parameters (Parameter Object, `name`).
const laneHeaders = ['x-api-auth', 'authorization', 'content-type', 'accept']

// A reference may name another one; a circle of them ends here.
const maxReferences = 8

/**
 * Reads the operations of an OpenAPI 3.1 document, grouped by first tag, in the document's order.
 * Unknown members are ignored, missing ones are empty.
 * @throws {TypeError} when it is no such document at all.
 */
export function readOperations(document: unknown): OperationGroup[] {
  if (!isObject(document) || !isObject(document['paths'])) {
    throw new TypeError('not an OpenAPI document: it has no paths')
  }
  const groups = new Map<string, Operation[]>(tagNames(document).map((tag) => [tag, []]))
  for (const [path, item] of Object.entries(document['paths'])) {
    for (const [tag, operation] of operationsOfPath(document, path, objectOf(item))) {
      groups.set(tag, [...(groups.get(tag) ?? []), operation])
    }
  }
  return [...groups]
    .map(([tag, operations]) => ({ tag, operations }))
    .filter((group) => group.operations.length > 0)
}

function tagNames(document: JsonObject): string[] {
  return listOf(document['tags'])
    .map((tag) => textOf(objectOf(tag)['name']))
    .filter((name) => name !== '')
}

function operationsOfPath(
  document: JsonObject,
  path: string,
  item: JsonObject,
): [tag: string, Operation][] {
  return methods.flatMap((method) => {
    const source = item[method]
    if (!isObject(source)) return []
    const parameters = [...listOf(item['parameters']), ...listOf(source['parameters'])]
    const tag = textOf(listOf(source['tags'])[0]) || untagged
    return [[tag, readOperation(document, { method, path, source, parameters })]]
  })
}

function readOperation(
  document: JsonObject,
  from: { method: string; path: string; source: JsonObject; parameters: readonly unknown[] },
): Operation {
  const { path, source } = from
  const method = from.method.toUpperCase()
  const lane = source['x-barbell-lane']
  const body = readBody(document, resolve(document, source['requestBody']))
  return {
    id: `${method} ${path}`,
    method,
    path,
    summary: textOf(source['summary']),
    description: textOf(source['description']),
    page: pageOf(textOf(source['operationId'])),
    lane: isDocumentLane(lane) ? lane : 'none',
    setsCookie: setsCookie(document, source),
    bodyType: body?.type ?? null,
    fields: [...readParameters(document, from.parameters), ...(body?.fields ?? [])],
  }
}

/** @param name such as `listImages`, whose page is `/docs/reference/list-images` */
function pageOf(name: string): string | null {
  const slug = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return /^[a-z-]+$/.test(slug) ? `/docs/reference/${slug}` : null
}

function setsCookie(document: JsonObject, source: JsonObject): boolean {
  return Object.values(objectOf(source['responses'])).some((response) =>
    Object.keys(objectOf(resolve(document, response)['headers'])).some(
      (name) => name.toLowerCase() === 'set-cookie',
    ),
  )
}

/** A parameter of the operation takes the place of one of its path with the same name and place. */
function readParameters(document: JsonObject, parameters: readonly unknown[]): Field[] {
  const fields = new Map<string, Field>()
  for (const value of parameters) {
    const parameter = resolve(document, value)
    const name = textOf(parameter['name'])
    const place = places.find((one) => one === parameter['in'])
    if (!place || (place === 'header' && laneHeaders.includes(name.toLowerCase()))) continue
    const field = readField(document, { name, place, source: parameter })
    fields.set(field.id, field)
  }
  return [...fields.values()]
}

function readBody(
  document: JsonObject,
  body: JsonObject,
): { type: BodyType; fields: Field[] } | null {
  const content = objectOf(body['content'])
  const type = bodyTypes.find((one) => isObject(content[one]))
  if (!type) return null
  const media = objectOf(content[type])
  const schema = mergedSchema(document, media['schema'])
  const required = listOf(schema['required'])
  const examples = objectOf(exampleOf(media, schema))
  const fields = Object.entries(objectOf(schema['properties'])).map(([name, property]) =>
    readField(document, {
      name,
      place: 'body',
      source: { schema: property, required: required.includes(name), example: examples[name] },
    }),
  )
  return { type, fields }
}

function readField(
  document: JsonObject,
  from: { name: string; place: FieldPlace; source: JsonObject },
): Field {
  const { name, place, source } = from
  const schema = mergedSchema(document, source['schema'])
  const choices = listOf(schema['enum']).filter((choice) => choice !== null)
  return {
    id: `${place}:${name}`,
    name,
    place,
    kind: choices.length > 0 ? 'choice' : kindOf(schema),
    required: place === 'path' || source['required'] === true,
    secret: schema['format'] === 'password' || schema['writeOnly'] === true || name === 'password',
    description: textOf(source['description']) || textOf(schema['description']),
    example: asTyped(exampleOf(source, schema)),
    choices: choices.map(asTyped),
    bounds: boundsOf(schema),
  }
}

function boundsOf(schema: JsonObject): Bounds {
  const isNumber = kindOf(schema) === 'number'
  const [min, max] = isNumber
    ? (['minimum', 'maximum'] as const)
    : (['minLength', 'maxLength'] as const)
  return {
    min: numberOrNull(schema[min]),
    max: numberOrNull(schema[max]),
    isWhole: [schema['type']].flat().includes('integer'),
  }
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function kindOf(schema: JsonObject): FieldKind {
  const types = [schema['type']].flat().filter((type) => type !== 'null')
  switch (types[0]) {
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'array':
    case 'object':
      return 'json'
    default:
      return 'text'
  }
}

function exampleOf(source: JsonObject, schema: JsonObject): unknown {
  const [named] = Object.values(objectOf(source['examples']))
  return [
    source['example'],
    objectOf(named)['value'],
    schema['example'],
    listOf(schema['examples'])[0],
    schema['default'],
  ].find((example) => example !== undefined)
}

function asTyped(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Follows references and lays the parts of `allOf`, or the first real one of `anyOf` and `oneOf`, under it. */
function mergedSchema(document: JsonObject, value: unknown): JsonObject {
  const schema = resolve(document, value)
  const [either] = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].filter(
    (part) => objectOf(part)['type'] !== 'null',
  )
  const parts = [...listOf(schema['allOf']), ...(either === undefined ? [] : [either])]
  return Object.assign({}, ...parts.map((part) => resolve(document, part)), schema) as JsonObject
}

function resolve(document: JsonObject, value: unknown): JsonObject {
  let found = objectOf(value)
  for (let step = 0; step < maxReferences; step += 1) {
    const reference = textOf(found['$ref'])
    if (!reference.startsWith('#/')) return found
    found = objectOf(memberAt(document, reference))
  }
  return {}
}

/** @see RFC 6901 section 4: `~1` is a slash, `~0` a tilde. */
function memberAt(document: JsonObject, pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((found, part) => objectOf(found)[part], document)
}

/** The lane that shows an operation at work: its own, but where the answer sets a cookie, one that keeps it. */
export function defaultLane(operation: Operation): Lane {
  return operation.lane === 'none' && operation.setsCookie ? 'token' : operation.lane
}
