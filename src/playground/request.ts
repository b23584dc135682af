import { adviceOnHeader, type HeaderPair, isSecretHeader, readHeaderLines } from './header-lines.ts'
import {
  adviceOnApiAuth,
  adviceOnKey,
  apiAuthValue,
  credentialsOf,
  type KeyParts,
  type Lane,
  maskedKey,
  sendsKey,
} from './lane.ts'
import type { Bounds, Field, FieldPlace, Operation } from './operations.ts'

/** All that a reader has chosen and typed. */
export interface RequestState {
  operation: Operation
  /** By `Field.id`; a missing or empty value is not sent. */
  values: Readonly<Record<string, string>>
  lane: Lane
  key: KeyParts
  /** Of the Bearer lane. */
  token: string
  /** `Name: value` lines, besides those that the lane and the body bring. */
  moreHeaders: string
}

/** A request to the last character, ready for `fetch`. */
export interface PlannedRequest {
  method: string
  url: string
  headers: HeaderPair[]
  body: string | null
  credentials: 'omit' | 'same-origin'
}

/** Something to mend before sending. */
export interface Advice {
  /** A `Field.id`, or `lane`, `key`, `headers`. */
  about: string
  message: string
  /** No request can be made of it; other advice leaves the choice to the reader. */
  stops: boolean
}

const mask = '********'
const repeatedAuth = 'x-api-auth is sent twice. Two values arrive as one, joined by a comma.'

/**
 * Makes the request of a state. It always makes one: a path parameter without a value keeps its braces, so that
 * a preview has something to show.
 * @param origin of the API, such as `https://docs.example`, without a slash at its end.
 */
export function planRequest(state: RequestState, origin: string): PlannedRequest {
  const body = bodyOf(state)
  return {
    method: state.operation.method,
    url: `${origin}${pathOf(state)}${queryOf(state)}`,
    headers: headersOf(state, body !== null),
    body,
    credentials: credentialsOf(state.lane),
  }
}

/** Lists what is missing or wrong in a state, in the order of the form. */
export function adviseOn(state: RequestState): Advice[] {
  return [
    ...state.operation.fields.flatMap((field) => adviceOnField(field, valueOf(state, field))),
    ...adviceOnLane(state),
    ...adviceOnHeaders(state),
  ]
}

/** The same state with its secrets starred out, for a request that is only shown. */
export function maskSecrets(state: RequestState): RequestState {
  const masked = state.operation.fields
    .filter((field) => field.secret && valueOf(state, field) !== '')
    .map((field) => [field.id, mask])
  return {
    ...state,
    values: { ...state.values, ...(Object.fromEntries(masked) as Record<string, string>) },
    key: maskedKey(state.key),
    token: isToken(state.token) ? mask : '',
    moreHeaders: state.moreHeaders.split('\n').map(maskedLine).join('\n'),
  }
}

/** Writes a request as the lines that go over the wire, without what the browser adds. */
export function requestText(request: PlannedRequest): string {
  const { origin, host } = new URL(request.url)
  const target = request.url.slice(origin.length)
  const headers = request.headers.map(([name, value]) => `${name}: ${value}`)
  const lines = [`${request.method} ${target} HTTP/1.1`, `Host: ${host}`, ...headers]
  return request.body === null ? lines.join('\n') : [...lines, '', request.body].join('\n')
}

function valueOf(state: RequestState, field: Field): string {
  return state.values[field.id] ?? ''
}

function filledFields(state: RequestState, place: FieldPlace): [Field, string][] {
  return state.operation.fields
    .filter((field) => field.place === place)
    .map((field): [Field, string] => [field, valueOf(state, field)])
    .filter(([, value]) => value !== '')
}

function pathOf(state: RequestState): string {
  const values = new Map(filledFields(state, 'path').map(([field, value]) => [field.name, value]))
  return state.operation.path.replace(/\{([^}]+)\}/g, (braces, name: string) => {
    const value = values.get(name)
    return value === undefined ? braces : encodeURIComponent(value.toWellFormed())
  })
}

function queryOf(state: RequestState): string {
  const query = encodedForm(filledFields(state, 'query'))
  return query === '' ? '' : `?${query}`
}

function bodyOf(state: RequestState): string | null {
  const filled = filledFields(state, 'body')
  switch (state.operation.bodyType) {
    case null:
      return null
    case 'application/x-www-form-urlencoded':
      return encodedForm(filled)
    case 'application/json':
      return JSON.stringify(
        Object.fromEntries(filled.map(([field, value]) => [field.name, jsonOf(field, value)])),
        null,
        2,
      )
  }
}

function encodedForm(filled: [Field, string][]): string {
  return new URLSearchParams(filled.map(([field, value]) => [field.name, value])).toString()
}

/** What does not parse as its kind is sent as the text that it is: the server says what it thinks of it. */
function jsonOf(field: Field, value: string): unknown {
  if (field.kind === 'text' || field.kind === 'choice') return value
  const parsed = parsedJson(value)
  if (parsed === undefined) return value
  return field.kind === 'number' && !Number.isFinite(parsed) ? value : parsed
}

function headersOf(state: RequestState, hasBody: boolean): HeaderPair[] {
  const typed = readHeaderLines(state.moreHeaders).pairs
  const named = filledFields(state, 'header')
    .map(([field, value]): HeaderPair => [field.name, value])
    .filter((pair) => adviceOnHeader(pair) === null)
  const hasOwnType = typed.some(([name]) => name.toLowerCase() === 'content-type')
  return [
    ...authHeader(state),
    ...(hasBody && !hasOwnType ? contentType(state) : []),
    ...named,
    ...typed,
  ]
}

function authHeader({ lane, key, token }: RequestState): HeaderPair[] {
  const value = apiAuthValue(key)
  if (sendsKey(lane)) return value === '' ? [] : [['x-api-auth', value]]
  // The stars of a hidden token are none themselves.
  const isSent = lane === 'bearer' && (token === mask || isToken(token))
  return isSent ? [['authorization', `Bearer ${token}`]] : []
}

function contentType({ operation }: RequestState): HeaderPair[] {
  return operation.bodyType === null ? [] : [['content-type', operation.bodyType]]
}

function adviceOnField(field: Field, value: string): Advice[] {
  const advise = (message: string, stops: boolean) => [{ about: field.id, message, stops }]
  if (value === '') {
    const isPath = field.place === 'path'
    if (!field.required) return []
    return advise(`${field.name} is required${isPath ? '' : ' and will be missing'}.`, isPath)
  }
  // A browser resolves such a part away and calls another path than the one shown (URL section 4.4).
  if (field.place === 'path' && /^\.{1,2}$/.test(value)) {
    return advise(`${field.name} cannot be "${value}": the browser would shorten the path.`, true)
  }
  const problem = field.place === 'header' ? adviceOnHeader([field.name, value]) : null
  if (problem !== null) return advise(`${problem} It is left out.`, false)
  if (field.kind === 'json' && parsedJson(value) === undefined) {
    return advise(`${field.name} is not JSON and will be sent as text.`, false)
  }
  const outside = outsideBounds(field, value)
  return outside === null ? [] : advise(`${outside} It will be sent as it is.`, false)
}

/** Says what the document allows where a value is something else; null where it is not. */
function outsideBounds({ name, kind, bounds }: Field, value: string): string | null {
  if (kind === 'number') {
    const isFine = isNumber(value) && isWithin(Number(value), bounds)
    const article = bounds.isWhole ? 'a whole number' : 'a number'
    return isFine ? null : `${name} takes ${article}${boundsText(bounds)}.`
  }
  // Characters are counted as JSON Schema does (section 6.3.1 of its validation part): by code point.
  const isFine = kind !== 'text' || isWithin(Array.from(value).length, bounds)
  return isFine ? null : `${name} takes${boundsText(bounds)} characters.`
}

function isWithin(count: number, { min, max, isWhole }: Bounds): boolean {
  return count >= (min ?? -Infinity) && count <= (max ?? Infinity) && !(isWhole && count % 1 !== 0)
}

function boundsText({ min, max }: Bounds): string {
  if (min !== null && max !== null) return ` from ${min} to ${max}`
  if (min !== null) return ` at least ${min}`
  return max === null ? '' : ` at most ${max}`
}

function adviceOnLane(state: RequestState): Advice[] {
  const { lane, operation } = state
  const advice = [
    ...(sendsKey(lane) ? adviceOnKeyLane(state) : []),
    ...(lane === 'bearer' ? adviceOnBearer(state) : []),
  ]
  if (credentialsOf(lane) === 'same-origin' || !operation.setsCookie) return advice
  return [
    ...advice,
    {
      about: 'lane',
      message: 'This answer sets a cookie. Choose “Token cookie”, or the browser drops it.',
      stops: false,
    },
  ]
}

function adviceOnKeyLane({ key }: RequestState): Advice[] {
  const value = apiAuthValue(key)
  const advice = adviceOnKey(key)
  if (adviceOnHeader(['x-api-auth', value]) === null) {
    return advice.map((message) => ({ about: 'key', message, stops: false }))
  }
  const message = 'The key has a character that no header can carry: type plain letters and digits.'
  return [{ about: 'key', message, stops: true }]
}

function adviceOnBearer({ token }: RequestState): Advice[] {
  const message = token === '' ? 'Paste a token, or nothing is sent.' : adviceOnToken(token)
  return message === null ? [] : [{ about: 'token', message, stops: false }]
}

/** @returns null for a text that a token may be. */
function adviceOnToken(token: string): string | null {
  return isToken(token) ? null : 'A token is letters, digits and “-._~+/” only. It is left out.'
}

/** @see RFC 6750 section 2.1 */
function isToken(text: string): boolean {
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(text)
}

function adviceOnHeaders(state: RequestState): Advice[] {
  const lines = readHeaderLines(state.moreHeaders)
  const typedAuth = lines.pairs.filter(([name]) => name.toLowerCase() === 'x-api-auth')
  const count = typedAuth.length + authHeader(state).length
  return [
    ...lines.advice,
    ...typedAuth.flatMap(([, value]) => adviceOnApiAuth(value)),
    ...(typedAuth.length > 0 && count > 1 ? [repeatedAuth] : []),
  ].map((message) => ({ about: 'headers', message, stops: false }))
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value))
}

/** @returns undefined when it is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function maskedLine(line: string): string {
  const colon = line.indexOf(':')
  if (colon < 0 || !isSecretHeader(line.slice(0, colon).trim())) return line
  return `${line.slice(0, colon)}: ${mask}`
}
