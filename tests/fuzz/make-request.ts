import { seededRandom, type SeededRandom } from '#dataset/seeded-random.ts'
import { type Credentials, showCredentials } from './credentials.ts'
import {
  hostileBodies,
  hostileHeaders,
  hostileHosts,
  hostileJson,
  hostileMediaTypes,
  hostileTexts,
  methods,
  pathTricks,
} from './hostile-values.ts'
import type { Operation } from './operations.ts'
import type { HeaderLine, WireRequest } from './wire.ts'

/** A request with what is known of it beforehand. */
export interface FuzzRequest extends WireRequest {
  /** The call that it is or distorts. */
  operation: Operation
  /** Whether path and method are still those of the call. */
  isCall: boolean
  /** Whether a guarded call may let it in. */
  mayPass: boolean
  /** Whether its `Host` is the server's; another may be no host at all. */
  isOwnHost: boolean
}

/** What all requests of a run are made from. */
export interface Material {
  operations: readonly Operation[]
  credentials: Credentials
  /** Names of this run: accounts are called by it and a number. */
  names: string
  host: string
}

/** Makes a request. The same seed and index give the same one, up to the credentials of the run. */
export function makeRequest(seed: number, index: number, material: Material): FuzzRequest {
  const random = seededRandom((seed * 1_000_003 + index) % 4_294_967_291 || 1)
  const operation = random.pick(material.operations)
  const shown = showCredentials(random, operation, material.credentials)
  const method = random.chance(0.85) ? operation.method : random.pick(methods)
  const path = fillPath(random, operation)
  const isPlain = random.chance(0.85)
  const tricked = isPlain ? path : random.pick(pathTricks)(path)
  const target = withQuery(random, operation, tricked)
  const { headers: bodyHeaders, body } = makeBody(random, operation, `${material.names}${index}`)
  const isOwnHost = random.chance(0.97)
  const loopback = material.host.replace('localhost', '127.0.0.1') // leads pages to the other name
  const headers: HeaderLine[] = [
    ['Host', isOwnHost ? material.host : random.pick([...hostileHosts, loopback])],
    ['Connection', 'close'],
    ...shown.headers,
    ...bodyHeaders,
    ...extraHeaders(random),
  ]
  return {
    operation,
    method,
    target,
    headers: maybeDoubled(random, headers),
    body: framed(headers, body),
    isCall: isOwnHost && isPlain && method === operation.method && !path.includes('%'),
    mayPass: shown.mayPass,
    isOwnHost,
  }
}

function fillPath(random: SeededRandom, { path, parameters }: Operation): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const example = parameters.find((parameter) => parameter.name === name)?.example ?? ''
    if (random.chance(0.5) && example !== '') return example
    return escaped(random, random.pick(hostileTexts))
  })
}

function withQuery(random: SeededRandom, { parameters }: Operation, path: string): string {
  const known = parameters.filter((parameter) => parameter.in === 'query')
  const pairs = known
    .filter(() => random.chance(0.5))
    .map(({ name, example }) => [name, random.chance(0.4) ? example : random.pick(hostileTexts)])
  if (random.chance(0.1)) pairs.push([random.pick(hostileTexts), random.pick(hostileTexts)])
  const [first] = pairs
  if (first !== undefined && random.chance(0.1)) pairs.push(first)
  if (pairs.length === 0) return path
  return `${path}?${pairs.map((pair) => pair.map((text) => escaped(random, text)).join('=')).join('&')}`
}

/** As a target may hold it: mostly whole, now and then with what has no escape left bare. */
function escaped(random: SeededRandom, text: string): string {
  const whole = encodeURIComponent(text)
  return random.chance(0.9)
    ? whole
    : whole.replace(/%(?:3A|2C|2F|3B|22|5C|3C|3E)/g, decodeURIComponent)
}

function makeBody(
  random: SeededRandom,
  { body, method }: Operation,
  name: string,
): { headers: HeaderLine[]; body: Buffer } {
  if (body === undefined && random.chance(method === 'GET' ? 0.95 : 0.7)) {
    return { headers: method === 'GET' ? [] : [['Content-Length', '0']], body: Buffer.alloc(0) }
  }
  const mediaType = body?.mediaType ?? random.pick(hostileMediaTypes)
  const text = random.chance(0.2)
    ? random.pick(hostileBodies)
    : writeBody(random, mediaType, membersOf(random, body?.members ?? ['a'], name))
  const bytes = encoded(random, text)
  const type = random.chance(0.85) ? mediaType : random.pick(hostileMediaTypes)
  const length: HeaderLine = random.chance(0.9)
    ? ['Content-Length', String(bytes.length)]
    : ['Transfer-Encoding', 'chunked']
  return { headers: [['Content-Type', type], length], body: bytes }
}

/** Members with values that are right, but for some. A hostile value is text, or JSON as it stands. */
function membersOf(random: SeededRandom, members: readonly string[], name: string): Member[] {
  const right: Record<string, string> = {
    username: name,
    password: 'a quiet frozen lake',
    grant_type: 'password',
  }
  const list = members.map((member): Member => {
    if (random.chance(0.6)) return { member, text: right[member] ?? '' }
    if (random.chance(0.4)) return { member, json: random.pick(hostileJson) }
    return { member, text: random.pick(hostileTexts) }
  })
  if (random.chance(0.1)) list.push({ member: random.pick(hostileTexts), text: 'x' })
  const [first] = list
  if (first !== undefined && random.chance(0.1)) list.push(first)
  return random.chance(0.1) ? list.slice(1) : list
}

type Member = { member: string; text: string } | { member: string; json: string }

function writeBody(random: SeededRandom, mediaType: string, members: readonly Member[]): string {
  if (!mediaType.includes('json')) {
    const pairs = members.map((entry) => [entry.member, 'text' in entry ? entry.text : entry.json])
    return pairs.map((pair) => pair.map((text) => escaped(random, text)).join('=')).join('&')
  }
  const pairs = members.map(
    (entry) =>
      `${JSON.stringify(entry.member)}:${'text' in entry ? JSON.stringify(entry.text) : entry.json}`,
  )
  return `{${pairs.join(',')}}`
}

function encoded(random: SeededRandom, text: string): Buffer {
  if (random.chance(0.95)) return Buffer.from(text)
  const bytes = Buffer.from(text, random.pick(['utf16le', 'latin1'] as const))
  return random.chance(0.5) ? bytes.subarray(0, random.whole(0, bytes.length)) : bytes
}

function extraHeaders(random: SeededRandom): HeaderLine[] {
  if (random.chance(0.6)) return []
  return Array.from({ length: random.whole(1, 3) }, () =>
    random.chance(0.8)
      ? random.pick(hostileHeaders)
      : ([
          random.pick(['x-api-auth', 'Cookie', 'Origin', 'X-Forwarded-For', 'User-Agent']),
          asLatin1(random.pick(hostileTexts)),
        ] as const),
  )
}

/** What a header can hold: the bytes of UTF-8, and no line end, which would begin another header. */
function asLatin1(text: string): string {
  return Buffer.from(text.replace(/[\r\n\0]/g, '')).toString('latin1')
}

/** One header twice, sometimes. The frame of the message stays what it is. */
function maybeDoubled(random: SeededRandom, headers: readonly HeaderLine[]): HeaderLine[] {
  const doubled = random.chance(0.05)
    ? headers.filter(([name]) => !/^(?:host|content-length|transfer-encoding)$/i.test(name))
    : []
  return doubled.length === 0 ? [...headers] : [...headers, random.pick(doubled)]
}

function framed(headers: readonly HeaderLine[], body: Buffer): Buffer {
  if (!headers.some(([name]) => name === 'Transfer-Encoding')) return body
  const size = Buffer.from(`${body.length.toString(16)}\r\n`)
  const end = Buffer.from('\r\n0\r\n\r\n')
  return body.length === 0 ? Buffer.from('0\r\n\r\n') : Buffer.concat([size, body, end])
}
