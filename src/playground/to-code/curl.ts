import { type CodeBody, type CodeRequest, type CodeText, Secret } from './code-request.ts'

/** The request as a command of curl, for any POSIX shell but for header values outside ASCII, which need bash. */
export function curlCode(request: CodeRequest): string {
  const { signIn } = request
  // One process for both calls: the cookie stays in its memory, and no file holds the token.
  const login =
    signIn === null
      ? []
      : [
          "--cookie '' --fail --silent --show-error --output /dev/null",
          ...formOptions(signIn.members),
          word(signIn.url),
          "--next --cookie ''",
        ]
  return `curl ${[...login, ...callOptions(request)].join(' \\\n  ')}`
}

function callOptions({ method, url, headers, body }: CodeRequest): string[] {
  const implied = body === null ? 'GET' : 'POST'
  return [
    '--include',
    ...(method === implied ? [] : [`--request ${method}`]),
    // In an address, curl itself gives these a meaning.
    ...(/[{}[\]]/.test(url) ? ['--globoff'] : []),
    ...headers.map(([name, value]) => `--header ${headerWord(name, value)}`),
    ...bodyOptions(body),
    word(url),
  ]
}

/** A name, a colon and nothing would take a header away; with a semicolon it is sent empty. */
function headerWord(name: string, value: CodeText): string {
  const isEmpty = value.every((part) => part === '')
  return isEmpty ? word(`${name};`) : textWord([`${name}: `, ...value], latin1Word)
}

function bodyOptions(body: CodeBody | null): string[] {
  if (body === null) return []
  if (body.kind === 'json') return [`--data-raw ${textWord(jsonText(body.members))}`]
  return body.members.length === 0 ? ["--data ''"] : formOptions(body.members)
}

function formOptions(members: readonly [string, CodeText][]): string[] {
  return members.map(
    ([name, value]) => `--data-urlencode ${textWord([`${encodeURIComponent(name)}=`, ...value])}`,
  )
}

/** A shell cannot write JSON: a secret with a quote or a backslash has to be given to it as JSON writes it. */
function jsonText(members: readonly [string, unknown][]): CodeText {
  const parts = members.flatMap(([name, value], at): CodeText => [
    `${at > 0 ? ',' : ''}${JSON.stringify(name)}:`,
    ...(value instanceof Secret ? ['"', value, '"'] : [JSON.stringify(value)]),
  ])
  return ['{', ...parts, '}']
}

function textWord(text: CodeText, write = word): string {
  const joined: (string | Secret)[] = []
  for (const part of text) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string')
      joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
    .map((part) => (part instanceof Secret ? `"$${part.variable}"` : write(part)))
    .join('')
}

function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Headers are bytes of Latin-1; a terminal writes UTF-8. */
function latin1Word(text: string): string {
  if (!/[^\x20-\x7e]/.test(text)) return word(text)
  const escaped = text.replace(
    /[^\x20-\x7e]|['\\]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `$'${escaped}'`
}
