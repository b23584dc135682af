import { exampleValues } from '#playground/drafts.ts'
import { lanes } from '#playground/lane.ts'
import { readOperations } from '#playground/operations.ts'
import { planRequest, type RequestState } from '#playground/request.ts'
import { startServer } from '../../support/server.ts'

export const origin = 'https://docs.example'

/** What a reader holds, by the variable that stands for it in an export. */
export const secrets = {
  barbellKey: 'mia:aB3dE6gH9jK2mN5p',
  barbellUsername: 'mia',
  barbellPassword: 'pass word & {more}: 100%',
  barbellToken: 'eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl',
  barbellCookie: 'access_token=eyJhbGciOiJub25lIn0.e30.b3RoZXI',
} as const

/** Every operation of the real document by every lane, with the values of the examples. */
export async function everyRequest(): Promise<RequestState[]> {
  const server = await startServer()
  const document: unknown = await (await fetch(`${server.url}/openapi.json`)).json()
  await server.stop()
  const operations = readOperations(document).flatMap((group) => group.operations)
  return operations.flatMap((operation) => {
    const passwords = operation.fields.filter(({ secret }) => secret)
    const values = {
      ...exampleValues(operation, {}, null),
      ...Object.fromEntries(passwords.map(({ id }) => [id, secrets.barbellPassword])),
    }
    return lanes.map(({ id }) => requestOf({ operation, values, lane: id }))
  })
}

/** The same reader with another request. */
export function requestOf(
  part: Pick<RequestState, 'operation' | 'values' | 'lane'> & { moreHeaders?: string },
): RequestState {
  const [username = '', secret = ''] = secrets.barbellKey.split(':')
  return { moreHeaders: '', ...part, key: { username, secret }, token: secrets.barbellToken }
}

/** A request as another tool sends it, taken apart. */
export interface SentByTool {
  method: string
  url: string
  headers: [name: string, value: string][]
  body: string | [name: string, value: string][] | null
}

/** What the form sends, in the same parts. */
export function sentByForm(state: RequestState): SentByTool {
  const { method, url, headers, body } = planRequest(state, origin)
  const isForm = state.operation.bodyType === 'application/x-www-form-urlencoded'
  return {
    method,
    url,
    headers,
    body: isForm && body !== null ? [...new URLSearchParams(body)] : body,
  }
}
