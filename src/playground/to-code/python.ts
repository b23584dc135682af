import { type CodeRequest, type CodeText, Secret } from './code-request.ts'
import { bracketed } from './layout.ts'

const indent = '    '

/** The request as a program of Python with `requests`. */
export function pythonCode(request: CodeRequest): string {
  const { signIn } = request
  const caller = signIn === null ? 'requests' : 'session'
  const lines = [
    'import requests',
    '',
    ...(signIn === null ? [] : signInLines(signIn)),
    `response = ${call(`${caller}.${request.method.toLowerCase()}`, callArguments(request))}`,
    'print(response.status_code, response.reason)',
    'print(response.text)',
  ]
  const code = lines.join('\n')
  return code.includes('os.environ[') ? `import os\n\n${code}` : code
}

function signInLines({ url, members }: NonNullable<CodeRequest['signIn']>): string[] {
  const login = call('session.post', [literal(url), `data=${textDict(members)}`])
  return [
    '# A session keeps the cookie that the token comes in.',
    'session = requests.Session()',
    `login = ${login}`,
    'login.raise_for_status()',
    '',
  ]
}

function callArguments(request: CodeRequest): string[] {
  const { body } = request
  const [address = '', query = ''] = request.url.split(/\?(.*)/s)
  const params = [...new URLSearchParams(query)].map(([name, value]): [string, CodeText] => [
    name,
    [value],
  ])
  const headers = ownHeaders(request)
  return [
    literal(address),
    ...(params.length > 0 ? [`params=${textDict(params)}`] : []),
    ...(headers.length > 0 ? [`headers=${textDict(headers)}`] : []),
    ...(body?.kind === 'form' && body.members.length > 0 ? [`data=${textDict(body.members)}`] : []),
    ...(body?.kind === 'json' ? [`json=${dict(body.members.map(jsonItem))}`] : []),
  ]
}

/** `requests` writes the type of a body by itself, though not of an empty form. */
function ownHeaders({ headers, body }: CodeRequest): CodeRequest['headers'] {
  if (body === null || (body.kind === 'form' && body.members.length === 0)) return headers
  const type = body.kind === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
  return headers.filter(
    ([name, value]) =>
      name.toLowerCase() !== 'content-type' || value.length !== 1 || value[0] !== type,
  )
}

function call(callee: string, items: readonly string[]): string {
  return bracketed(items, { open: `${callee}(`, close: ')', padding: '', indent, lastComma: true })
}

function textDict(pairs: readonly [string, CodeText][]): string {
  return dict(pairs.map(([name, value]) => `${literal(name)}: ${textOf(value)}`))
}

function dict(items: readonly string[]): string {
  return bracketed(items, { open: '{', close: '}', padding: '', indent, lastComma: true })
}

function jsonItem([name, value]: readonly [string, unknown]): string {
  return `${literal(name)}: ${literal(value)}`
}

function textOf(text: CodeText): string {
  const terms = text.filter((part) => part !== '').map(literal)
  return terms.length === 0 ? '""' : terms.join(' + ')
}

function literal(value: unknown): string {
  if (value instanceof Secret) return `os.environ["${value.variable}"]`
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) {
    const items = value.map(literal)
    return bracketed(items, { open: '[', close: ']', padding: '', indent, lastComma: true })
  }
  if (typeof value === 'object') return dict(Object.entries(value).map(jsonItem))
  // Python reads every string and number of JSON as JSON does.
  return JSON.stringify(value)
}
