import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Reader } from '#runner/reader.ts'
import { SandboxUnavailable, tabReader } from '#runner/reader.ts'

/** `account-chosen`: the reader has said whom samples act as. */
export class AccountChosenEvent extends Event {
  constructor() {
    super('account-chosen', { bubbles: true })
  }
}

/**
 * Whom the samples of this tab act as, and the choice of somebody else. With `mode="choose"` the choice is open and
 * its buttons say that they run the sample; with `mode="panel"` it is open and they do not. Username, password and key stay in the memory of the tab.
 */
export class ReaderAccountElement extends LitElement {
  static override properties = { mode: {} }
  declare mode: 'show' | 'choose' | 'panel'
  #gone = new AbortController()
  #isBusy = false
  #problem = ''
  #isTyping = false

  constructor() {
    super()
    this.mode = 'show'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    const { signal } = this.#gone
    tabReader.addEventListener('change', () => this.requestUpdate(), { signal })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#gone.abort()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult {
    if (this.mode !== 'show') return html`<div class="ra-choice">${this.#choice()}</div>`
    return html`
      <details class="ra-chip">
        <summary>${describe(tabReader.current)}</summary>
        <div class="ra-choice">${this.#choice()}</div>
      </details>
    `
  }

  #choice(): TemplateResult {
    const run = this.mode === 'choose'
    return html`
      <div class="ra-buttons">
        <button
          type="button"
          class="bb-button"
          aria-disabled=${this.#isBusy ? 'true' : nothing}
          @click=${() => this.#useSandbox()}
        >
          ${run ? 'Get a sandbox account and run' : 'Use a sandbox account'}
        </button>
        <button
          type="button"
          class="bb-button"
          data-kind="quiet"
          aria-expanded=${String(this.#isTyping)}
          @click=${() => this.#change(() => (this.#isTyping = !this.#isTyping))}
        >
          Use my own account
        </button>
        ${tabReader.current ? this.#currentButton(tabReader.current) : nothing}
      </div>
      ${this.#isTyping ? this.#form() : nothing}
      ${this.#problem ? html`<p class="bb-error" role="alert">${this.#problem}</p>` : nothing}
      <p class="bb-hint">
        A sandbox account is yours for 24 hours. What you type or get here stays in the memory of
        this tab.
      </p>
    `
  }

  /** The account of the tab: to run with, or to do without. */
  #currentButton(reader: Reader): TemplateResult {
    if (this.mode === 'choose') {
      return html`<button
        type="button"
        class="bb-button"
        data-kind="quiet"
        @click=${() => this.#chosen()}
      >
        Run as ${reader.username}
      </button>`
    }
    return html`<button
      type="button"
      class="bb-button"
      data-kind="quiet"
      @click=${() => tabReader.forget()}
    >
      Use none
    </button>`
  }

  #form(): TemplateResult {
    const run = this.mode === 'choose'
    return html`
      <form class="ra-form" @submit=${(event: SubmitEvent) => this.#submit(event)}>
        ${fieldPart({ name: 'username', label: 'Username', autocomplete: 'username' })}
        ${fieldPart({
          name: 'password',
          label: 'Password',
          autocomplete: 'current-password',
          isSecret: true,
        })}
        ${fieldPart({ name: 'key', label: 'API key', autocomplete: 'off', isSecret: true })}
        <button type="submit" class="bb-button">
          ${run ? 'Run with this account' : 'Use this account'}
        </button>
        <p class="bb-hint">
          Password, API key or both, as the sample needs. Python samples that sign in work with
          sandbox accounts only.
        </p>
      </form>
    `
  }

  async #useSandbox(): Promise<void> {
    if (this.#isBusy) return
    this.#change(() => {
      this.#isBusy = true
      this.#problem = ''
    })
    try {
      await tabReader.useSandbox()
      this.#chosen()
    } catch (error) {
      if (!(error instanceof SandboxUnavailable)) throw error
      this.#problem = error.message
    } finally {
      this.#change(() => (this.#isBusy = false))
    }
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string): string => {
      const value = fields.get(name)
      return typeof value === 'string' ? value : ''
    }
    try {
      tabReader.useOwn({ username: text('username'), password: text('password'), key: text('key') })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#change(() => (this.#problem = error.message))
      return
    }
    this.#change(() => {
      this.#isTyping = false
      this.#problem = ''
    })
    this.#chosen()
  }

  #chosen(): void {
    this.querySelector('details')?.removeAttribute('open')
    this.dispatchEvent(new AccountChosenEvent())
  }

  #change(apply: () => void): void {
    apply()
    this.requestUpdate()
  }
}

interface Field {
  name: string
  label: string
  autocomplete: 'username' | 'current-password' | 'off'
  isSecret?: boolean
}

// The label is around its field: several of these forms may be open on one page, so ids would clash.
function fieldPart({ name, label, autocomplete, isSecret = false }: Field): TemplateResult {
  return html`
    <label class="ra-field">
      <span>${label}</span>
      <input
        name=${name}
        type=${isSecret ? 'password' : 'text'}
        autocomplete=${autocomplete}
        autocapitalize="none"
        spellcheck="false"
      />
    </label>
  `
}

function describe(reader: Reader | null): string {
  if (!reader) return 'Runs without an account'
  return reader.kind === 'sandbox'
    ? `Runs as ${reader.username}`
    : `Runs as you, ${reader.username}`
}
