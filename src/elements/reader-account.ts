import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Reader } from '#runner/reader.ts'
import { SandboxUnavailable, tabReader } from '#runner/reader.ts'

/** `account-chosen`: the reader has said whom samples act as. */
export class AccountChosenEvent extends Event {
  readonly account: Reader

  constructor(account: Reader) {
    super('account-chosen', { bubbles: true })
    this.account = account
  }
}

/** What each mode says on the button of a sandbox account. */
const sandboxButtons = {
  panel: 'Use a sandbox account',
  run: 'Get a sandbox account and run',
  'run-foreign': 'Get a fresh sandbox account and run',
} as const

/**
 * The choice of whom samples act as. With `mode="panel"` it is for all samples of the tab; with `run` its buttons say
 * that they run one sample, too. With `run-foreign`, for code from a link, a sandbox account is a fresh one that only
 * this code gets. Username, password and key stay in the memory of the tab.
 */
export class ReaderAccountElement extends LitElement {
  static override properties = { mode: {} }
  declare mode: keyof typeof sandboxButtons
  #gone = new AbortController()
  #isBusy = false
  #problem = ''
  #isTyping = false

  constructor() {
    super()
    this.mode = 'panel'
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
    return html`<div class="ra-choice">${this.#choice()}</div>`
  }

  #choice(): TemplateResult {
    return html`
      <div class="ra-buttons">
        <button
          type="button"
          class="bb-button"
          aria-disabled=${this.#isBusy ? 'true' : nothing}
          @click=${() => this.#useSandbox()}
        >
          ${sandboxButtons[this.mode]}
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
      <p class="bb-hint">${this.#hint()}</p>
    `
  }

  #hint(): string {
    const stays = 'What you type or get here stays in the memory of this tab.'
    return this.mode === 'run-foreign'
      ? `A fresh sandbox account knows nothing of yours. ${stays}`
      : `A sandbox account is yours for 24 hours. ${stays}`
  }

  /** The account of the tab: to run with, or to do without. */
  #currentButton(reader: Reader): TemplateResult {
    if (this.mode !== 'panel') {
      return html`<button
        type="button"
        class="bb-button"
        data-kind="quiet"
        @click=${() => this.#chosen(reader)}
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
          ${this.mode === 'panel' ? 'Use this account' : 'Run with this account'}
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
      const isForeign = this.mode === 'run-foreign'
      this.#chosen(await (isForeign ? tabReader.openFreshSandbox() : tabReader.useSandbox()))
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
    let account: Reader
    try {
      const [username, password, key] = [text('username'), text('password'), text('key')]
      account = tabReader.useOwn({ username, password, key })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#change(() => (this.#problem = error.message))
      return
    }
    this.#change(() => {
      this.#isTyping = false
      this.#problem = ''
    })
    this.#chosen(account)
  }

  #chosen(account: Reader): void {
    this.dispatchEvent(new AccountChosenEvent(account))
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
