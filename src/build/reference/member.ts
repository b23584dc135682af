import { type JsonObject, listOf, objectOf, textOf } from '#playground/json-value.ts'
import { readSchema } from './schema.ts'

/** One value that a request carries or an answer brings, in words. */
export interface Member {
  readonly name: string
  /** `integer`, `string or null`, `array of objects`. */
  readonly type: string
  readonly required: boolean
  readonly description: string
  /** What its value is held to, each a few words: `1 to 100`, `20 if left out`. Code stands between backticks. */
  readonly limits: readonly string[]
  /** Of an object, or of each object of an array. */
  readonly members: readonly Member[]
}

/** The members of an object, or of the objects of an array, in the order of the document. */
export function membersOf(document: JsonObject, value: unknown): Member[] {
  const schema = readSchema(document, value)
  if (schema['type'] === 'array') return membersOf(document, schema['items'])
  const required = listOf(schema['required'])
  return Object.entries(objectOf(schema['properties'])).map(([name, property]) =>
    readMember(document, { name, schema: property, required: required.includes(name) }),
  )
}

/** @param from.description of a parameter, which may say more than its schema */
export function readMember(
  document: JsonObject,
  from: { name: string; schema: unknown; required: boolean; description?: string },
): Member {
  const schema = readSchema(document, from.schema)
  return {
    name: from.name,
    type: typeInWords(document, schema),
    required: from.required,
    description: (from.description ?? '') || textOf(schema['description']),
    limits: limitsInWords(schema),
    members: membersOf(document, schema),
  }
}

function typeInWords(document: JsonObject, schema: JsonObject): string {
  const types = typesOf(schema).map((type) => {
    if (type !== 'array') return type
    const [items = 'values'] = typesOf(readSchema(document, schema['items']))
    return `array of ${items}s`
  })
  return types.join(' or ')
}

function typesOf(schema: JsonObject): string[] {
  return [schema['type']].flat().map(textOf).filter(Boolean)
}

function limitsInWords(schema: JsonObject): string[] {
  const { minimum, maximum } = schema
  const fallback = schema['default']
  return [
    ...(typeof minimum === 'number' && typeof maximum === 'number'
      ? [`${minimum} to ${maximum}`]
      : []),
    ...(schema['format'] === 'date-time' ? ['RFC 3339, UTC'] : []),
    ...choicesInWords(schema),
    ...(fallback === undefined ? [] : [`${written(fallback)} if left out`]),
  ]
}

function choicesInWords(schema: JsonObject): string[] {
  const choices = [...listOf(schema['enum']), schema['const']].filter(
    (choice) => choice !== undefined && choice !== null,
  )
  const codes = choices.map((choice) => `\`${written(choice)}\``)
  if (codes.length === 0) return []
  return [codes.length === 1 ? `only ${codes.join('')}` : `one of ${codes.join(', ')}`]
}

const written = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
