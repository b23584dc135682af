import type { RequestState } from './request.ts'
import {
  type CodeBody,
  codeRequestOf,
  type CodeText,
  Secret,
  type SignIn,
} from './to-code/code-request.ts'

/** A request as another tool keeps it: with variables in the place of secrets. */
export interface ToolCall {
  name: string
  method: string
  /** Behind the origin: path and query, encoded. A path value that is missing stands in braces. */
  target: string
  headers: readonly [name: string, value: string][]
  body: ToolBody | null
  /** Whether the browser would add its cookie; a tool adds the one of its own jar. */
  sendsCookie: boolean
}

/** A body in parts, as tools show it in a table; JSON as text. */
export type ToolBody =
  | { kind: 'form'; members: readonly [name: string, value: string][] }
  | { kind: 'json'; text: string }

/** What the exported requests leave open. Whoever imports them fills these in, in the tool. */
export const toolVariables = [
  { name: 'barbellKey', description: 'Your API key, {USERNAME}:{KEY}, from /dashboard/settings' },
  { name: 'barbellUsername', description: 'Whose token is asked for' },
  { name: 'barbellPassword', description: 'The password of that account' },
  { name: 'barbellToken', description: 'A token, for the Bearer lane' },
  {
    name: 'barbellCookie',
    description: 'A Barbell-Cookie field, for trying what a program in the page sends',
  },
] as const

/** The variable of the address that all requests go to. */
export const originVariable = 'barbellUrl'

/**
 * The requests of a session for another tool, the first first, each once. Where one needs the token cookie, the
 * sign-in that brings it stands before all. No key, password or token is in them.
 * @param origin of the API
 */
export function toolCallsOf(states: readonly RequestState[], origin: string): ToolCall[] {
  const made = states.map((state) => {
    const request = codeRequestOf(state, { origin, account: null })
    return {
      signIn: request.signIn,
      call: withoutSecrets(callOf(request, { state, origin }), state),
    }
  })
  const signIn = made.find((one) => one.signIn !== null)?.signIn ?? null
  const calls = [...(signIn ? [signInCall(signIn, origin)] : []), ...made.map(({ call }) => call)]
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()]
}

/** How a variable is written into a text, in Postman and in Bruno alike. */
export function variable(name: string): string {
  return `{{${name}}}`
}

function callOf(
  { method, url, headers, body, credentials }: ReturnType<typeof codeRequestOf>,
  { state, origin }: { state: RequestState; origin: string },
): ToolCall {
  return {
    name: state.operation.id,
    method,
    target: url.slice(origin.length),
    headers: headers.map(([name, value]) => [name, textOf(value)]),
    body: body && bodyOf(body),
    sendsCookie: credentials === 'same-origin',
  }
}

function signInCall({ url, members }: SignIn, origin: string): ToolCall {
  return {
    name: 'Sign in: the token comes as a cookie',
    method: 'POST',
    target: url.slice(origin.length),
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: { kind: 'form', members: members.map(([name, value]) => [name, textOf(value)]) },
    sendsCookie: true,
  }
}

function bodyOf(body: CodeBody): ToolBody {
  if (body.kind === 'form') {
    return { kind: 'form', members: body.members.map(([name, value]) => [name, textOf(value)]) }
  }
  const members = body.members.map(([name, value]) => [
    name,
    value instanceof Secret ? variableOf(value) : value,
  ])
  return { kind: 'json', text: JSON.stringify(Object.fromEntries(members), null, 2) }
}

function textOf(parts: CodeText): string {
  return parts.map((part) => (part instanceof Secret ? variableOf(part) : part)).join('')
}

/** `BARBELL_API_KEY` of a program is `barbellKey` in a tool. */
function variableOf({ variable: name }: Secret): string {
  if (name === 'BARBELL_API_KEY') return variable('barbellKey')
  const [first = '', ...words] = name.toLowerCase().split('_')
  return variable(
    first + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(''),
  )
}

/** A key that was typed into the wrong field is a secret there as well. */
function withoutSecrets(call: ToolCall, { key, token, operation, values }: RequestState): ToolCall {
  const passwords = operation.fields
    .filter(({ secret }) => secret)
    .map(({ id }) => values[id] ?? '')
  const known: [secret: string, name: string][] = [
    [key.secret, 'barbellKey'],
    [token, 'barbellToken'],
    ...passwords.map((password): [string, string] => [password, 'barbellPassword']),
  ]
  const clean = (text: string): string =>
    known
      .flatMap(([secret, name]) =>
        [secret, encodeURIComponent(secret)].map((one) => [one, name] as const),
      )
      // A text of a few characters occurs by chance and gives nothing away.
      .filter(([secret]) => secret.length >= 8)
      .reduce((rest, [secret, name]) => rest.replaceAll(secret, variable(name)), text)
  const { target, headers, body } = call
  return {
    ...call,
    target: clean(target),
    headers: headers.map(([name, value]) => [name, clean(value)]),
    body:
      body?.kind === 'json'
        ? { kind: 'json', text: clean(body.text) }
        : body && {
            kind: 'form',
            members: body.members.map(([name, value]) => [name, clean(value)]),
          },
  }
}
