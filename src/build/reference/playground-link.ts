import { objectOf } from '#playground/json-value.ts'
import type { Lane } from '#playground/lane.ts'
import { defaultLane, type Operation as PlaygroundOperation } from '#playground/operations.ts'
import { fragmentOf } from '#playground/request-link.ts'
import type { HttpRequest } from '../markdown/http-request.ts'
import { operations } from './operations.ts'

/**
 * Where a reader can send a request himself, with the form filled in. Secrets are not in the link: the playground
 * puts the reader's own in their place.
 * @returns null where no operation answers it
 */
export function playgroundLink(request: HttpRequest): string | null {
  const [path = '', query = ''] = request.target.split('?')
  const operation = operations.find(
    ({ method, path: template }) => method === request.method && shapeOf(template).test(path),
  )
  if (operation === undefined) return null
  const { inPlayground } = operation
  const values = {
    ...valuesAt('path', shapeOf(operation.path).exec(path)?.groups ?? {}),
    ...valuesAt('query', Object.fromEntries(new URLSearchParams(query))),
    ...valuesAt('body', bodyValues(request.body, inPlayground)),
  }
  return linkTo(inPlayground, values, laneOf(request, inPlayground))
}

function linkTo(
  operation: PlaygroundOperation,
  values: Record<string, string>,
  lane: Lane,
): string | null {
  const fragment = fragmentOf({ operation, values, lane })
  return fragment === null ? null : `/playground${fragment}`
}

function shapeOf(template: string): RegExp {
  const pattern = template.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${pattern}$`)
}

function valuesAt(place: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${place}:${name}`, value]),
  )
}

function bodyValues(
  body: string | null,
  { bodyType }: PlaygroundOperation,
): Record<string, string> {
  if (body === null || bodyType === null) return {}
  if (bodyType === 'application/x-www-form-urlencoded') {
    return Object.fromEntries(new URLSearchParams(body))
  }
  return Object.fromEntries(
    Object.entries(parsed(body)).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}

/** A body that is meant to be broken leaves its fields empty. */
function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(body))
  } catch {
    return {}
  }
}

/** By the credentials that it carries; where it carries none on purpose, none. */
function laneOf({ headers }: HttpRequest, operation: PlaygroundOperation): Lane {
  const names = headers.map(([name]) => name.toLowerCase())
  if (names.includes('x-api-auth')) return names.includes('cookie') ? 'key_and_token' : 'api_key'
  if (names.includes('authorization')) return 'bearer'
  return names.includes('cookie') || operation.lane === 'none' ? tokenLane(operation) : 'none'
}

function tokenLane(operation: PlaygroundOperation): Lane {
  return operation.lane === 'none' ? defaultLane(operation) : 'token'
}
