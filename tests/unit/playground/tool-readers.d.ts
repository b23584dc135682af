/** The parts of the tools' own readers that the tests use. Neither package says where its types are. */
declare module '@usebruno/lang' {
  interface Pair {
    name: string
    value: string
    enabled: boolean
  }

  interface BrunoRequest {
    meta: { name: string; type: string; seq: string }
    http: { method: string; url: string; body: string; auth: string }
    params?: (Pair & { type: 'query' | 'path' })[]
    headers?: Pair[]
    body?: { json?: string; text?: string; formUrlEncoded?: Pair[] }
    settings?: { encodeUrl?: boolean }
    docs?: string
  }

  const lang: {
    bruToJsonV2(text: string): BrunoRequest
    bruToEnvJsonV2(text: string): { variables: (Pair & { secret: boolean })[] }
    collectionBruToJson(text: string): { docs?: string }
  }
  export default lang
}

declare module 'postman-collection' {
  interface Variable {
    key: string
    value: string
  }

  /** A `PropertyList` of the package. */
  interface List<Of> {
    map<To>(read: (member: Of) => To): To[]
  }

  class Request {
    constructor(definition: object)
    method: string
    url: {
      toString(): string
      getPath(options: { unresolved: boolean }): string
      variables: List<Variable>
    }
    headers: List<Variable>
    body?: { urlencoded?: List<Variable>; raw?: string }
    toJSON(): object
  }

  interface Item {
    request: Request
    toJSON(): object
  }

  class Collection {
    constructor(definition: object)
    variables: List<Variable>
    forEachItem(see: (item: Item) => void): void
  }

  const postman: {
    Collection: typeof Collection
    Request: typeof Request
    Property: {
      replaceSubstitutionsIn(definition: object, variables: readonly object[]): object
    }
  }
  export default postman
  export type { Collection, Item, Request }
}
