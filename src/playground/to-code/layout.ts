/** How a language writes a list of things between two brackets. */
export interface Brackets {
  open: string
  close: string
  /** What stands inside the brackets on one line: a space where the language's style has one. */
  padding: string
  indent: string
  /** Whether the last item on a line of its own ends in a comma. */
  lastComma: boolean
}

const lineLength = 72

/** The items between brackets: on one line where they fit on one, else each on a line of its own. */
export function bracketed(items: readonly string[], brackets: Brackets): string {
  const { open, close, padding, indent, lastComma } = brackets
  if (items.length === 0) return open + close
  const line = `${open}${padding}${items.join(', ')}${padding}${close}`
  if (line.length <= lineLength && !line.includes('\n')) return line
  const lines = items.map((item) => indent + item.replaceAll('\n', `\n${indent}`))
  return `${open}\n${lines.join(',\n')}${lastComma ? ',' : ''}\n${close}`
}
