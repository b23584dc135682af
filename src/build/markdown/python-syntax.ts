import { pythonLanguage } from '@codemirror/lang-python'
import { type SyntaxMistake, offsetPlace } from './syntax-mistake.ts'

type Tree = ReturnType<typeof pythonLanguage.parser.parse>
type SyntaxNode = Tree['topNode']

interface Found {
  readonly offset: number
  readonly problem: string
}

/**
 * The first place where a text is no Python, by the parser of the editor. That one is made for text in the making and
 * forgives what CPython does not: it is asked three more questions.
 */
export function pythonMistake(code: string): SyntaxMistake | undefined {
  const found: Found[] = []
  pythonLanguage.parser.parse(`${code}\n`).iterate({
    enter({ node }) {
      const wrong =
        openText(node, code) ?? wrongIndent(node, code) ?? oldPrint(node) ?? unread(node, code)
      if (wrong) found.push(wrong)
    },
  })
  const [first] = found.sort((a, b) => a.offset - b.offset)
  return first && { ...offsetPlace(code, first.offset), problem: first.problem }
}

function unread({ type, from }: SyntaxNode, code: string): Found | undefined {
  if (!type.isError) return undefined
  const rest = /^[^\n]*/.exec(code.slice(from))?.[0].trim() ?? ''
  const problem =
    rest === ''
      ? 'something is missing here, such as ":", ")" or "]"'
      : `"${rest}" is not expected here`
  return { offset: Math.min(from, code.length), problem }
}

/** A text in one kind of quotes ends before its line does. */
function openText({ name, from, to }: SyntaxNode, code: string): Found | undefined {
  if (name !== 'String' && name !== 'FormatString') return undefined
  const text = code.slice(from, to)
  const [, quote = ''] = /^[a-z]{0,2}("""|'''|"|')/i.exec(text) ?? []
  const body = text.slice(text.indexOf(quote) + quote.length)
  const isClosed =
    body.endsWith(quote) && !/(?:^|[^\\])(?:\\\\)*\\$/.test(body.slice(0, -quote.length))
  return isClosed ? undefined : { offset: from, problem: 'this text is never closed' }
}

/** Statements of one block begin in one column. */
function wrongIndent(
  { name, parent, from, prevSibling }: SyntaxNode,
  code: string,
): Found | undefined {
  const isStatement = /Statement$|Definition$/.test(name)
  if (!isStatement || !parent || !/^(Script|Body)$/.test(parent.name)) return undefined
  const start = code.lastIndexOf('\n', from - 1) + 1
  const indent = code.slice(start, from)
  if (indent.trim() !== '') return undefined
  const first = parent.name === 'Script' ? 0 : columnOfFirst(parent, code)
  if (first === undefined || indent.length === first || (!prevSibling && parent.name === 'Body'))
    return undefined
  return {
    offset: from,
    problem: 'this line begins in another column than the block that it is in',
  }
}

/** The column of the first statement of a block; undefined where it stands behind its colon. */
function columnOfFirst({ firstChild }: SyntaxNode, code: string): number | undefined {
  const first = firstChild?.nextSibling
  if (!first) return undefined
  const start = code.lastIndexOf('\n', first.from - 1) + 1
  const indent = code.slice(start, first.from)
  return indent.trim() === '' ? indent.length : undefined
}

/** Python 2 printed without brackets. */
function oldPrint({ name, from }: SyntaxNode): Found | undefined {
  return name === 'PrintStatement'
    ? { offset: from, problem: 'print is called with brackets: print(...)' }
    : undefined
}
