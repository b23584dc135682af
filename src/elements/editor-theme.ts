import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { type Tag, tags } from '@lezer/highlight'
import type { Language } from '#runner/contract.ts'

/** Every measure is the highlighter's own, so that nothing moves when a text becomes an editor. */
export const editorTheme: Extension = EditorView.theme({
  '&': {
    backgroundColor: 'var(--bb-card)',
    color: 'var(--bb-code-text)',
    fontSize: 'var(--ec-codeFontSize)',
  },
  '&.cm-focused': {
    outline: '2px solid var(--sl-color-text-accent)',
    outlineOffset: '-2px',
  },
  '.cm-scroller': {
    fontFamily: 'var(--ec-codeFontFml)',
    fontWeight: 'var(--ec-codeFontWg)',
    lineHeight: 'var(--ec-codeLineHt)',
  },
  '.cm-content': {
    padding: 'var(--ec-codePadBlk) 0',
    caretColor: 'var(--sl-color-white)',
    tabSize: '4',
  },
  '.cm-line': { padding: '0 var(--ec-codePadInl)' },
  '.cm-line::selection, .cm-line ::selection': { backgroundColor: 'var(--bb-code-selection)' },
  '.cm-line.code-sample-error': {
    backgroundColor: 'var(--bb-bad-low)',
    boxShadow: 'inset 3px 0 0 var(--bb-bad)',
  },
  '@media (forced-colors: active)': {
    '.cm-line.code-sample-error': { outline: '2px solid Mark' },
  },
})

type Colour = 'text' | 'keyword' | 'string' | 'constant' | 'function' | 'comment'

const colourOfTag: readonly [Colour, Tag | readonly Tag[]][] = [
  ['keyword', [tags.keyword, tags.operator, tags.definitionOperator, tags.updateOperator]],
  ['keyword', [tags.arithmeticOperator, tags.logicOperator, tags.compareOperator]],
  ['keyword', [tags.controlOperator, tags.bitwiseOperator]],
  ['string', [tags.string, tags.special(tags.string), tags.regexp]],
  ['constant', [tags.number, tags.bool, tags.null, tags.self, tags.escape]],
  ['comment', tags.comment],
  ['text', tags.derefOperator],
]

// Where the two grammars of the highlighter differ: calls of a Python program are mostly of built-in functions.
const colourInLanguage: Record<Language, readonly [Colour, Tag | readonly Tag[]][]> = {
  javascript: [
    ['function', [tags.function(tags.variableName), tags.function(tags.propertyName)]],
    ['function', tags.className],
    ['constant', tags.definition(tags.variableName)],
  ],
  python: [
    ['constant', tags.function(tags.variableName)],
    ['function', [tags.function(tags.definition(tags.variableName)), tags.className]],
  ],
}

/** The colours of the highlighted pages, as the theme names them. */
export function highlightingOf(language: Language): Extension {
  const specs = [...colourOfTag, ...colourInLanguage[language]].map(([colour, tag]) => ({
    tag,
    color: `var(--bb-code-${colour})`,
  }))
  return syntaxHighlighting(HighlightStyle.define(specs))
}
