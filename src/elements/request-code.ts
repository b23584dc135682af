import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { credentialsOf } from '#playground/lane.ts'
import type { RequestState } from '#playground/request.ts'
import { type CodeForm, codeForms, codeOf, type Secrecy } from '#playground/to-code/code-form.ts'
import { codeColors } from '#playground/to-code/code-colors.ts'
import { environmentOf, tabReader } from '#runner/reader.ts'
import { tabAfterKey } from './tab-keys.ts'

/**
 * `<request-code>`: a request as it will be sent and as code, in tabs. Set `request`. What is run is the code that is
 * shown; secrets reach it as environment variables.
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export class RequestCodeElement extends LitElement {
  static override properties = {
    request: { attribute: false },
    showSecrets: { attribute: false },
  }
  declare request: RequestState | null
  declare showSecrets: boolean
  #form: CodeForm = 'http'
  #hasRun = false
  #note = ''

  constructor() {
    super()
    this.request = null
    this.showSecrets = false
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.request === null) return nothing
    const code = this.#code(this.showSecrets ? 'open' : 'hidden')
    return html`
      <div class="rc-tabs" role="tablist" aria-label="Notation" @keydown=${this.#onKey}>
        ${codeForms.map(({ id, label }) => this.#tab(id, label))}
      </div>
      <div id="rc-panel" role="tabpanel" aria-labelledby="rc-tab-${this.#form}" class="rc-panel">
        <pre class="rf-text" tabindex="0" aria-labelledby="rc-tab-${this.#form}"><code
          >${guard([code, this.#form], () => codeColors(code, this.#form))}</code></pre>
        <p class="bb-hint">${this.#hint(this.request)}</p>
        ${this.#buttons()}
      </div>
      ${this.#hasRun ? html`<sample-output class="rc-output"></sample-output>` : nothing}
    `
  }

  #tab(id: CodeForm, label: string): TemplateResult {
    const isShown = id === this.#form
    return html`
      <button
        type="button"
        role="tab"
        id="rc-tab-${id}"
        aria-controls="rc-panel"
        aria-selected=${isShown ? 'true' : 'false'}
        tabindex=${isShown ? 0 : -1}
        @click=${() => this.#show(id)}
      >
        ${label}
      </button>
    `
  }

  #buttons(): TemplateResult {
    const runs = codeForms.find(({ id }) => id === this.#form)?.runs ?? null
    return html`
      <div class="rc-buttons">
        ${
          runs === null
            ? nothing
            : html`<button type="button" class="bb-button" @click=${() => this.#run()}>
                Run this code
              </button>`
        }
        <button
          type="button"
          class="bb-button"
          data-kind="quiet"
          @click=${() => this.#copy('hidden')}
        >
          Copy
        </button>
        <button
          type="button"
          class="bb-button"
          data-kind="quiet"
          @click=${() => this.#copy('open')}
        >
          Copy with secrets
        </button>
        <span class="rc-note" role="status">${this.#note}</span>
      </div>
    `
  }

  #hint({ lane }: RequestState): string {
    const keepsCookie = credentialsOf(lane) === 'omit'
    switch (this.#form) {
      case 'http':
        return keepsCookie
          ? 'The browser leaves its cookies out (credentials: omit).'
          : 'The browser adds its cookie access_token, if it holds one (credentials: same-origin).'
      case 'javascript':
        return 'For a page or a module. Keys come from the environment, which the runner here fills.'
      case 'python':
      case 'curl':
        return keepsCookie
          ? 'Keys come from the environment.'
          : 'A program has no cookie yet: it signs in first, then sends the request.'
    }
  }

  #code(secrets: Secrecy): string {
    if (this.request === null) return ''
    const place = { origin: location.origin, account: tabReader.current }
    return codeOf(this.request, this.#form, { place, secrets })
  }

  #show(form: CodeForm): void {
    this.#form = form
    this.#note = ''
    this.#hasRun = false
    this.requestUpdate()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const at = codeForms.findIndex(({ id }) => id === this.#form)
    const next = codeForms[tabAfterKey(event, { at, count: codeForms.length }) ?? -1]
    if (!next) return
    event.preventDefault()
    this.#show(next.id)
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(`#rc-tab-${next.id}`)?.focus(),
    )
  }

  async #copy(secrets: Secrecy): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#code(secrets))
      this.#note =
        secrets === 'hidden'
          ? 'Copied, without secrets.'
          : 'Copied with secrets in it: do not commit it.'
    } catch {
      this.#note = 'Nothing copied: the browser refused.'
    }
    this.requestUpdate()
  }

  /** What the environment of a run cannot give is written into the code that runs, and into no other. */
  async #run(): Promise<void> {
    const language = codeForms.find(({ id }) => id === this.#form)?.runs
    if (!language) return
    const environment = environmentOf(tabReader.current, location.origin)
    const code = this.#code(({ variable, value }) => environment[variable] !== value)
    await import('./define/sample-output.ts')
    this.#hasRun = true
    this.requestUpdate()
    await this.updateComplete
    const output = this.querySelector('sample-output')
    if (!output) return
    output.language = language
    output.run({ code, isForeign: false, recorded: null })
  }
}
