import { placeholders } from '#runner/placeholders.ts'
import type { HeaderPair } from '../header-lines.ts'
import { objectOf } from '../json-value.ts'
import { credentialsOf } from '../lane.ts'
import { planRequest, type RequestState } from '../request.ts'

/** A text that code reads from an environment variable, so that it does not stand in the code. */
export class Secret {
  /** Such as `BARBELL_API_KEY`. */
  readonly variable: string
  readonly value: string

  constructor(variable: string, value: string) {
    this.variable = variable
    this.value = value
  }
}

/** A text of a program: what stands in it as it is, and what comes from outside. */
export type CodeText = readonly (string | Secret)[]

/** What a body holds, before an encoding. */
export type CodeBody =
  | { kind: 'form'; members: readonly [name: string, value: CodeText][] }
  /** A value is JSON, or a secret in the place of a string. */
  | { kind: 'json'; members: readonly [name: string, value: unknown][] }

/** The call that sets the token cookie. */
export interface SignIn {
  url: string
  members: readonly [name: string, value: CodeText][]
}

/** A request as a program makes it: in parts that a library encodes by itself. */
export interface CodeRequest {
  method: string
  /** With its query, encoded. */
  url: string
  /** Each name once: what is sent twice arrives as one value, joined by a comma (RFC 9110 section 5.3). */
  headers: readonly [name: string, value: CodeText][]
  body: CodeBody | null
  /** What `fetch` does with the browser's cookies. */
  credentials: 'omit' | 'same-origin'
  /** How a program without a browser comes by the cookie first; null where it needs none. */
  signIn: SignIn | null
}

/** Where a program runs, and as whom. */
export interface CodePlace {
  /** Of the API, no slash at its end. */
  origin: string
  /** Whom a program signs in as where it needs the cookie; null for placeholders. */
  account: { username: string; password: string | null } | null
}

/** The request of a form, ready to be written as code. */
export function codeRequestOf(state: RequestState, place: CodePlace): CodeRequest {
  const { method, url, headers, body, credentials } = planRequest(state, place.origin)
  return {
    method,
    url,
    headers: joined(headers).map(([name, value]) => [name, headerText(name, value)]),
    body: body === null ? null : codeBody(state, body),
    credentials,
    signIn: needsSignIn(state) ? signInAt(place) : null,
  }
}

/**
 * The same request with its secrets written out.
 * @param isOpen tells which of them; all unless given
 */
export function withSecrets(
  request: CodeRequest,
  isOpen: (secret: Secret) => boolean = () => true,
): CodeRequest {
  const value = (part: unknown): unknown =>
    part instanceof Secret && isOpen(part) ? part.value : part
  const text = (parts: CodeText): CodeText =>
    parts.map((part) => (part instanceof Secret && isOpen(part) ? part.value : part))
  const texts = (pairs: readonly [string, CodeText][]): [string, CodeText][] =>
    pairs.map(([name, parts]) => [name, text(parts)])
  const { headers, body, signIn } = request
  return {
    ...request,
    headers: texts(headers),
    body:
      body?.kind === 'json'
        ? { kind: 'json', members: body.members.map(([name, part]) => [name, value(part)]) }
        : body && { kind: 'form', members: texts(body.members) },
    signIn: signIn && { ...signIn, members: texts(signIn.members) },
  }
}

/** The first header of a name that holds all its values, as one line of HTTP would. */
function joined(headers: readonly HeaderPair[]): HeaderPair[] {
  const byName = new Map<string, HeaderPair>()
  for (const [name, value] of headers) {
    const before = byName.get(name.toLowerCase())
    byName.set(name.toLowerCase(), before ? [before[0], `${before[1]}, ${value}`] : [name, value])
  }
  return [...byName.values()]
}

function headerText(name: string, value: string): CodeText {
  switch (name.toLowerCase()) {
    case 'x-api-auth':
      return [new Secret('BARBELL_API_KEY', value)]
    case 'authorization': {
      const scheme = /^\w+ /.exec(value)?.[0] ?? ''
      return [scheme, new Secret('BARBELL_TOKEN', value.slice(scheme.length))]
    }
    case 'barbell-cookie':
      return [new Secret('BARBELL_COOKIE', value)]
    default:
      return [value]
  }
}

function codeBody({ operation }: RequestState, body: string): CodeBody {
  const secretNames = new Set(
    operation.fields
      .filter(({ place, secret }) => place === 'body' && secret)
      .map(({ name }) => name),
  )
  const hidden = (name: string, value: string) =>
    secretNames.has(name) ? new Secret(`BARBELL_${name.toUpperCase()}`, value) : value
  if (operation.bodyType === 'application/json') {
    const members = Object.entries(objectOf(JSON.parse(body)))
    return {
      kind: 'json',
      members: members.map(([name, value]) => [
        name,
        typeof value === 'string' ? hidden(name, value) : value,
      ]),
    }
  }
  const members = [...new URLSearchParams(body)]
  return { kind: 'form', members: members.map(([name, value]) => [name, [hidden(name, value)]]) }
}

/** Not where the request itself is the one that brings a cookie. */
function needsSignIn({ lane, operation }: RequestState): boolean {
  const bringsCookie = operation.lane === 'none' && operation.setsCookie
  return credentialsOf(lane) === 'same-origin' && !bringsCookie
}

function signInAt({ origin, account }: CodePlace): SignIn {
  return {
    url: `${origin}/auth/v1/token`,
    members: [
      ['username', [new Secret('BARBELL_USERNAME', account?.username ?? placeholders.username)]],
      ['password', [new Secret('BARBELL_PASSWORD', account?.password ?? placeholders.password)]],
    ],
  }
}
