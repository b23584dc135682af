/** A value of JSON text, with its scalars as they were written: a long number is not rounded. */
export type JsonNode =
  | { kind: 'string' | 'number' | 'word'; source: string }
  | { kind: 'list'; members: [key: null, value: JsonNode][] }
  | { kind: 'object'; members: [key: string, value: JsonNode][] }

/** An object or a list. */
export type JsonBranch = Extract<JsonNode, { members: unknown }>

/** Longer text is shown as text: a tree of it would take the page seconds. */
const maxTreeCharacters = 64 * 1024
/** What is nested deeper, or has more members, is folded at first. */
const openDepth = 2
const openMembers = 30

/** Tells whether an object or a list is open at first. @param depth 0 for the outermost */
export function isOpenAtFirst({ members }: JsonBranch, depth: number): boolean {
  return depth < openDepth && members.length <= openMembers
}

/** What stands for the members of one that is folded. */
export function countOf({ kind, members }: JsonBranch): string {
  const [one, many] = kind === 'list' ? ['item', 'items'] : ['member', 'members']
  return ` ${members.length} ${members.length === 1 ? one : many} `
}

/**
 * Reads JSON text into a tree.
 * @returns null for what is no JSON, or too much of it
 */
export function readJson(text: string): JsonNode | null {
  if (text.length > maxTreeCharacters) return null
  try {
    return nodeOf(JSON.parse(text, withSource))
  } catch {
    return null
  }
}

/** A scalar on its way through `JSON.parse`. */
class Scalar {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** @see https://github.com/tc39/proposal-json-parse-with-source: `source` is the text of a scalar, where known */
function withSource(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === 'object' && value !== null) return value
  return new Scalar(context?.source ?? JSON.stringify(value))
}

function nodeOf(value: unknown): JsonNode {
  if (value instanceof Scalar) return { kind: scalarKind(value.source), source: value.source }
  if (Array.isArray(value)) {
    return { kind: 'list', members: value.map((item: unknown) => [null, nodeOf(item)]) }
  }
  const members = Object.entries(value as object)
  return { kind: 'object', members: members.map(([key, item]) => [key, nodeOf(item)]) }
}

function scalarKind(source: string): 'string' | 'number' | 'word' {
  if (source.startsWith('"')) return 'string'
  return /^[-\d]/.test(source) ? 'number' : 'word'
}
