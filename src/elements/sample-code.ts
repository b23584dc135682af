import type { Language, SampleError } from '#runner/contract.ts'
import type { CodeEditorElement } from './code-editor.ts'
import { errorMark } from './error-mark.ts'
import { readSampleText } from './sample-text.ts'

/**
 * The code of one sample on the screen: the highlighted text of its writer, a plain text in its place, or an editor.
 * The writer's text stays in the page, hidden, so that it can come back.
 */
export class SampleCode {
  readonly #sample: HTMLElement
  readonly #changed: () => void
  #plain: HTMLPreElement | null = null
  #editor: CodeEditorElement | null = null
  #error: SampleError | null = null

  /** @param changed called after each change of the text by its reader */
  constructor(sample: HTMLElement, changed: () => void) {
    this.#sample = sample
    this.#changed = changed
  }

  get original(): string {
    return readSampleText(this.#sample)
  }

  /** What is on the screen, and what runs. */
  get text(): string {
    if (this.#editor) return this.#editor.text
    return this.#plain ? readSampleText(this.#plain) : this.original
  }

  get isEditing(): boolean {
    return this.#editor !== null
  }

  get isEdited(): boolean {
    return this.text !== this.original
  }

  /** Shows another text in place of the writer's. It is not highlighted: that takes what the editor brings. */
  show(text: string): void {
    this.reset()
    const pre = this.#pre
    if (!pre || text === this.original) return
    this.#plain = plainText(pre, text)
    pre.hidden = true
    pre.after(this.#plain)
  }

  /** Opens the editor on the text that is shown, and gives it the focus. Rejects where it cannot be loaded. */
  async edit(language: Language): Promise<void> {
    if (!this.#editor) await this.#open(language)
    this.#editor?.focus()
  }

  /** Brings the writer's text back. */
  reset(): void {
    this.mark(null)
    this.#editor?.remove()
    this.#plain?.remove()
    this.#editor = null
    this.#plain = null
    if (this.#pre) this.#pre.hidden = false
  }

  /** Marks the line that an error came from, with its message below; null takes the mark away. */
  mark(error: SampleError | null): void {
    this.#error = error
    this.#editor?.mark(error)
    for (const pre of [this.#pre, this.#plain]) if (pre) markLine(pre, error)
  }

  get #pre(): HTMLPreElement | null {
    return this.#sample.querySelector('pre')
  }

  async #open(language: Language): Promise<void> {
    await import('./define/code-editor.ts')
    const editor = document.createElement('code-editor')
    await editor.open({ language, text: this.text })
    const pre = this.#plain ?? this.#pre
    if (!pre || this.#editor) return
    pre.after(editor)
    pre.hidden = true
    this.#editor = editor
    editor.mark(this.#error)
    editor.addEventListener('input', this.#changed)
  }
}

/** A text in the form that the highlighter gives one, without its colours. */
function plainText(model: HTMLPreElement, text: string): HTMLPreElement {
  const pre = document.createElement('pre')
  const code = document.createElement('code')
  pre.className = 'code-sample-plain'
  pre.tabIndex = 0
  pre.role = 'group'
  pre.ariaLabel = 'Edited code'
  pre.dataset['language'] = model.dataset['language'] ?? ''
  for (const line of text.split('\n')) {
    const [outer, inner] = [document.createElement('div'), document.createElement('div')]
    outer.className = 'ec-line'
    inner.className = 'code'
    inner.textContent = line || '\n'
    outer.append(inner)
    code.append(outer)
  }
  pre.append(code)
  return pre
}

function markLine(pre: HTMLElement, error: SampleError | null): void {
  pre.querySelector('.error-mark')?.remove()
  pre.querySelectorAll('.ec-line').forEach((line, at) => {
    const isMarked = error?.line === at + 1
    line.classList.toggle('code-sample-error', isMarked)
    if (isMarked) line.append(errorMark(error))
  })
}
