import { type CodeBody, type CodeRequest, type CodeText, Secret } from './code-request.ts'
import { bracketed } from './layout.ts'

/** The request as a program of JavaScript with `fetch`. */
export function javascriptCode(request: CodeRequest): string {
  const { url, method, headers, body, credentials } = request
  const options = object([
    ...(method === 'GET' ? [] : [`method: ${quoted(method)}`]),
    ...(headers.length > 0 ? [`headers: ${textObject(headers)}`] : []),
    ...(body === null ? [] : [`body: ${bodyOf(body)}`]),
    `credentials: ${quoted(credentials)}`,
  ])
  const cookies =
    credentials === 'omit'
      ? '// A browser leaves its cookies out of this request.'
      : '// A browser adds its cookies by itself: no script sees the token.'
  return [
    cookies,
    `const response = await fetch(${quoted(url)}, ${options})`,
    'console.log(response.status, response.statusText)',
    'console.log(await response.text())',
  ].join('\n')
}

function bodyOf(body: CodeBody): string {
  if (body.kind === 'form') return `new URLSearchParams(${textObject(body.members)})`
  return `JSON.stringify(${object(body.members.map(jsonItem))})`
}

function textObject(pairs: readonly [string, CodeText][]): string {
  return object(pairs.map(([name, value]) => `${memberName(name)}: ${textOf(value)}`))
}

function object(items: readonly string[]): string {
  return bracketed(items, { open: '{', close: '}', padding: ' ', indent: '  ', lastComma: true })
}

function jsonItem([name, value]: readonly [string, unknown]): string {
  return `${memberName(name)}: ${literal(value)}`
}

/** `__proto__: value` would set the prototype and make no member. */
function memberName(name: string): string {
  if (name === '__proto__') return `[${quoted(name)}]`
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

function textOf(text: CodeText): string {
  const terms = text.filter((part) => part !== '').map(literal)
  return terms.length === 0 ? "''" : terms.join(' + ')
}

function literal(value: unknown): string {
  if (value instanceof Secret) return `process.env.${value.variable}`
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) {
    const items = value.map(literal)
    return bracketed(items, { open: '[', close: ']', padding: '', indent: '  ', lastComma: true })
  }
  if (typeof value === 'object' && value !== null) {
    return object(Object.entries(value).map(jsonItem))
  }
  return JSON.stringify(value)
}

/** The text in single quotes, with the escapes of JSON. */
function quoted(text: string): string {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replace(/\\./g, (escape) => (escape === '\\"' ? '"' : escape))
  return `'${inner.replaceAll("'", "\\'")}'`
}
