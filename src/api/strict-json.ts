import { EdgeRefusal } from './edge-refusal.ts'

/**
 * Reads a JSON object and refuses what `JSON.parse` lets pass: a member twice, `__proto__` as a member, half
 * a surrogate pair, a number without an end (RFC 7493 sections 2.1 to 2.3).
 * @throws {EdgeRefusal} malformed_request
 */
export function readJsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('The body must be a JSON object.')
  }
  for (const names of memberNames(text)) refuseBadNames(names)
  return { ...value }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('surrogate')
      if (value === Infinity || value === -Infinity) throw new SyntaxError('number')
      return value
    }) as unknown
  } catch {
    throw malformed('The body is not JSON.')
  }
}

function refuseBadNames(names: readonly string[]): void {
  if (new Set(names).size !== names.length) throw malformed('A member comes more than once.')
  if (names.includes('__proto__')) throw malformed('No member may be called __proto__.')
}

/** Names of the members of each object in a text that is JSON already. */
function memberNames(text: string): string[][] {
  const closed: string[][] = []
  const open: string[][] = []
  for (const [token, name] of text.matchAll(
    /("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}]/g,
  )) {
    if (token === '{') open.push([])
    else if (token === '}') closed.push(open.pop() ?? [])
    else if (name !== undefined) open.at(-1)?.push(JSON.parse(name) as string)
  }
  return closed
}

function malformed(detail: string): EdgeRefusal {
  return new EdgeRefusal('malformed_request', { detail })
}
