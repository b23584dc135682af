import { apiDocument } from '#api/api-document.ts'
import { type ErrorCode, errorCodes } from '#api/error-codes.ts'
import { isObject, type JsonObject, listOf, objectOf, textOf } from '#playground/json-value.ts'
import { isDocumentLane, type Lane } from '#playground/lane.ts'
import {
  type Operation as PlaygroundOperation,
  readOperations as readPlaygroundOperations,
} from '#playground/operations.ts'
import { originPlaceholder } from '../../origin-placeholder.ts'
import { type Member, membersOf, readMember } from './member.ts'

/** One call of the API, as its page in the reference tells it. */
export interface Operation {
  /** The `operationId` of the document: what a writer calls it. */
  readonly name: string
  /** The last part of its address in the reference. */
  readonly slug: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly lane: Lane
  readonly parameters: readonly Parameters[]
  /** The good ones. */
  readonly answers: readonly Answer[]
  /** Every code that it refuses with, by status. */
  readonly refusals: readonly { readonly status: number; readonly codes: readonly ErrorCode[] }[]
  /** Whether its errors have the form of RFC 6749. */
  readonly oauthErrors: boolean
  /** As the playground reads it. */
  readonly inPlayground: PlaygroundOperation
}

/** Where in a request a value goes. */
export type Place = 'Path' | 'Query' | 'Header' | 'Body'

/** The values that go to one place of a request. */
export interface Parameters {
  readonly place: Place
  /** Of a body. */
  readonly type?: string
  readonly members: readonly Member[]
}

export interface Answer {
  readonly status: number
  readonly description: string
  readonly headers: readonly Member[]
  /** Of its JSON; none where there is no body. */
  readonly members: readonly Member[]
}

export interface OperationGroup {
  readonly tag: string
  readonly description: string
  readonly operations: readonly Operation[]
}

const places: readonly Place[] = ['Path', 'Query', 'Header']

/**
 * Reads the operations of an OpenAPI document of ours, by tag, in the order of the document.
 * @throws {TypeError} where an operation lacks what the reference says of each
 */
export function readReference(document: JsonObject): OperationGroup[] {
  return readPlaygroundOperations(document).map(({ tag, operations }) => ({
    tag,
    description: descriptionOfTag(document, tag),
    operations: operations.map((operation) => readOperation(document, operation)),
  }))
}

/** The reference of the API as its code stands. */
export const reference: readonly OperationGroup[] = readReference(
  apiDocument(originPlaceholder) as JsonObject,
)

/** Every operation of it. */
export const operations: readonly Operation[] = reference.flatMap((group) => group.operations)

/** Looks an operation up by its name, such as `listImages`. */
export function findOperation(name: string): Operation | undefined {
  return operations.find((operation) => operation.name === name)
}

/** Where an operation has its page. */
export function pageOf({ slug }: Operation): string {
  return `/docs/reference/${slug}`
}

function descriptionOfTag(document: JsonObject, name: string): string {
  const tags = listOf(document['tags']).map(objectOf)
  return textOf(tags.find((tag) => tag['name'] === name)?.['description'])
}

function readOperation(document: JsonObject, inPlayground: PlaygroundOperation): Operation {
  const { id, method, path, summary, description, page } = inPlayground
  const source = objectOf(objectOf(objectOf(document['paths'])[path])[method.toLowerCase()])
  const name = textOf(source['operationId'])
  if (page === null) throw new TypeError(`${id} has no operationId that can name a page`)
  const responses = Object.entries(objectOf(source['responses'])).map(
    ([status, response]) => [Number(status), objectOf(response)] as const,
  )
  const refused = responses.filter(([status]) => status >= 400)
  const lane = source['x-barbell-lane']
  return {
    name,
    slug: page.slice(page.lastIndexOf('/') + 1),
    method,
    path,
    summary,
    description,
    lane: isDocumentLane(lane) ? lane : 'none',
    parameters: [...readParameters(document, source), ...readBody(document, source)],
    answers: responses
      .filter(([status]) => status < 400)
      .map(([status, response]) => readAnswer(document, status, response)),
    refusals: refused.map(([status, response]) => ({ status, codes: codesOf(response) })),
    oauthErrors: refused.some(([, { content }]) => isObject(objectOf(content)['application/json'])),
    inPlayground,
  }
}

function readParameters(document: JsonObject, source: JsonObject): Parameters[] {
  const all = listOf(source['parameters']).map(objectOf)
  return places.flatMap((place) => {
    const members = all
      .filter((parameter) => parameter['in'] === place.toLowerCase())
      .map((parameter) => readNamed(document, textOf(parameter['name']), parameter))
    return members.length === 0 ? [] : [{ place, members }]
  })
}

function readBody(document: JsonObject, source: JsonObject): Parameters[] {
  const [body] = Object.entries(objectOf(objectOf(source['requestBody'])['content']))
  if (body === undefined) return []
  const [type, media] = body
  return [{ place: 'Body', type, members: membersOf(document, objectOf(media)['schema']) }]
}

function readAnswer(document: JsonObject, status: number, response: JsonObject): Answer {
  const json = objectOf(objectOf(response['content'])['application/json'])
  return {
    status,
    description: textOf(response['description']),
    headers: Object.entries(objectOf(response['headers'])).map(([name, header]) =>
      readNamed(document, name, objectOf(header)),
    ),
    members: membersOf(document, json['schema']),
  }
}

function readNamed(document: JsonObject, name: string, source: JsonObject): Member {
  const { schema, required, description } = source
  return readMember(document, {
    name,
    schema,
    required: required === true,
    description: textOf(description),
  })
}

function codesOf(response: JsonObject): ErrorCode[] {
  return listOf(response['x-barbell-codes']).filter(
    (code): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorCodes, code),
  )
}
