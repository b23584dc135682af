import {
  originVariable,
  type ToolBody,
  type ToolCall,
  toolVariables,
  variable,
} from './tool-calls.ts'

/** One file of a collection. Its path is below the folder of the collection. */
export interface BrunoFile {
  path: string
  text: string
}

/**
 * Requests as a Bruno collection, which is a folder: one file per request, and one environment.
 * @param origin the value of the variable that they all go to
 * @see https://docs.usebruno.com/bru-lang/overview
 */
export function brunoCollection(calls: readonly ToolCall[], origin: string): BrunoFile[] {
  return [
    {
      path: 'bruno.json',
      text: json({ version: '1', name: 'Barbell playground', type: 'collection' }),
    },
    { path: 'collection.bru', text: blocks(textBlock('docs', collectionDocs)) },
    { path: 'environments/Barbell.bru', text: environmentText(origin) },
    ...calls.map((call, at) => ({ path: fileName(call, at + 1), text: requestText(call, at + 1) })),
  ]
}

const collectionDocs = `Choose the environment Barbell and fill in its secrets: none of them is in these files.

Bruno sends the cookies of its jar with every request. A request that says "without the cookie" below gets the answer
of the playground only while the jar holds no access_token.`

function environmentText(origin: string): string {
  const secrets = toolVariables.map(({ name }) => `  ${name}`).join(',\n')
  return `vars {\n  ${originVariable}: ${origin}\n}\nvars:secret [\n${secrets}\n]\n`
}

function fileName({ name }: ToolCall, number: number): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return `${String(number).padStart(2, '0')}-${words.join('-')}.bru`
}

function requestText(call: ToolCall, number: number): string {
  const { name, method, headers, sendsCookie } = call
  const url = call.target.replace(/\{(\w+)\}/g, ':$1')
  const [path = '', query = ''] = url.split('?')
  const missing = path.split('/').filter((segment) => segment.startsWith(':'))
  const body = call.body && bodyOf(call.body)
  return blocks(
    dictionary('meta', [
      ['name', `${number} ${name}`],
      ['type', 'http'],
      ['seq', String(number)],
    ]),
    dictionary(method.toLowerCase(), [
      ['url', variable(originVariable) + url],
      ['body', body?.mode ?? 'none'],
      ['auth', 'none'],
    ]),
    dictionary('params:query', query === '' ? [] : query.split('&').map(pairOf)),
    dictionary(
      'params:path',
      missing.map((segment) => [segment.slice(1), '']),
    ),
    dictionary('headers', headers),
    body?.block ?? '',
    // The address is encoded already, once.
    dictionary('settings', [['encodeUrl', 'false']]),
    sendsCookie ? '' : textBlock('docs', 'The browser sent this without the cookie.'),
  )
}

/** A value that a line of a form block cannot hold makes the body a text: encoded, as it goes over the wire. */
function bodyOf(body: ToolBody): { mode: string; block: string } {
  if (body.kind === 'json') return { mode: 'json', block: textBlock('body:json', body.text) }
  if (body.members.every(([, value]) => isPlain(value))) {
    return { mode: 'formUrlEncoded', block: dictionary('body:form-urlencoded', body.members) }
  }
  const pairs = body.members.map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodedUnlessVariable(value)}`,
  )
  return { mode: 'text', block: textBlock('body:text', pairs.join('&')) }
}

function isPlain(value: string): boolean {
  return value === value.trim() && !/[\r\n]|^'''|^\[/.test(value)
}

function encodedUnlessVariable(value: string): string {
  const isVariable = toolVariables.some(({ name }) => value === variable(name))
  return isVariable ? value : encodeURIComponent(value.toWellFormed())
}

function blocks(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('\n')
}

function dictionary(
  name: string,
  pairs: readonly (readonly [name: string, value: string])[],
): string {
  if (pairs.length === 0) return ''
  return `${name} {\n${pairs.map(([key, value]) => `  ${keyText(key)}: ${value}\n`).join('')}}\n`
}

/** A name with a mark that means something to Bruno stands in quotes. */
function keyText(key: string): string {
  return /^[\w.-]+$/.test(key) ? key : `"${key.replaceAll('"', '\\"')}"`
}

/** Each line is indented, so that none of them can be the bracket that ends the block. */
function textBlock(name: string, text: string): string {
  return `${name} {\n${text.replace(/^/gm, '  ')}\n}\n`
}

function pairOf(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.split('=')
  return [name, value.join('=')]
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
