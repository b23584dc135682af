import { isObject, objectOf } from './json-value.ts'
import { type Lane, lanes } from './lane.ts'
import type { RequestState } from './request.ts'

/** What a link tells of a request: never a key, a token, a password or a typed header. */
export interface LinkedRequest {
  operationId: string
  values: Readonly<Record<string, string>>
  lane: Lane
}

const prefix = '#request='
/** A link is for reading aloud and pasting into chats; what would be longer has no business in one. */
const maxCharacters = 4096

/** The fragment of a link to a request. A fragment is sent to no server. @returns null for what is too long for one */
export function fragmentOf({
  operation,
  values,
  lane,
}: Pick<RequestState, 'operation' | 'values' | 'lane'>): string | null {
  const open = operation.fields.filter((field) => !field.secret && (values[field.id] ?? '') !== '')
  const linked = {
    call: operation.id,
    lane,
    values: Object.fromEntries(open.map(({ id }) => [id, values[id]])),
  }
  const fragment = prefix + encodeURIComponent(JSON.stringify(linked).toWellFormed())
  return fragment.length <= maxCharacters ? fragment : null
}

/** Reads such a fragment. Nothing in it is trusted: it fills a form, and its reader sends. @returns null for any other */
export function readFragment(fragment: string): LinkedRequest | null {
  if (!fragment.startsWith(prefix) || fragment.length > maxCharacters) return null
  const linked = parsed(fragment.slice(prefix.length))
  if (!isObject(linked) || typeof linked['call'] !== 'string') return null
  const lane = lanes.find(({ id }) => id === linked['lane'])?.id ?? 'none'
  const texts = Object.entries(objectOf(linked['values'])).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  return { operationId: linked['call'], lane, values: Object.fromEntries(texts) }
}

function parsed(encoded: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(encoded))
  } catch {
    return null
  }
}
