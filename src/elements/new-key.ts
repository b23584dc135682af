import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { maskedExchange } from '#playground/masked-exchange.ts'
import { send } from '#playground/send.ts'
import type { Exchange } from '#runner/contract.ts'

const shownCharacters = 4 // as in the list below

/**
 * `<new-key>`: the key that was made just now, hidden until asked for, to copy and to try. It reads the key from the
 * field that the server sent, which is all there is without JavaScript, and forgets it when the page is left.
 */
export class NewKeyElement extends LitElement {
  static override properties = {
    isShown: { state: true },
    isTesting: { state: true },
    said: { state: true },
    exchange: { state: true },
  }
  declare isShown: boolean
  declare isTesting: boolean
  declare said: string
  declare exchange: Exchange | null
  #key = ''
  #gone = new AbortController()

  constructor() {
    super()
    this.isShown = false
    this.isTesting = false
    this.said = ''
    this.exchange = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    // A browser that keeps the page as it is, to go back to it, keeps no key.
    window.addEventListener('pagehide', () => this.#forget(), { signal: this.#gone.signal })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#gone.abort()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    this.#key = this.querySelector('input')?.value ?? ''
    this.replaceChildren()
    return this
  }

  protected override render(): TemplateResult {
    if (this.#key === '') {
      return html`<p>The key was shown once, and this page has forgotten it. Make another one.</p>`
    }
    return html`
      <label for="shown-key">Your new key</label>
      <div class="nk-row">
        <textarea
          id="shown-key"
          readonly
          rows="1"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="shown-key-hint"
          .value=${this.isShown ? this.#key : masked(this.#key)}
        ></textarea>
        <button
          type="button"
          class="bb-button"
          data-kind="quiet"
          aria-pressed=${String(this.isShown)}
          @click=${() => (this.isShown = !this.isShown)}
        >
          Show key
        </button>
      </div>
      <div class="nk-row">
        <button type="button" class="bb-button" @click=${() => this.#copy(this.#key, 'The key')}>
          Copy key
        </button>
        <button
          type="button"
          class="bb-button"
          data-kind="quiet"
          @click=${() => this.#copy(`BARBELL_API_KEY=${this.#key}`, 'The line for .env')}
        >
          Copy as .env line
        </button>
        <button
          type="button"
          class="bb-button"
          data-kind="quiet"
          aria-disabled=${this.isTesting ? 'true' : nothing}
          @click=${() => this.#test()}
        >
          Test this key
        </button>
      </div>
      <p id="shown-key-hint" class="bb-hint">
        Copy it now: it is shown this once, and only a digest of it is kept. Leave this page, and it
        is gone.
      </p>
      <p class="nk-said" role="status">${this.said}</p>
      ${
        this.exchange === null
          ? nothing
          : html`<exchange-view .exchange=${this.exchange}></exchange-view>`
      }
    `
  }

  async #copy(text: string, what: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.said = `${what} is copied.`
    } catch {
      this.said = 'Nothing is copied: the browser refused. Show the key and copy it by hand.'
    }
  }

  /** Calls the API as a program would: with the key and without the cookie. */
  async #test(): Promise<void> {
    if (this.isTesting) return
    this.isTesting = true
    this.said = 'Calling the API…'
    const [exchange] = await Promise.all([
      send({
        method: 'GET',
        url: `${location.origin}/api/v1/me`,
        headers: [['x-api-auth', this.#key]],
        body: null,
        credentials: 'omit',
      }),
      import('./define/exchange-view.ts'),
    ])
    this.exchange = maskedExchange(exchange)
    this.said = sentenceOf(exchange)
    this.isTesting = false
  }

  #forget(): void {
    this.#key = ''
    this.said = ''
    this.exchange = null
    this.isShown = false
    this.requestUpdate()
  }
}

/** Whose key it is and how it ends stays to be seen, as in the list. */
function masked(key: string): string {
  const start = key.indexOf(':') + 1
  const hidden = key.length - start - shownCharacters
  return key.slice(0, start) + '•'.repeat(hidden) + key.slice(-shownCharacters)
}

function sentenceOf({ response, error, durationMs }: Exchange): string {
  if (response === null) return error ?? 'No answer.'
  const took = `${response.status} in ${Math.round(durationMs)} ms`
  if (response.status === 200) return `The key works: ${took}.`
  if (response.status === 401) return `The key is refused: ${took}. It may have been revoked.`
  return `The API answered ${took}. The answer below says why.`
}
