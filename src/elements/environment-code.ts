import type { Language } from '#runner/contract.ts'
import { keyPlaceholder, placeholders } from '#runner/placeholders.ts'

// The whole key first: the username alone is its beginning.
const variables = new Map<string, string>([
  [keyPlaceholder, 'BARBELL_API_KEY'],
  [placeholders.username, 'BARBELL_USERNAME'],
  [placeholders.password, 'BARBELL_PASSWORD'],
])
const placeholder = new RegExp(`\\b(${[...variables.keys()].join('|')})\\b`)

interface Notation {
  /** A comment, or a string: the named groups are what stands before the quote, the quote and the text. */
  token: RegExp
  read: (variable: string) => string
  /** What opens an expression inside a string. */
  opening: string
}

const notations: Record<Language, Notation> = {
  python: {
    token:
      /#[^\n]*|(?<prefix>\b[a-z]{1,2})?(?<quote>"""|'''|"|')(?<text>(?:\\[^]|(?!\k<quote>)[^\\])*)\k<quote>/gi,
    read: (variable) => `os.environ["${variable}"]`,
    opening: '{',
  },
  javascript: {
    token:
      /\/\/[^\n]*|\/\*[^]*?\*\/|(?<prefix>(?!))?(?<quote>["'`])(?<text>(?:\\[^]|(?!\k<quote>)[^\\])*)\k<quote>/g,
    read: (variable) => `process.env.${variable}`,
    opening: '${',
  },
}

/**
 * The code as it belongs into a program of one's own: the values of the account come from the environment, and no
 * key stands in it. Comments stay as they are.
 */
export function withEnvironment(code: string, language: Language): string {
  const notation = notations[language]
  const replaced = code.replace(notation.token, (token: string, ...match: unknown[]) => {
    const literal = match.at(-1) as { prefix?: string; quote?: string; text?: string }
    const { prefix = '', quote, text } = literal
    // Bytes are not text, and an environment holds text.
    if (!quote || !text || !placeholder.test(text) || /b/i.test(prefix)) return token
    return rewritten({ token, prefix, quote, text }, notation)
  })
  return language === 'python' && replaced !== code ? withImport(replaced) : replaced
}

interface Literal {
  token: string
  prefix: string
  quote: string
  text: string
}

function rewritten({ token, prefix, quote, text }: Literal, { read, opening }: Notation): string {
  const pieces = text.split(placeholder)
  const before = pieces.slice(0, -1).join('')
  // Within an expression of a template, a placeholder is in a string of its own, in other quotes.
  if (before.lastIndexOf(opening) > before.lastIndexOf('}')) return token
  if (quote === '`') {
    const filled = pieces.map((piece, at) => (at % 2 ? `\${${read(nameOf(piece))}}` : piece))
    return `\`${filled.join('')}\``
  }
  const terms = pieces
    .map((piece, at) => (at % 2 ? read(nameOf(piece)) : piece && prefix + quote + piece + quote))
    .filter(Boolean)
  return terms.length === 1 ? (terms[0] ?? '') : `(${terms.join(' + ')})`
}

function nameOf(word: string): string {
  return variables.get(word) ?? word
}

/** `import os` before the first import, unless there is one. Nothing but comments may stand before a future import. */
function withImport(code: string): string {
  if (/^import (?:[\w., ]*, *)?os\b(?!\.)/m.test(code)) return code
  const lines = code.split('\n')
  const first = lines.findIndex((line) => /^(?:import|from(?! __future__)) /.test(line))
  const lastFuture = lines.findLastIndex((line) => line.startsWith('from __future__ '))
  if (first !== -1) lines.splice(first, 0, 'import os')
  else lines.splice(lastFuture + 1, 0, 'import os', '')
  return lines.join('\n')
}
