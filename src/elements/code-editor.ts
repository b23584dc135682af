import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { indentOnInput, indentUnit, type LanguageSupport } from '@codemirror/language'
import { type Extension, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, keymap, WidgetType } from '@codemirror/view'
import { languageNames } from '#runner/contract.ts'
import type { Language, SampleError } from '#runner/contract.ts'
import { editorTheme, highlightingOf } from './editor-theme.ts'
import { errorMark } from './error-mark.ts'

/** What an editor begins with. */
export interface EditorStart {
  language: Language
  text: string
}

/** One language, one line; each is a chunk of its own. */
const modes: Record<Language, () => Promise<LanguageSupport>> = {
  javascript: async () => (await import('./editor-modes/javascript.ts')).javascriptMode(),
  python: async () => (await import('./editor-modes/python.ts')).pythonMode(),
}

const indents: Record<Language, string> = { javascript: '  ', python: '    ' }

/**
 * An editor for the code of one sample; fires `input` at each change. It stands in a shadow root, because there its
 * styles are a constructed sheet, which the policy of the pages allows, and not a `<style>`, which it does not.
 */
export class CodeEditorElement extends HTMLElement {
  #view: EditorView | null = null

  /** Shows a text to edit, once its language has loaded. */
  async open({ language, text }: EditorStart): Promise<void> {
    const mode = await modes[language]()
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.replaceChildren(hint())
    this.#view?.destroy()
    this.#view = new EditorView({
      doc: text,
      root,
      parent: root,
      extensions: [
        mode,
        indentUnit.of(indents[language]),
        EditorView.contentAttributes.of({
          'aria-label': `Code, ${languageNames[language]}`,
          'aria-describedby': 'leaving',
          spellcheck: 'false',
          autocapitalize: 'off',
        }),
        ...editing,
        highlightingOf(language),
        EditorView.updateListener.of(({ docChanged }) => docChanged && this.#tell()),
      ],
    })
  }

  get text(): string {
    return this.#view?.state.doc.toString() ?? ''
  }

  override focus(): void {
    this.#view?.focus()
  }

  /** Marks the line that an error came from, or none. */
  mark(error: SampleError | null): void {
    this.#view?.dispatch({ effects: showError.of(error) })
  }

  #tell(): void {
    this.dispatchEvent(new Event('input', { bubbles: true }))
  }
}

const showError = StateEffect.define<SampleError | null>()

class MarkWidget extends WidgetType {
  readonly #error: SampleError

  constructor(error: SampleError) {
    super()
    this.#error = error
  }

  override toDOM(): HTMLElement {
    return errorMark(this.#error)
  }

  /** A click on it is its own. */
  override ignoreEvent(): boolean {
    return true
  }
}

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, { effects, changes, state }) {
    const error = effects.findLast((effect) => effect.is(showError))
    if (!error) return shown.map(changes)
    const { value } = error
    if (value?.line == null || value.line > state.doc.lines) return Decoration.none
    const { from, to } = state.doc.line(value.line)
    const widget = Decoration.widget({ widget: new MarkWidget(value), side: 1, block: true })
    return Decoration.set([
      Decoration.line({ class: 'code-sample-error' }).range(from),
      widget.range(to),
    ])
  },
  provide: (field) => EditorView.decorations.from(field),
})

// Escape, then Tab leaves the editor: the view itself gives Tab back to the browser for two seconds.
const editing: Extension[] = [
  history(),
  indentOnInput(),
  marks,
  keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
  editorTheme,
]

/** For the ear; the eye reads it in the toolbar of the sample. */
function hint(): HTMLElement {
  const text = document.createElement('p')
  text.id = 'leaving'
  text.hidden = true
  text.textContent = 'Tab indents. To leave the editor, press Escape, then Tab.'
  return text
}
