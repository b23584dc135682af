import type { Reader } from '#runner/reader.ts'
import type { Lane } from './lane.ts'
import { defaultLane, type Operation } from './operations.ts'

/** What was chosen and typed for one operation. */
export interface Draft {
  values: Readonly<Record<string, string>>
  lane: Lane
}

/** The drafts of a page: each operation keeps its own while another one is looked at. */
export class Drafts {
  readonly #byOperation = new Map<string, Draft>()

  of(operation: Operation): Draft {
    return this.#byOperation.get(operation.id) ?? { values: {}, lane: defaultLane(operation) }
  }

  setLane(operation: Operation, lane: Lane): void {
    this.#byOperation.set(operation.id, { ...this.of(operation), lane })
  }

  setValues(operation: Operation, values: Readonly<Record<string, string>>): void {
    const draft = this.of(operation)
    this.#byOperation.set(operation.id, { ...draft, values: { ...draft.values, ...values } })
  }
}

/**
 * The examples of the document for every field that is still empty. In a form, which only the token endpoint takes,
 * username and password are the reader's, so that the example is one that works.
 */
export function exampleValues(
  operation: Operation,
  values: Readonly<Record<string, string>>,
  reader: Reader | null,
): Record<string, string> {
  const isSignIn = operation.bodyType === 'application/x-www-form-urlencoded' && reader !== null
  const own = new Map(isSignIn ? Object.entries(signInValues(reader)) : [])
  const empty = operation.fields.filter((field) => (values[field.id] ?? '') === '')
  return Object.fromEntries(empty.map((field) => [field.id, own.get(field.id) ?? field.example]))
}

function signInValues({ username, password }: Reader): Record<string, string> {
  return {
    'body:username': username,
    ...(password !== null && { 'body:password': password }),
    // Whoever wants a token that ends in seconds chooses it.
    'body:expires_in': '',
  }
}
