import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { callPart } from '#playground/call-part.ts'
import { Drafts, exampleValues } from '#playground/drafts.ts'
import { ExchangeEvent, type SessionChangeEvent } from '#playground/events.ts'
import { advicePart, controlId, fieldPart } from '#playground/field-part.ts'
import { type KeyParts, splitApiKey } from '#playground/lane.ts'
import { lanePart } from '#playground/lane-part.ts'
import {
  type FieldPlace,
  type Operation,
  type OperationGroup,
  readOperations,
} from '#playground/operations.ts'
import { type Advice, adviseOn, planRequest, type RequestState } from '#playground/request.ts'
import { resultPart } from '#playground/result-part.ts'
import { send } from '#playground/send.ts'
import type { Exchange } from '#runner/contract.ts'
import { tabReader } from '#runner/reader.ts'

const firstOperation = 'GET /api/v1/stats'

const placeTitles = {
  path: 'Path',
  query: 'Query',
  header: 'Headers of this call',
  body: 'Body',
} as const satisfies Record<FieldPlace, string>

/**
 * `<request-form>`: builds a request from `/openapi.json`, shows it as it will be sent, sends it from this page and
 * shows the answer. `state` is `loading`, `ready`, `busy` or `failed` (no document). What is typed lives in this
 * element's memory and nowhere else.
 */
export class RequestFormElement extends LitElement {
  #gone = new AbortController()
  #groups: readonly OperationGroup[] = []
  #operation: Operation | null = null
  readonly #drafts = new Drafts()
  #key: KeyParts = { username: '', secret: '' }
  #moreHeaders = ''
  #showSecrets = false
  #cookieOwner: string | null | undefined
  #problem = ''
  #sending: AbortController | null = null
  #status = ''
  #exchange: Exchange | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    this.#gone = new AbortController()
    this.#listen(this.#gone.signal)
    this.#takeKey()
    void this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#gone.abort()
    this.#sending?.abort()
  }

  /** In the page itself, so that the page's own styles hold. */
  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren()
    return this
  }

  protected override render(): TemplateResult {
    const state = this.#request()
    if (state === null) return this.#notReady()
    const advice = adviseOn(state)
    return html`
      <div class="rf not-content">
        <form
          class="rf__request bb-card"
          aria-label="Request"
          novalidate
          @submit=${(event: SubmitEvent) => this.#submit(event)}
          @keydown=${(event: KeyboardEvent) => this.#sendByKeys(event)}
        >
          ${callPart({
            groups: this.#groups,
            operation: state.operation,
            onChoose: (id) => this.#choose(id),
          })}
          ${this.#fields(state, advice)} ${this.#lane(state, advice)} ${this.#headers(advice)}
          ${this.#buttons()}
        </form>
        <div class="rf__result">
          ${resultPart({
            state,
            origin: location.origin,
            showSecrets: this.#showSecrets,
            exchange: this.#exchange,
            status: this.#status,
            onShowSecrets: (show) => this.#change(() => (this.#showSecrets = show)),
          })}
        </div>
      </div>
    `
  }

  #listen(signal: AbortSignal): void {
    const redraw = () => this.requestUpdate()
    tabReader.addEventListener('change', () => this.#takeKey(), { signal })
    document.addEventListener('session-change', (event) => this.#takeSession(event), { signal })
    window.addEventListener('online', redraw, { signal })
    window.addEventListener('offline', redraw, { signal })
  }

  async #load(): Promise<void> {
    this.#problem = ''
    this.#setState('loading')
    try {
      const response = await fetch('/openapi.json', { signal: this.#gone.signal })
      if (!response.ok) throw new Error(`the server answered ${response.status}`)
      this.#groups = readOperations(await response.json())
      this.#choose(firstOperation)
      this.#setState('ready')
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error)
      this.#setState('failed')
    }
  }

  #notReady(): TemplateResult {
    return html`
      <div class="bb-card not-content" role="status">
        ${
          this.#problem === ''
            ? html`<p>Reading the list of calls…</p>`
            : html`
                <p>The list of calls (/openapi.json) could not be read: ${this.#problem}.</p>
                <button type="button" class="bb-button" @click=${() => this.#load()}>
                  Try again
                </button>
              `
        }
      </div>
    `
  }

  #fields(state: RequestState, advice: readonly Advice[]): TemplateResult {
    const { operation, values } = state
    const places = Object.keys(placeTitles) as FieldPlace[]
    return html`
      ${places.map((place) => {
        const fields = operation.fields.filter((field) => field.place === place)
        if (fields.length === 0) return nothing
        return html`
          <fieldset class="rf-fields">
            <legend>${placeTitles[place]}</legend>
            ${fields.map((field) =>
              fieldPart({
                field,
                value: values[field.id] ?? '',
                showSecrets: this.#showSecrets,
                advice: advice.filter((one) => one.about === field.id),
                onInput: (value) =>
                  this.#change(() => this.#drafts.setValues(operation, { [field.id]: value })),
              }),
            )}
          </fieldset>
        `
      })}
      ${
        operation.fields.length === 0
          ? nothing
          : html`
              <button
                type="button"
                class="bb-button rf-examples"
                data-kind="quiet"
                @click=${() => this.#fillExamples(state)}
              >
                Fill in the examples
              </button>
            `
      }
    `
  }

  #lane({ operation, lane, key }: RequestState, advice: readonly Advice[]): TemplateResult {
    return lanePart({
      lane,
      key,
      showSecrets: this.#showSecrets,
      cookieOwner: this.#cookieOwner,
      advice: advice.filter(({ about }) => about === 'lane' || about === 'key'),
      onLane: (chosen) => this.#change(() => this.#drafts.setLane(operation, chosen)),
      onKey: (typed) => this.#change(() => (this.#key = typed)),
    })
  }

  #headers(advice: readonly Advice[]): TemplateResult {
    const typed = (event: Event): void => {
      const { value } = event.currentTarget as HTMLTextAreaElement
      this.#change(() => (this.#moreHeaders = value))
    }
    return html`
      <details class="rf-headers">
        <summary>More headers</summary>
        <div class="bb-field">
          <label for="rf-headers">One per line, as Name: value</label>
          <textarea
            id="rf-headers"
            rows="3"
            spellcheck="false"
            placeholder="accept: application/json"
            aria-describedby="rf-headers-advice"
            .value=${this.#moreHeaders}
            @input=${typed}
          ></textarea>
        </div>
        ${advicePart(
          'rf-headers-advice',
          advice.filter(({ about }) => about === 'headers'),
        )}
      </details>
    `
  }

  #buttons(): TemplateResult {
    const isBusy = this.#sending !== null
    return html`
      ${
        navigator.onLine
          ? nothing
          : html`<p class="bb-notice" data-kind="bad">
              This browser is offline: nothing will reach the server.
            </p>`
      }
      <div class="rf-send">
        <button type="submit" class="bb-button" aria-disabled=${isBusy ? 'true' : nothing}>
          Send
        </button>
        ${
          isBusy
            ? html`<button
                type="button"
                class="bb-button"
                data-kind="quiet"
                @click=${() => this.#sending?.abort()}
              >
                Stop
              </button>`
            : nothing
        }
        <span class="bb-hint"><kbd>Ctrl</kbd> or <kbd>⌘</kbd> + <kbd>Enter</kbd></span>
      </div>
    `
  }

  /** All that was chosen and typed, as one state; null until the calls are known. */
  #request(): RequestState | null {
    const operation = this.#operation
    if (operation === null) return null
    const { values, lane } = this.#drafts.of(operation)
    return { operation, values, lane, key: this.#key, moreHeaders: this.#moreHeaders }
  }

  #choose(operationId: string): void {
    const operations = this.#groups.flatMap((group) => group.operations)
    const chosen = operations.find(({ id }) => id === operationId) ?? operations[0]
    this.#change(() => (this.#operation = chosen ?? null))
  }

  #fillExamples({ operation, values }: RequestState): void {
    const examples = exampleValues(operation, values, tabReader.current)
    this.#change(() => this.#drafts.setValues(operation, examples))
  }

  /** The key of the tab's reader, as long as there is one, takes the place of what was typed. */
  #takeKey(): void {
    const key = splitApiKey(tabReader.current?.apiKey ?? '')
    if (key !== null) this.#change(() => (this.#key = key))
  }

  #takeSession({ username }: SessionChangeEvent): void {
    this.#change(() => (this.#cookieOwner = username))
  }

  #sendByKeys(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    ;(event.currentTarget as HTMLFormElement).requestSubmit()
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const state = this.#request()
    if (state === null || this.#sending !== null) return
    const obstacle = adviseOn(state).find((advice) => advice.stops)
    if (obstacle) this.#pointTo(obstacle)
    else void this.#send(state)
  }

  #pointTo({ about, message }: Advice): void {
    this.#change(() => (this.#status = `Not sent: ${message}`))
    const id = about === 'key' ? 'rf-key-secret' : controlId(about)
    this.querySelector<HTMLElement>(`#${id}`)?.focus()
  }

  async #send(state: RequestState): Promise<void> {
    const sending = new AbortController()
    this.#sending = sending
    this.#status = 'Sending…'
    this.#setState('busy')
    const request = planRequest(state, location.origin)
    const exchange = await send(request, { signal: sending.signal })
    this.#sending = null
    this.#exchange = exchange
    this.#status = statusOf(exchange)
    this.#setState('ready')
    this.dispatchEvent(new ExchangeEvent(exchange))
    await this.updateComplete
    this.querySelector('.rf-answer')?.scrollIntoView({ block: 'nearest' })
  }

  #change(apply: () => void): void {
    apply()
    this.requestUpdate()
  }

  #setState(state: 'loading' | 'ready' | 'busy' | 'failed'): void {
    this.setAttribute('state', state)
    this.requestUpdate()
  }
}

function statusOf({ response, error, durationMs }: Exchange): string {
  if (response === null) return error ?? 'No answer.'
  const status = `${response.status} ${response.statusText}`.trim()
  return `${status}, ${Math.round(durationMs)} ms`
}
