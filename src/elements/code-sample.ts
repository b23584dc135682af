import type { Language } from '#runner/contract.ts'
import { codeFragment, linkedSampleId, readCodeFragment } from './code-link.ts'
import { LinkNotice } from './link-notice.ts'
import { LoadProblem } from './load-problem.ts'
import { readRecorded } from './recorded-output.ts'
import { RunStateEvent } from './run-state.ts'
import type { RunState } from './run-state.ts'
import { SampleCode } from './sample-code.ts'
import { keepDraft, readDraft } from './sample-draft.ts'
import type { SampleOutputElement } from './sample-output.ts'
import { type CopyKind, SampleToolbar } from './sample-toolbar.ts'

const leavingHint = 'Tab indents. To leave the editor, press Esc, then Tab.'
/** Where there may be a keyboard; on a phone the hint would take a line and help nobody. */
const keyboardLikely = '(any-pointer: fine)'

/**
 * One sample of a page. Where it is `runnable`, it gets buttons that run, edit, reset, copy and link its code, and
 * shows below what a run printed and sent. `state` is `idle`, `loading`, `running`, `done`, `failed` or `stopped`;
 * `edited` says that its code is not its writer's. All that is needed to run or edit loads at the first click.
 */
export class CodeSampleElement extends HTMLElement {
  readonly #button = document.createElement('button')
  readonly #loading = new LoadProblem()
  readonly #code = new SampleCode(this, () => void this.#edited())
  #toolbar: SampleToolbar | null = null
  #notice: LinkNotice | null = null
  #output: SampleOutputElement | null = null
  /** True for code that a link brought. */
  #isForeign = false
  #gone = new AbortController()

  connectedCallback(): void {
    if (!this.hasAttribute('runnable')) return
    this.#gone = new AbortController()
    this.#render()
    this.#restore()
    this.#listen(this.#gone.signal)
  }

  disconnectedCallback(): void {
    this.#gone.abort()
    this.#output?.stop()
  }

  #render(): void {
    this.#button.type = 'button'
    this.#button.className = 'code-sample-run'
    this.#button.dataset['pagefindIgnore'] = ''
    if (!this.#button.isConnected) this.prepend(this.#button)
    if (!this.#toolbar) {
      this.#toolbar = new SampleToolbar(this.id, {
        edit: () => void this.#edit(),
        reset: () => this.#reset(),
        copy: (kind) => void this.#copy(kind),
        link: () => void this.#link(),
      })
      this.querySelector('pre')?.closest('.expressive-code')?.after(this.#toolbar.element)
    }
    this.#show('idle')
  }

  #restore(): void {
    const draft = readDraft(this.id)
    if (draft && !this.#code.isEdited) {
      this.#code.show(draft.text)
      if (draft.isForeign) this.#askAboutLink()
      this.#showEdited()
    }
    void this.#openLink()
  }

  #listen(signal: AbortSignal): void {
    this.#button.addEventListener('click', () => void this.#clicked(), { signal })
    for (const sign of ['pointerenter', 'focus']) {
      this.#button.addEventListener(sign, () => void this.#prepare(), { signal, once: true })
    }
    this.addEventListener('run-state', (event) => this.#follow(event), { signal })
    this.addEventListener('error-mark-opened', () => this.#output?.focusError(), { signal })
    window.addEventListener('hashchange', () => void this.#openLink(), { signal })
  }

  async #clicked(): Promise<void> {
    if (this.#isBusy()) {
      this.#output?.stop()
      if (!this.#output) this.#show('stopped')
      return
    }
    if (this.#notice) {
      this.#notice.focus()
      return
    }
    this.#show('loading')
    this.#code.mark(null)
    this.#clearProblem()
    const output = await this.#openOutput().catch(() => null)
    if (this.getAttribute('state') !== 'loading') return
    if (output) this.#startUnlessAsked(output)
    else this.#couldNotLoad('The runner could not be loaded. Are you offline?')
  }

  /** A link may have brought other code while the runner loaded: then its notice comes first. */
  #startUnlessAsked(output: SampleOutputElement): void {
    if (this.#notice) this.#show('idle')
    else this.#start(output)
  }

  /** A reader is about to run this: what a run needs comes while the finger is on its way. */
  async #prepare(): Promise<void> {
    try {
      const [{ prefetchLanguage }] = await Promise.all([
        import('#runner/prefetch.ts'),
        import('./define/sample-output.ts'),
      ])
      prefetchLanguage(this.#language)
    } catch {
      return // Offline, perhaps: the click asks again, and says so.
    }
  }

  #start(output: SampleOutputElement): void {
    output.run({
      code: this.#code.text,
      isForeign: this.#isForeign,
      recorded: this.#code.isEdited ? null : readRecorded(this),
    })
  }

  async #openOutput(): Promise<SampleOutputElement> {
    await import('./define/sample-output.ts')
    if (this.#output) return this.#output
    const output = document.createElement('sample-output')
    output.language = this.#language
    this.#toolbar?.element.after(output)
    this.#output = output
    return output
  }

  async #edit(): Promise<void> {
    this.#clearProblem()
    try {
      await this.#code.edit(this.#language)
      this.#toolbar?.say(this.#hint())
    } catch {
      this.#couldNotLoad('The editor could not be loaded. Are you offline?')
    }
    this.#showEdited()
  }

  async #edited(): Promise<void> {
    this.#showEdited()
    const [{ tabReader }, { holdsSecret }] = await this.#secrets()
    const { text, isEdited } = this.#code
    const isSecret = holdsSecret(text, tabReader.current)
    keepDraft(this.id, isEdited && !isSecret ? { text, isForeign: this.#isForeign } : null)
    this.#toolbar?.say(isSecret ? 'Not kept: there is a key or a password in it.' : this.#hint())
  }

  #hint(): string {
    return this.#code.isEditing && matchMedia(keyboardLikely).matches ? leavingHint : ''
  }

  #reset(): void {
    this.#code.reset()
    this.#isForeign = false
    this.#closeNotice()
    keepDraft(this.id, null)
    this.#toolbar?.say('The original is back.')
    this.#showEdited()
    this.#toolbar?.focusEdit()
  }

  async #copy(kind: CopyKind): Promise<void> {
    const { copyCode } = await import('./copy-code.ts')
    const request = { text: this.#code.text, kind, language: this.#language }
    this.#toolbar?.say(await copyCode(request))
  }

  /** A link carries what is on the screen, never a secret. */
  async #link(): Promise<void> {
    const [{ tabReader }, { holdsSecret }] = await this.#secrets()
    if (holdsSecret(this.#code.text, tabReader.current)) {
      this.#toolbar?.say('No link: there is a key or a password in this code.')
      return
    }
    try {
      const fragment = await codeFragment(this.id, this.#code.text)
      await navigator.clipboard.writeText(new URL(fragment, location.href).href)
      this.#toolbar?.say('Link copied. It holds the code itself.')
    } catch (error) {
      const reason = error instanceof RangeError ? error.message : 'The browser refused to copy.'
      this.#toolbar?.say(reason)
    }
  }

  #secrets() {
    return Promise.all([import('#runner/reader.ts'), import('./secret-text.ts')])
  }

  /** Shows what the URL brings for this sample, in one step with its notice: foreign code is never here without it. */
  async #openLink(): Promise<void> {
    const fragment = location.hash
    if (linkedSampleId(fragment) !== this.id) return
    const text = await readCodeFragment(fragment)
    if (location.hash !== fragment || this.#gone.signal.aborted) return
    if (text === null) {
      this.#couldNotLoad(`The code in this link cannot be read.${this.#originalNote()}`)
      return
    }
    this.#output?.stop()
    this.#clearProblem()
    this.#code.show(text)
    this.#askAboutLink()
    this.#showEdited()
  }

  #originalNote(): string {
    return this.#code.isEdited ? '' : ' This is the original.'
  }

  #askAboutLink(): void {
    this.#isForeign = true
    if (this.#notice) return
    this.#notice = new LinkNotice({
      accept: () => this.#acceptLink(),
      refuse: () => {
        this.#leaveFragment()
        this.#reset()
      },
    })
    this.querySelector('.expressive-code')?.before(this.#notice.element)
    this.#button.ariaDisabled = 'true'
  }

  #acceptLink(): void {
    this.#closeNotice()
    this.#leaveFragment()
    void this.#edited()
    this.#button.focus()
  }

  #closeNotice(): void {
    this.#notice?.element.remove()
    this.#notice = null
    this.#button.ariaDisabled = null
  }

  /** Reloaded, the page shows what became of the code since, not the link's once more. */
  #leaveFragment(): void {
    if (linkedSampleId(location.hash) === this.id) history.replaceState(null, '', `#${this.id}`)
  }

  #couldNotLoad(text: string): void {
    const problem = document.createElement('p')
    problem.role = 'alert'
    problem.className = 'code-sample-problem bb-error'
    this.#loading.tell(problem, text)
    this.#toolbar?.element.after(problem)
    this.#show('failed')
  }

  #clearProblem(): void {
    this.querySelector(':scope > [role=alert]')?.remove()
  }

  #follow(event: Event): void {
    if (!(event instanceof RunStateEvent)) return
    this.#show(event.state)
    this.#code.mark(event.error)
  }

  #showEdited(): void {
    const { isEditing, isEdited } = this.#code
    this.toggleAttribute('edited', isEdited)
    this.#toolbar?.show({ isEditing, isEdited })
  }

  get #language(): Language {
    return this.getAttribute('language') === 'python' ? 'python' : 'javascript'
  }

  #isBusy(): boolean {
    return ['loading', 'running'].includes(this.getAttribute('state') ?? '')
  }

  #show(state: RunState): void {
    this.setAttribute('state', state)
    this.#button.textContent = this.#isBusy() ? 'Stop' : 'Run'
  }
}
